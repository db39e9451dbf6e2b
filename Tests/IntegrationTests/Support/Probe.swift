import AuditLog
import FoundationEssentials
import Postgres
import TestSupport

/// Events that no projection reads.
enum Probe {
    static let tenant = UUID(named: "tenant", "probe")
    static let scope = Scope.system(tenant)

    static func event(
        _ id: UUID = UUID(), stream: UUID = UUID(named: "probe"), expecting expected: Int64? = nil,
        type: String = "probe.seen",
        payload: String = "{}", personal: String? = nil, attachment: [UInt8]? = nil
    ) -> NewEvent {
        NewEvent(
            id: id, stream: StreamID(type: "probe", id: stream), type: type, payload: JSON(payload),
            personal: personal.map { JSON($0) }, attachment: attachment, expectedVersion: expected)
    }
}

/// The PostgreSQL error that the body throws.
func postgresError(_ body: () async throws -> Void) async -> PostgresError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? PostgresError
    }
}

extension TestDatabase {
    /// A new tenant with its first event.
    func createTenant(_ slug: String) async throws -> UUID {
        let tenant = UUID(named: "tenant", slug)
        try await log.append(
            [Command(scope: .system(tenant)).event(TenantCreated(slug: slug, name: slug), on: tenant, expecting: 0)],
            as: .system(tenant))
        return tenant
    }

    /// Reads the first column of every row, as the administrator.
    func column<Value: PostgresDecodable & Sendable>(_ sql: SQL, as type: Value.Type = Value.self) async throws
        -> [Value]
    {
        try await administrator.session(timeout: .none) { session in try session.query(sql) { try $0.decode(0) } }
    }

    /// Runs SQL as the administrator, whom nothing stops.
    func tamper(_ sql: String) async throws {
        try await administrator.session { try $0.script(sql) }
    }
}
