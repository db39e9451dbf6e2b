import AuditLog
import Foundation
import Postgres

extension TrailEntry {
    /// What happened, as somebody who was not there understands it.
    var sentence: String {
        let values = values
        switch stream.type {
        case "user": return ofUser(values)
        case "job": return ofJob(values)
        case "hold", "disclosure": return ofGuard(values)
        case "log": return ofLog(values)
        case "projection": return ofProjection(values)
        default: return ofConfiguration(values)
        }
    }

    private var somebody: String { who.short }

    /// The user whom the event is about: as the event says, else as they are called today.
    private func target(_ values: [String: AuditLog.JSONValue]) -> String {
        if case .text(let name)? = values["name"], !name.isEmpty { return name }
        if subject?.name == nil, case .text(let email)? = values["email"] { return email }
        return subject?.short ?? "user \(stream.id.text.prefix(8))"
    }

    private func ofUser(_ values: [String: AuditLog.JSONValue]) -> String {
        let target = target(values)
        let isSelf = who.id == stream.id
        switch action {
        case "user.created":
            let address = values["email"].map { ", \($0.words)," } ?? ""
            return "\(somebody) added the user \(target)\(address) as \(values.words("role"))"
        case "user.role_changed":
            let from = oldValues["role"].map { " from \($0.words)" } ?? ""
            return
                "\(somebody) changed \(isSelf ? "their own role" : "the role of \(target)")\(from) to \(values.words("role"))"
        case "user.deactivated": return "\(somebody) deactivated \(target), who may not act any more"
        case "user.reactivated": return "\(somebody) reactivated \(target), who may act again"
        case "user.renamed":
            let former = oldValues["name"].map { ", who was \($0.words)," } ?? ""
            return
                "\(somebody) changed \(isSelf ? "their own name" : "the name of \(target)")\(former) to \(values.words("name"))"
        default: return erasureOrOther(values, of: target)
        }
    }

    private func ofJob(_ values: [String: AuditLog.JSONValue]) -> String {
        let file = values["file_name"].map { "“\($0.words)”" } ?? resourceName.map { "“\($0)”" } ?? "(erased file)"
        switch action {
        case "job.created":
            return
                "\(somebody) submitted the file \(file), \(values.count("file_size", "byte")), for the mapping \(mapping ?? "?")"
        case "job.file_chunk_stored":
            return
                "piece \(values.number("index").map { ($0 + 1).grouped } ?? "?") of \(file) was stored, \(values.count("size", "byte"))"
        case "job.started": return "\(somebody) began to process \(file)"
        case "job.rows_processed":
            return
                "rows \(values.words("first_row")) to \(values.words("last_row")) of \(file) were processed: \(values.words("accepted")) accepted, \(values.words("rejected")) rejected, \(values.skipped) skipped"
        case "job.rows_fixed":
            return
                "\(somebody) gave \(values.count("rows", "row")) of \(file) anew: \(values.words("accepted")) accepted, \(values.words("rejected")) rejected again, \(values.skipped) skipped"
        case "job.paused": return "the job of \(file) was paused (\(values.words("reason")))"
        case "job.resumed": return "\(somebody) resumed the job of \(file)"
        case "job.cancelled": return "\(somebody) cancelled the job of \(file)"
        case "job.failed": return "the job of \(file) failed (\(values.words("reason")))"
        case "job.completed":
            return
                "the job of \(file) was completed: \(values.count("rows", "row")), \(values.words("accepted")) accepted, \(values.words("rejected")) rejected, \(values.skipped) skipped"
        default: return erasureOrOther(values, of: "the job of \(file)")
        }
    }

    private func ofConfiguration(_ values: [String: AuditLog.JSONValue]) -> String {
        let name = values["name"].map(\.words) ?? resourceName ?? String(stream.id.text.prefix(8))
        switch action {
        case "setting.changed":
            let from = oldValues["value"].map { " from \($0.words)" } ?? ""
            return from.isEmpty
                ? "\(somebody) set \(values.words("key")) to \(values.words("value"))"
                : "\(somebody) changed the setting \(values.words("key"))\(from) to \(values.words("value"))"
        case "tenant.created": return "\(somebody) added the organisation \(values.words("slug")) (\(name))"
        case "api.registered":
            return
                "\(somebody) \(old == nil ? "registered" : "described anew") the API “\(name)”, \(values.words("type"))"
        case "api.fields_defined":
            let count = if case .array(let fields)? = values["fields"] { fields.count } else { 0 }
            return "\(somebody) defined the fields of the API “\(name)”: \(count.counting("field"))"
        case "mapping.version_added":
            return "\(somebody) added version \(values.words("version")) of the mapping “\(name)”"
        default: return erasureOrOther(values, of: "the \(stream.type) \(values["key"].map(\.words) ?? name)")
        }
    }

    private func ofProjection(_ values: [String: AuditLog.JSONValue]) -> String {
        let name = (values["name"] ?? values["projection"])?.words ?? String(stream.id.text.prefix(8))
        func count(_ member: String) -> Int { if case .array(let items)? = values[member] { items.count } else { 0 } }
        switch action {
        case "projection.rebuilt":
            return
                "\(somebody) computed the tables of \(name) anew from \(values.count("events", "event")): \(values.count("differences", "row")) had been wrong"
        case "projection.repaired":
            return "\(somebody) corrected \(count("rows").counting("row")) of \(name), which were not what the log says"
        case "projection.reverted":
            return
                "\(somebody) took the tables of \(name) back to version \(values.words("version")), from version \(values.words("from"))"
        case "projection.removed":
            return "\(somebody) removed the projection \(name), with its tables \(values.words("tables"))"
        case "projection.retried": return "\(somebody) had \(name) try again what it could not read"
        case "projection.event_skipped":
            return
                "\(somebody) had \(name) leave out for ever the event at position \(values.words("position")), \(values.words("event_type"))"
        default: return erasureOrOther(values, of: "the projection \(name)")
        }
    }

