import Crypto
import Foundation
import Postgres

/// A projection that is built beside its live tables: in a schema of its own, which outlives its process.
///
/// Beside the tables stands how far each tenant's log is folded into them, written in the transaction that folds. All of
/// it is unlogged while it grows, so that a crash of the server empties both alike and the build begins anew.
struct Build: Sendable {
    let definition: Definition
    let schema: String

    /// What the schema's comment says of it.
    struct Note: Codable, Equatable {
        var projection: String
        /// Of the file, and of the fold as this program writes it: another of either begins anew.
        var sha256: String
        var startedAt: String
        /// Whether it has its indexes, and survives a crash of the server.
        var isFinished: Bool

        enum CodingKeys: String, CodingKey {
            case projection, sha256
            case startedAt = "started_at"
            case isFinished = "finished"
        }
    }

    /// The name of the schema for a projection.
    static func schema(of projection: String) -> String { SchemaName.make("atlas2_build_", projection) }

    private static let progress = "atlas2_progress"

    init(_ definition: Definition) {
        self.definition = definition
        schema = Self.schema(of: definition.name)
    }

    /// Of the file, and of the fold as this program writes it.
    var fingerprint: String {
        SHA256.hash(data: Array((definition.sha256 + definition.foldFunction(in: schema)).utf8)).hexadecimal
    }

    /// Goes on with what is there of the same definition, or makes empty tables. The caller holds the lock.
    func open(_ session: Session) throws {
        if let note = try note(session), note.sha256 == fingerprint {
            // The server may still be committing what a process did that was killed.
            return try session.script("LOCK TABLE \(schema).\(Self.progress) IN ACCESS EXCLUSIVE MODE")
        }
        try session.script(
            """
            SET LOCAL client_min_messages = warning;
            DROP SCHEMA IF EXISTS \(schema) CASCADE;
            """)
        // Constraints stay on: an event that breaks one is to be found where it is folded, not at the end.
        _ = try Replay([definition], into: schema, unlogged: true, session)
        try session.script(
            "CREATE UNLOGGED TABLE \(schema).\(Self.progress) (tenant_id uuid PRIMARY KEY, position bigint NOT NULL)")
        try write(
            Note(
                projection: definition.name, sha256: fingerprint, startedAt: Timestamp.now.description,
                isFinished: false), session)
    }

    func note(_ session: Session) throws -> Note? { try session.note(on: schema) }

    private func write(_ note: Note, _ session: Session) throws {
        try session.comment(note, on: schema)
    }

    func positions(_ session: Session) throws -> [UUID: Int64] {
        Dictionary(
            uniqueKeysWithValues: try session.query(
                "SELECT tenant_id, position FROM \(raw: schema).\(raw: Self.progress)"
            ) {
                (try $0.decode(0, as: UUID.self), try $0.decode(1, as: Int64.self))
            })
    }

    /// Folds a tenant's events up to a position, and writes down how far it is.
    func fold(_ tenant: UUID, to position: Int64, _ session: Session) throws {
        let start = try self.position(of: tenant, session)
        guard start < position else { return }
        var replay = try Replay(of: definition, in: schema, positions: [tenant: start], session)
        do {
            try replay.advance(definition, tenant: tenant, to: position, session)
        } catch let stop as ProjectionStop {
            throw BuildError(
                .event,
                "\(stop) (tenant \(tenant.text)); what was built before is kept. When the cause is gone, run the command again; to leave the event out for ever, atlas2 projections skip \(definition.name) --reason … where the live one stopped there too"
            )
        }
        try session.execute(
            """
            INSERT INTO \(raw: schema).\(raw: Self.progress) VALUES (\(tenant), \(position))
            ON CONFLICT (tenant_id) DO UPDATE SET position = excluded.position
            """)
    }

    func position(of tenant: UUID, _ session: Session) throws -> Int64 {
        try session.first(
            "SELECT position FROM \(raw: schema).\(raw: Self.progress) WHERE tenant_id = \(tenant)"
        ) { try $0.decode(0) } ?? 0
    }

    /// Makes the indexes and lets the tables survive a crash: what they need to become the live ones.
    func finish(_ memory: RebuildOptions.Memory, _ session: Session) throws {
        guard var note = try note(session), !note.isFinished else { return }
        try session.script("SET LOCAL maintenance_work_mem = '\(memory.kilobytes)kB'")
        for table in definition.tables + [Self.progress] {
            try session.script("ALTER TABLE \(schema).\(SQL.quoted(identifier: table)) SET LOGGED")
        }
        try session.script(
            "SET LOCAL search_path = \(schema), fold, pg_temp;\n\(definition.indexes)\nSET LOCAL search_path = public, pg_temp;"
        )
        for table in definition.tables { try session.script("ANALYZE \(schema).\(SQL.quoted(identifier: table))") }
        note.isFinished = true
        try write(note, session)
    }

    func drop(_ session: Session) throws { try Self.drop(definition.name, session) }

    static func drop(_ projection: String, _ session: Session) throws {
        try session.script(
            "SET LOCAL client_min_messages = warning; DROP SCHEMA IF EXISTS \(schema(of: projection)) CASCADE")
    }
}

extension PostgresError {
    /// Locks and snapshots: nothing that the events could be blamed for.
    var isForAnotherTry: Bool {
        guard let sqlstate else { return true }
        return ["55P03", "40P01", "40001", "53100", "53200"].contains(sqlstate) || sqlstate.hasPrefix("57")
    }
}
