import AuditLog
import Foundation
import Postgres

/// Writes into the logs which rows were corrected.
struct Repairs: Sendable {
    let definition: Definition
    let command: Command

    /// Rows that one event lists.
    private static let listed = 250

    /// Appends the events inside the session's transaction: to the tenant's log, or, where the tenant has none, to that of
    /// the command.
    func record(_ rows: [RowDifference], of tenant: UUID, _ session: Session) throws {
        guard !rows.isEmpty, let log = try session.log(for: tenant, else: command) else { return }
        let events = try stride(from: 0, to: rows.count, by: Self.listed).map { start in
            let listed = try rows[start...].prefix(Self.listed).map { row in
                ProjectionRepaired.Row(
                    table: row.table, key: try JSONDecoder().decode(JSONValue.self, from: Data(row.key.utf8)),
                    kind: row.kind.rawValue, columns: row.columns)
            }
            return try command.event(
                ProjectionRepaired(name: definition.name, version: definition.version, rows: listed),
                on: UUID(named: "projection", definition.name))
        }
        try session.append(events, tenant: log)
    }
}

extension Session {
    /// The tenant, if it has a log; else the command's.
    func log(for tenant: UUID, else command: Command) throws -> UUID? {
        if try head(of: tenant) != nil { return tenant }
        guard let other = command.scope.tenant, try head(of: other) != nil else { return nil }
        return other
    }

    /// Appends inside the session's transaction, in the name of a tenant.
    func append(_ events: [NewEvent], tenant: UUID) throws {
        guard !events.isEmpty else { return }
        try execute("SELECT set_config('atlas2.tenant_id', \(tenant.text), true)")
        try execute(EventLog.statement(appending: [events], to: tenant))
    }

    /// The size of a tenant's log; nil where there is none.
    func head(of tenant: UUID) throws -> Int64? {
        try first("SELECT size FROM audit_log_heads WHERE tenant_id = \(tenant)") { try $0.decode(0) }
    }

    /// How far a projection has read a tenant's log.
    func checkpoint(of projection: String, _ tenant: UUID) throws -> Int64? {
        try first(
            "SELECT position FROM projection_checkpoints WHERE tenant_id = \(tenant) AND projection = \(projection)"
        ) { try $0.decode(0) }
    }

    /// Says how far the live tables are, after those of `schema` were put in their place or made equal to them: with what
    /// stopped or was set aside there.
    func place(_ projection: String, _ tenant: UUID, at position: Int64, from schema: String) throws {
        try execute("SELECT projection_placed(\(projection), \(tenant), \(position), \(schema))")
    }

    /// Lets a projection's own fold follow the log; where it cannot, it stays where it is.
    func follow(_ projection: String, _ tenant: UUID, to head: Int64) throws {
        try execute("SELECT set_config('atlas2.tenant_id', \(tenant.text), true)")
        try script("SAVEPOINT follow")
        do {
            var position = try checkpoint(of: projection, tenant) ?? 0
            while position < head {
                try execute("SELECT projection_advance(\(projection), \(tenant), \(min(head - position, 100_000)))")
                let next = try checkpoint(of: projection, tenant) ?? 0
                guard next > position else { break }
                position = next
            }
            try script("RELEASE SAVEPOINT follow")
        } catch let error as PostgresError where error.code == .server && !error.isForAnotherTry {
            try script("ROLLBACK TO SAVEPOINT follow")
        }
    }
}