    private func ofLog(_ values: [String: AuditLog.JSONValue]) -> String {
        let name = values["key"].map { String($0.words.prefix { $0 != "+" }) } ?? "?"
        switch action {
        case "log.key_added":
            return values["replaces"] == nil
                ? "a key was announced, which signs the log: \(values.words("key"))"
                : "a new key was announced in place of the former one: \(values.words("key"))"
        case "log.witness_added":
            return "\(somebody) named \(name) a witness of the log, at \(values.words("url"))"
        case "log.witness_removed": return "\(somebody) asks the witness \(name) no more"
        default: return erasureOrOther(values, of: "the log")
        }
    }

    private func ofGuard(_ values: [String: AuditLog.JSONValue]) -> String {
        let matter = values["matter"].map { " in the matter \($0.words)" } ?? ""
        switch action {
        case "hold.placed":
            return "\(somebody) placed a legal hold on \(values["stream"].map(\.words) ?? "the whole log")\(matter)"
        case "hold.released": return "\(somebody) released the legal hold on \(resourceName ?? "something")"
        case "disclosure.made":
            return
                "\(somebody) \(Self.disclosed(kind: values.words("kind"), what: values.words("what"), stream: values["stream"]?.words)) as \(values.words("format"))"
        case "disclosure.completed":
            return
                "the \(resourceName ?? "disclosure") was written: \(values.count("rows", "record")), \(values.count("bytes", "byte"))"
        case "disclosure.failed":
            return
                "the \(resourceName ?? "disclosure") ended early (\(values.words("reason"))), after \(values.count("bytes", "byte"))"
        default:
            let what =
                stream.type == "hold"
                ? "the legal hold on \(resourceName ?? "something")" : "the \(resourceName ?? "disclosure")"
            return erasureOrOther(values, of: what)
        }
    }

    /// `made the audit report`, `exported the results of job/4be7…`.
    static func disclosed(kind: String, what: String, stream: String?) -> String {
        let of = stream.map { " of \($0)" } ?? ""
        return kind == "export" ? "exported \(what)\(of)" : "made the \(what) report\(of)"
    }

    private func erasureOrOther(_ values: [String: AuditLog.JSONValue], of what: String) -> String {
        guard action.hasSuffix(".erased") else { return "\(somebody): \(action) of \(what)" }
        var count: Int64 = 0
        if case .array(let ranges)? = values["positions"] {
            for case .array(let ends) in ranges {
                if case .integer(let first)? = ends.first, case .integer(let last)? = ends.last {
                    count += last - first + 1
                }
            }
        }
        if case .array(let replaced)? = values["replaced"] { count += Int64(replaced.count) }
        return
            "\(somebody) erased what was personal in \(count.counting("event")) of \(what) (\(values.words("basis")))"
    }

    /// Why: the words of who did it, or a code.
    var reason: String? { values["reason"]?.words }

    /// Why, in the words of who did it, and which event caused it.
    var why: [String] {
        let values = values
        var lines: [String] = []
        let isSaid = ["job.paused", "job.failed", "disclosure.failed"].contains(action)
        for name in ["reason", "message"] where !(name == "reason" && isSaid) {
            if let value = values[name] { lines.append("\(name): \(value.words)") }
        }
        if let cause { lines.append("caused by the event \(cause.text)") }
        return lines
    }

    /// What changed from what to what, as far as the sentence has not said it.
    var changes: [String] {
        let (old, new) = (oldValues, values)
        let said = ["user.role_changed", "user.renamed", "setting.changed"].contains(action)
        guard !said else { return [] }
        return new.keys.sorted().compactMap { name in
            guard let before = old[name], let after = new[name], before != after else { return nil }
            return
                "\(name): \(before == .null ? "(erased)" : before.words.shortened(to: 80)) → \(after.words.shortened(to: 80))"
        }
    }
}

extension AuditLog.JSONValue {
    /// For a sentence.
    var words: String {
        switch self {
        case .null: "(erased)"
        case .boolean(let value): value ? "yes" : "no"
        case .integer(let value): String(value)
        case .text(let text): text
        case .array(let values): values.isEmpty ? "nothing" : values.map(\.words).joined(separator: ", ")
        case .object(let members):
            members.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.words)" }.joined(separator: ", ")
        }
    }
}

extension [String: AuditLog.JSONValue] {
    fileprivate func words(_ name: String) -> String { self[name].map(\.words) ?? "(not stated)" }

    fileprivate func number(_ name: String) -> Int64? {
        if case .integer(let value)? = self[name] { value } else { nil }
    }

    /// Rows that a mapping leaves out; the events of jobs say nothing where there are none.
    fileprivate var skipped: String { (number("skipped") ?? 0).grouped }

    fileprivate func count(_ name: String, _ noun: String) -> String { (number(name) ?? 0).counting(noun) }
}
