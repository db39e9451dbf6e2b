import AuditLog
import FoundationEssentials
import Postgres

/// Replays the log into a schema beside the live one.
///
/// Works inside its caller's transaction: what is not committed leaves nothing behind.
struct Replay {
    let schema: String
    let definitions: [Definition]
    private var positions: [String: [UUID: Int64]] = [:]

    /// Makes the schema with empty tables and folds.
    ///
    /// - Parameter schema: its name; nil: one that no other has.
    init(_ definitions: [Definition], into schema: String? = nil, unlogged: Bool, _ session: Session) throws {
        self.definitions = definitions
        let schema = schema ?? "atlas2_replay_" + UUID().text.replacing("-", with: "_")
        self.schema = schema
        // Ranges differ from call to call, and so do the best plans; one fold at a time may take what memory there is.
        try session.script(
            """
            SET LOCAL plan_cache_mode = force_custom_plan;
            SET LOCAL work_mem = '256MB';
            CREATE SCHEMA \(schema);
            """)
        for definition in definitions {
            try session.script("SET LOCAL search_path = \(schema), fold, pg_temp;\n" + definition.schema)
            if unlogged {
                for table in definition.tables { try session.script("ALTER TABLE \(schema).\(table) SET UNLOGGED") }
            }
            try session.script(definition.foldFunction(in: schema))
        }
        try session.script("SET LOCAL search_path = public, pg_temp")
    }

    /// Folds a tenant's events up to `position` into a projection.
    mutating func advance(
        _ definition: Definition, tenant: UUID, to position: Int64, batch: Int64 = 1_000_000, _ session: Session
    ) throws {
        var from = positions[definition.name]?[tenant] ?? 0
        while from < position {
            let fold = try session.fold(
                definition.name, of: tenant, in: schema, from: from, to: min(position, from + batch))
            positions[definition.name, default: [:]][tenant] = fold.reached
            if let stop = fold.stop { throw stop }
            from = fold.reached
        }
        positions[definition.name, default: [:]][tenant] = max(from, position)
    }

    func drop(_ session: Session) throws {
        try session.script("DROP SCHEMA \(schema) CASCADE")
    }
}

extension Session {
    /// Every tenant's head.
    func heads() throws -> [(tenant: UUID, size: Int64)] {
        try query("SELECT tenant_id, size FROM audit_log_heads ORDER BY tenant_id") {
            (try $0.decode(0), try $0.decode(1))
        }
    }
}
