import AuditLog
import Foundation
import Postgres
import Processing

extension Report {
    /// The columns of each of its tables; what a table has nothing to say of is empty, and not in HTML.
    private static func columns(isDisclosure: Bool) -> [ReportTable.Column] {
        [
            .init("section"), .init("position", "Event", .number), .init("when", "When", .short),
            .init("who", "Who", .person), .init("email"), .init("user_id"), .init("login"),
            .init("sentence", "What", .sentence),
            .init("reason"), .init("action"), .init("resource"), .init("format"), .init("filters"),
            .init("file_name"), .init("outcome", isDisclosure ? "Outcome" : nil, .short),
            .init("records", isDisclosure ? "Records" : nil, .number), .init("bytes"),
            .init("sha256"), .init("ended_at"), .init("seal", "Mark", .short),
        ]
    }

    func writeAccess(to writer: inout some ReportWriter) async throws {
        try await writeDisclosures(to: &writer)
        let sections: [(record: String, title: String, nothing: String, condition: SQL)] = [
            (
                "right", "Rights given and lost", "Nobody was given or lost any.",
                "t.action IN ('user.created', 'user.role_changed', 'user.deactivated', 'user.reactivated')"
            ),
            ("erasure", "Erasures", "Nothing was erased.", "t.action LIKE '%.erased'"),
            ("hold", "Legal holds", "None was placed or released.", "t.action IN ('hold.placed', 'hold.released')"),
        ]
        for section in sections {
            try writer.beginTable(
                ReportTable(
                    record: section.record, title: section.title, columns: Self.columns(isDisclosure: false),
                    nothing: section.nothing))
            let filter = TrailEntry.Filter(
                size: head.size, range: head.range, actor: head.user?.id, stream: head.resource,
                condition: section.condition, includesSubject: true)
            try await TrailEntry.forEach(filter, database, as: scope) { entry in
                try writer.row([
                    .text(section.record), .number(entry.position), .time(entry.when),
                    .lines(entry.who.short, [entry.who.email, entry.login].compactMap(\.self)), .text(entry.who.email),
                    .text(entry.who.id?.text), .text(entry.login),
                    .lines(entry.sentence.capitalizedFirst, entry.why), .text(entry.reason), .text(entry.action),
                    .text(entry.stream.description), .text(nil), .json(nil), .text(nil), .text(nil), .number(nil),
                    .number(nil), .text(nil), .time(nil), .seal(head.seal(entry.position)),
                ])
            }
            try writer.endTable()
        }
    }

    private struct Disclosed: Sendable {
        var id: UUID
        var position: Int64
        var madeAt: Timestamp
        var who: Person
        var login: String?
        var kind: String
        var what: String
        var format: String
        var stream: String?
        var filters: JSON?
        var fileName: String?
        var status: String
        var reason: String?
        var rows: Int64?
        var bytes: Int64?
        var sha256: String?
        var endedAt: Timestamp?

        var remarks: [String] {
            switch status {
            case "completed": []
            case "failed": [reason].compactMap(\.self)
            default: ["how it ended", "is not known"]
            }
        }

        var details: [String] {
            [fileName.map { "into \($0)" }, sha256.map { "SHA-256 \($0)" }].compactMap(\.self)
        }
    }

    private func writeDisclosures(to writer: inout some ReportWriter) async throws {
        try writer.beginTable(
            ReportTable(
                record: "disclosure", title: "Reports and exports",
                explanation:
                    "What was read on the screen or through a pipe is not here, and what was read in the database directly is not either: that is for the database's own logging.",
                columns: Self.columns(isDisclosure: true), nothing: "None was made."))
        var from: Int64 = 0
        let pageSize = 500
        while true {
            let page = try await disclosures(from: from, limit: pageSize)
            for one in page { try writer.row(cells(one)) }
            guard page.count == pageSize, let last = page.last else { break }
            from = last.position + 1
            try Task.checkCancellation()
        }
        try writer.endTable()
    }

    private func cells(_ one: Disclosed) -> [ReportCell] {
        let deed = TrailEntry.disclosed(kind: one.kind, what: one.what, stream: one.stream)
        let filters = TrailEntry.words(of: one.filters)
        return [
            .text("disclosure"), .number(one.position), .time(one.madeAt),
            .lines(one.who.short, [one.who.email, one.login].compactMap(\.self)), .text(one.who.email),
            .text(one.who.id?.text), .text(one.login),
            .lines("\(one.who.short) \(deed) as \(one.format)", filters + one.details), .text(nil),
            .text("disclosure.made"),
            .text("disclosure/\(one.id.text)"), .text(one.format), .json(one.filters),
            .text(one.fileName), .lines(one.status, one.remarks), .number(one.rows),
            .number(one.bytes), .text(one.sha256), .time(one.endedAt), .seal(head.seal(one.position)),
        ]
    }

    private func disclosures(from: Int64, limit: Int) async throws -> [Disclosed] {
        var condition: SQL = """
            d.tenant_id = \(scope.tenant) AND d.position >= \(from) AND d.position < \(head.size)
            AND \(sql: head.range.condition("d.made_at"))
            """
        if let user = head.user { condition = "\(sql: condition) AND d.user_id = \(user.id)" }
        if let stream = head.resource { condition = "\(sql: condition) AND d.stream = \(stream.description)" }
        return try await read(
            """
            SELECT d.id, d.position, d.made_at, d.user_id, u.id, u.email, u.name, d.login, coalesce(d.kind, ''),
                   coalesce(d.what, ''), coalesce(d.format, ''), d.stream, d.filters, d.file_name, coalesce(d.status, ''),
                   d.reason, d.rows, d.bytes, d.sha256, d.ended_at
            FROM disclosures d LEFT JOIN users u ON u.tenant_id = d.tenant_id AND u.id = d.user_id
            WHERE \(sql: condition) ORDER BY d.position LIMIT \(limit)
            """
        ) { row in
            Disclosed(
                id: try row.decode(0), position: try row.decode(1), madeAt: try row.decode(2),
                who: Person(
                    id: try row.decode(3), email: try row.decode(5), name: try row.decode(6), isVisible: !row.isNull(4)),
                login: try row.decode(7), kind: try row.decode(8), what: try row.decode(9), format: try row.decode(10),
                stream: try row.decode(11), filters: try row.decode(12), fileName: try row.decode(13),
                status: try row.decode(14), reason: try row.decode(15), rows: try row.decode(16),
                bytes: try row.decode(17), sha256: try row.decode(18), endedAt: try row.decode(19))
        }
    }
}
