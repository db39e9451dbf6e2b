import AuditLog
import Postgres
import Processing
import Projections

/// What changed between two versions of a resource, to be printed.
struct Comparison {
    let history: ResourceHistory
    let from: Int64
    let to: Int64
    let changes: [StreamChanges.Change]

    func print() throws {
        guard !changes.isEmpty else {
            return try Output.line("nothing changed on \(history.stream) from \(words(from)) to \(words(to))")
        }
        try Output.line("\(history.stream) from \(words(from)) to \(words(to))".printable)
        var shown: Int64?
        for change in changes {
            if change.version != shown, let entry = entry(change.version) {
                try Output.line(entry.heading.printable)
            }
            shown = change.version
            let row = change.key == "{}" ? "" : " \(change.key)"
            let (old, new) = (change.old?.text, isErased(change) ? "(erased)" : change.new?.text)
            let name = "    \(change.table)\(row) \(change.column):"
            if [old, new].contains(where: { $0?.contains("\n") ?? false }) {
                try Output.line(name.printable)
                for line in UnifiedDiff(old ?? "", new ?? "").text { try Output.line("      \(line)".printable) }
            } else {
                try Output.line("\(name) \(old ?? "(none)") → \(new ?? "(none)")".printable)
            }
        }
        let erased = history.entries.count { $0.erasure != nil && $0.version <= to }
        if erased > 0 {
            try Output.line(
                "\(erased.counting("event")) of it lost what was personal to erasures: such values are not shown")
        }
    }

    var json: JSONValue {
        .object([
            ("stream", .string(history.stream.description)), ("from", json(from)), ("to", json(to)),
            (
                "changes",
                .array(
                    changes.map { change in
                        .object([
                            ("table", .string(change.table)), ("key", .text(Array(change.key.utf8))),
                            ("field", .string(change.column)), ("old", value(change.old)), ("new", value(change.new)),
                            ("erased", .bool(isErased(change))),
                            ("event", entry(change.version).map { .object($0.json) } ?? .null),
                        ])
                    })
            ),
        ])
    }

    private func entry(_ version: Int64) -> ResourceHistory.Entry? {
        history.entries.first { $0.version == version }
    }

    /// Whether an erasure took the value away.
    private func isErased(_ change: StreamChanges.Change) -> Bool {
        change.new == nil && entry(change.version)?.action == history.stream.type + ".erased"
    }

    private func value(_ value: StreamChanges.Value?) -> JSONValue {
        value.map { .text(Array($0.json.utf8)) } ?? .null
    }

    private func json(_ version: Int64) -> JSONValue {
        .object([
            ("version", .integer(version)), ("position", .optional(entry(version)?.position)),
            ("when", .optional(entry(version)?.when.description)),
        ])
    }

    private func words(_ version: Int64) -> String {
        entry(version).map { "v\(version) (\($0.when.forPeople))" } ?? "v0 (before there was anything)"
    }
}
