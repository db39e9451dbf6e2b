package import AuditLog
package import FoundationEssentials
package import Postgres

/// A job, as the projection shows it.
package struct Job: Sendable {
    package enum Status: String, Sendable {
        case created, running, paused, cancelled, failed, completed

        /// Whether nothing more can happen to it.
        package var isFinal: Bool { self == .cancelled || self == .failed || self == .completed }
    }

    package var id: UUID
    package var owner: UUID?
    package var mapping: UUID?
    package var mappingVersion: Int
    package var mappingName: String?
    package var status: Status
    /// Nil once erased.
    package var fileName: String?
    package var fileSHA256: String?
    package var fileSize: Int64
    /// Physical lines of the file above and below its table, which are not read.
    package var preambleLines: Int
    package var footerLines: Int
    /// In which formats dates are read that are different days in several.
    package var dates: [JobDates]
    package var rows: Int64
    package var accepted: Int64
    package var rejected: Int64
    /// Rows that the mapping leaves out.
    package var skipped: Int64
    package var attempts: Int32
    package var reason: String?
    package var message: String?
    package var createdAt: Timestamp?
    package var finishedAt: Timestamp?

    static let columns = """
        j.id, j.user_id, j.mapping_id, coalesce(j.mapping_version, 0), m.name, j.status, j.file_name, j.file_sha256,
        coalesce(j.file_size, 0), j.processed_rows, j.accepted_rows, j.rejected_rows, j.attempts, j.reason, j.message,
        j.created_at, j.finished_at, coalesce((j.source->>'preamble_lines')::integer, 0),
        coalesce((j.source->>'footer_lines')::integer, 0), j.skipped_rows, coalesce(j.source->>'dates', '[]')
        """
    static let tables = """
        processing_jobs j LEFT JOIN mapping_configurations m
            ON m.tenant_id = j.tenant_id AND m.id = j.mapping_id AND m.version = j.mapping_version
        """

    init(_ row: borrowing Row) throws {
        id = try row.decode(0)
        owner = try row.decode(1)
        mapping = try row.decode(2)
        mappingVersion = Int(try row.decode(3, as: Int32.self))
        mappingName = try row.decode(4)
        status = Status(rawValue: try row.decode(5, as: String?.self) ?? "") ?? .created
        fileName = try row.decode(6)
        fileSHA256 = try row.decode(7)
        fileSize = try row.decode(8)
        rows = try row.decode(9)
        accepted = try row.decode(10)
        rejected = try row.decode(11)
        attempts = try row.decode(12)
        reason = try row.decode(13)
        message = try row.decode(14)
        createdAt = try row.decode(15)
        finishedAt = try row.decode(16)
        preambleLines = Int(try row.decode(17, as: Int32.self))
        footerLines = Int(try row.decode(18, as: Int32.self))
        skipped = try row.decode(19)
        dates = try JSONDecoder().decode([JobDates].self, from: Data(try row.decode(20, as: String.self).utf8))
    }

    /// Whose it is and which mapping it uses, as its events say it.
    var reference: JobReference? {
        guard let owner, let mapping else { return nil }
        return JobReference(owner: owner, mapping: mapping)
    }
}
