import AuditLog
import Foundation
import Postgres
import Processing

extension Report {
    private struct Line: Sendable {
        var id: UUID
        var createdAt: Timestamp
        var startedAt: Timestamp?
        var finishedAt: Timestamp?
        var owner: Person
        var fileName: String?
        var fileSize: Int64?
        var mapping: String?
        var mappingVersion: Int64?
        var status: String
        var reason: String?
        var rows: Int64
        var accepted: Int64
        var rejected: Int64
        var skipped: Int64

        var seconds: Double? {
            guard let startedAt, let finishedAt else { return nil }
            return Double(finishedAt.microseconds - startedAt.microseconds) / 1_000_000
        }
    }

    private struct Reason: Hashable, Sendable {
        var field: String?
        var rule: String
        var code: String

        var order: String { [field ?? "", rule, code].joined(separator: "\0") }
    }

    private struct Rejection: Sendable {
        var job: UUID
        var reason: Reason
        var count: Int64

        var json: JSONValue {
            .object([
                ("field", .optional(reason.field)), ("rule", .string(reason.rule)), ("code", .string(reason.code)),
                ("count", .integer(count)),
            ])
        }
    }

    /// Which jobs of `processing_jobs j` belong into it.
    private var jobs: SQL {
        get throws {
            var condition: SQL = "j.tenant_id = \(scope.tenant) AND \(sql: head.range.condition("j.created_at"))"
            if let user = head.user { condition = "\(sql: condition) AND j.user_id = \(user.id)" }
            switch head.resource?.type {
            case nil: break
            case "job"?: condition = "\(sql: condition) AND j.id = \(head.resource?.id)"
            case "mapping"?: condition = "\(sql: condition) AND j.mapping_id = \(head.resource?.id)"
            case let type?:
                throw Failure(
                    .value, "a report of jobs is limited to a job or a mapping: there are no jobs of a \(type)")
            }
            return condition
        }
    }

    func writeJobs(to writer: inout some ReportWriter) async throws {
        try await drawJobs(to: &writer)
        try writer.beginTable(
            ReportTable(
                record: "job", title: "Jobs",
                explanation: "Those whose file was submitted during this time, as they stand now.",
                columns: [
                    .init("created_at", "Submitted", .short), .init("owner", "By", .person), .init("email"),
                    .init("user_id"), .init("job_id"), .init("file_name", "File", .sentence), .init("file_size"),
                    .init("mapping", "Mapping"), .init("mapping_version"),
                    .init("status", "Outcome"), .init("reason"), .init("started_at"), .init("finished_at"),
                    .init("seconds", "Took", .number), .init("rows", "Rows", .number),
                    .init("accepted", "Accepted", .number), .init("rejected", "Rejected", .number),
                    .init("skipped", "Skipped", .number), .init("rejections"),
                ], nothing: "No file was submitted."))
        var totals: [Reason: (rows: Int64, jobs: Int64)] = [:]
        var last: (Timestamp, UUID)?
        while true {
            let page = try await lines(behind: last)
            let rejections = Dictionary(
                grouping: try await rejections(of: page.filter { $0.rejected > 0 }.map(\.id)), by: \.job)
            for line in page { try writer.row(Self.cells(line, rejections[line.id] ?? [])) }
            for rejection in rejections.values.joined() {
                let before = totals[rejection.reason] ?? (0, 0)
                totals[rejection.reason] = (before.rows + rejection.count, before.jobs + 1)
            }
            guard page.count == Self.pageSize, let end = page.last else { break }
            last = (end.createdAt, end.id)
            try Task.checkCancellation()
        }
        try writer.endTable()
        try writeRejections(totals, to: &writer)
    }

    private static let pageSize = 200

    private static func cells(_ line: Line, _ rejections: [Rejection]) -> [ReportCell] {
        let file = line.fileName ?? "(erased)"
        let size = line.fileSize.map { $0.counting("byte") }
        let mapping = line.mapping ?? "?"
        let version = line.mappingVersion ?? 0
        return [
            .time(line.createdAt), .lines(line.owner.short, []), .text(line.owner.email), .text(line.owner.id?.text),
            .text(line.id.text), .lines(file, [size, "job \(line.id.text)"].compactMap(\.self)),
            .number(line.fileSize), .lines(mapping, ["version \(version)"]), .number(version),
            .lines(line.status, [line.reason].compactMap(\.self)), .text(line.reason), .time(line.startedAt),
            .time(line.finishedAt), .seconds(line.seconds), .number(line.rows), .number(line.accepted),
            .number(line.rejected), .number(line.skipped),
            .json(JSON(bytes: JSONValue.array(rejections.map(\.json)).bytes)),
        ]
    }

