import Foundation
import Postgres
import TestSupport
import Testing

/// `atlas2 report`, and exports: what they say, what they leave in the log, and what they refuse.
@Suite("Reports", .serialized)
enum ReportTests {}

/// The program on a copy of a generated history, which it reaches as a member of `atlas2_app`.
struct HistoryProgram {
    let database: TestDatabase
    let home: Home
    /// Of the tenants.
    let slugs = ["ant", "bee", "cat"]

    static func with(_ body: (HistoryProgram) async throws -> Void) async throws {
        try await TestTemplate.history.withCopy { database in
            let conninfo = try TestCluster.shared.get().conninfo(
                database: database.name, user: TestDatabase.Login.app.rawValue)
            try await body(HistoryProgram(database: database, home: try Home(["DATABASE_URL": conninfo])))
        }
    }

    /// The address of an active user of a tenant with a role.
    func address(_ role: String, of tenant: UUID) async throws -> String {
        let found: [String] = try await database.column(
            """
            SELECT email FROM users WHERE tenant_id = \(tenant) AND role = \(role) AND status = 'active'
                AND email IS NOT NULL ORDER BY id LIMIT 1
            """)
        return try #require(found.first)
    }

    /// What a report says as JSON: what it says of itself, and its records.
    func report(
        _ kind: String, _ arguments: [String], tenant: String = "ant", as email: String, code: Int32 = 0
    ) async throws -> (head: ReportRecord, records: [ReportRecord]) {
        let ended = try await home.start(
            ["report", kind, "--format", "json", "--tenant", tenant, "--as", email] + arguments
        ).end()
        #expect(ended.code == code, "\(ended.errors)")
        var records = try ended.output.split(separator: "\n").map { try ReportRecord($0) }
        try #require(!records.isEmpty, "\(ended)")
        return (records.removeFirst(), records)
    }
}

/// A line of a report.
struct ReportRecord: Sendable {
    let members: [String: Value]

    enum Value: Decodable, Sendable, Equatable {
        case null
        case boolean(Bool)
        case number(Double)
        case text(String)
        case list([Value])
        case object([String: Value])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                self = .null
            } else if let value = try? container.decode(Bool.self) {
                self = .boolean(value)
            } else if let value = try? container.decode(Double.self) {
                self = .number(value)
            } else if let value = try? container.decode(String.self) {
                self = .text(value)
            } else if let value = try? container.decode([Value].self) {
                self = .list(value)
            } else {
                self = .object(try container.decode([String: Value].self))
            }
        }
    }

    init(_ line: some StringProtocol) throws {
        members = try JSONDecoder().decode([String: Value].self, from: Data(line.utf8))
    }

    func text(_ name: String) -> String? {
        if case .text(let text)? = members[name] { text } else { nil }
    }

    func number(_ name: String) -> Int64? {
        if case .number(let number)? = members[name] { Int64(number) } else { nil }
    }

    var record: String? { text("record") }
}