    private func lines(behind last: (Timestamp, UUID)?) async throws -> [Line] {
        var condition = try jobs
        if let last { condition = "\(sql: condition) AND (j.created_at, j.id) > (\(last.0), \(last.1))" }
        return try await read(
            """
            SELECT j.id, j.created_at, j.started_at, j.finished_at, j.user_id, u.id, u.email, u.name, j.file_name,
                   j.file_size, m.name, j.mapping_version::bigint, coalesce(j.status, ''), j.reason, j.processed_rows,
                   j.accepted_rows, j.rejected_rows, j.skipped_rows
            FROM (SELECT * FROM processing_jobs j WHERE \(sql: condition) AND j.created_at IS NOT NULL
                  ORDER BY j.created_at, j.id LIMIT \(Self.pageSize)) j
            LEFT JOIN users u ON u.tenant_id = j.tenant_id AND u.id = j.user_id
            LEFT JOIN mapping_configurations m
                ON m.tenant_id = j.tenant_id AND m.id = j.mapping_id AND m.version = j.mapping_version
            ORDER BY j.created_at, j.id
            """
        ) { row in
            Line(
                id: try row.decode(0), createdAt: try row.decode(1), startedAt: try row.decode(2),
                finishedAt: try row.decode(3),
                owner: Person(
                    id: try row.decode(4), email: try row.decode(6), name: try row.decode(7), isVisible: !row.isNull(5)),
                fileName: try row.decode(8), fileSize: try row.decode(9), mapping: try row.decode(10),
                mappingVersion: try row.decode(11), status: try row.decode(12), reason: try row.decode(13),
                rows: try row.decode(14), accepted: try row.decode(15), rejected: try row.decode(16),
                skipped: try row.decode(17))
        }
    }

    /// A job's chunks may be appended by several users; whoever may see the job may see what they add up to.
    private var reader: Scope { Scope(tenant: scope.tenant, role: .system) }

    /// Why rows of each job were rejected, the most frequent reasons of a job first.
    private func rejections(of jobs: [UUID]) async throws -> [Rejection] {
        guard !jobs.isEmpty else { return [] }
        return try await read(
            """
            SELECT l.stream_id, r->>'field', r->>'rule', r->>'code', sum(sign * (r->>'count')::bigint)::bigint
            FROM audit_logs l CROSS JOIN LATERAL (
                SELECT json_array_elements(l.payload->'errors'), 1 UNION ALL SELECT json_array_elements(l.payload->'resolved'), -1
            ) e (r, sign)
            WHERE l.tenant_id = \(scope.tenant) AND l.stream_type = 'job' AND l.stream_id = ANY (\(jobs))
              AND l.event_type IN ('job.rows_processed', 'job.rows_fixed')
            GROUP BY 1, 2, 3, 4 HAVING sum(sign * (r->>'count')::bigint) > 0 ORDER BY 1, 5 DESC, 2, 3, 4
            """, as: reader
        ) { row in
            Rejection(
                job: try row.decode(0),
                reason: Reason(
                    field: try row.decode(1), rule: try row.decode(2, as: String?.self) ?? "",
                    code: try row.decode(3, as: String?.self) ?? ""),
                count: try row.decode(4))
        }
    }

    /// The same of all jobs together.
    private func writeRejections(
        _ totals: [Reason: (rows: Int64, jobs: Int64)], to writer: inout some ReportWriter
    ) throws {
        try writer.beginTable(
            ReportTable(
                record: "rejection", title: "Why rows were rejected",
                explanation: "In all jobs above, the most frequent reasons first; at most 1,000.",
                columns: [
                    .init("field", "Field"), .init("rule", "Rule"), .init("code", "Code"),
                    .init("count", "Times", .number), .init("jobs", "Jobs", .number),
                ], isInCSV: false, nothing: "No row was rejected."))
        let sorted = totals.sorted { left, right in
            left.value.rows != right.value.rows ? left.value.rows > right.value.rows : left.key.order < right.key.order
        }
        for (reason, total) in sorted.prefix(1000) {
            try writer.row([
                .text(reason.field), .text(reason.rule), .text(reason.code), .number(total.rows), .number(total.jobs),
            ])
        }
        try writer.endTable()
    }

    private func drawJobs(to writer: inout some ReportWriter) async throws {
        let condition = try jobs
        let found: [(Timestamp?, Timestamp?)] = try await read(
            "SELECT min(j.created_at), max(j.created_at) FROM processing_jobs j WHERE \(sql: condition)"
        ) { (try $0.decode(0), try $0.decode(1)) }
        guard case (let first?, let last?)? = found.first else { return }
        let bucket = TimeBuckets(from: first, to: last)
        let bars = try await series(
            bucket, from: (first, last),
            """
            SELECT date_trunc(\(bucket.rawValue), j.created_at, 'UTC'),
                   ARRAY[sum(j.accepted_rows)::bigint, sum(j.rejected_rows)::bigint, sum(j.skipped_rows)::bigint]
            FROM processing_jobs j WHERE \(sql: condition) GROUP BY 1
            """, series: 3)
        let chart = BarChart(
            series: ["accepted", "rejected", "skipped"], bars: bars,
            title: "Rows accepted, rejected and skipped, by the \(bucket.rawValue) on which their file was submitted",
            unit: "rows")
        try writer.chart(chart) { $0.columns }
    }
}
