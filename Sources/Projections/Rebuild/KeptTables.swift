import Foundation
import Postgres

/// The tables that a projection had before its definition changed: kept for a day beside the live ones, with their fold,
/// so that one can go back.
struct KeptTables: Sendable {
    let projection: String
    var schema: String { Self.schema(of: projection) }

    static func schema(of projection: String) -> String { SchemaName.make(Self.prefix, projection) }
    private static let prefix = "atlas2_old_"
    static let checkpoints = "atlas2_checkpoints"

    /// What the schema's comment says.
    struct Note: Codable {
        var projection: String
        /// The version and the file of the kept tables.
        var version: Int
        var sha256: String
        var tables: [String]
        /// Keys that the kept tables had.
        var foreignKeys: [Dependents.ForeignKey]
        /// The version and the file of the tables that took their place.
        var replacedByVersion: Int
        var replacedBy: String
        var keptAt: String
        /// Whether one went back: then nothing is kept here but the knowledge which file is not to be built by itself.
        var isUndone: Bool

        enum CodingKeys: String, CodingKey {
            case projection, version, sha256, tables
            case foreignKeys = "foreign_keys"
            case replacedByVersion = "replaced_by_version"
            case replacedBy = "replaced_by"
            case keptAt = "kept_at"
            case isUndone = "undone"
        }
    }

    func note(_ session: Session) throws -> Note? { try session.note(on: schema) }

    func drop(_ session: Session) throws {
        try session.script("SET LOCAL client_min_messages = warning; DROP SCHEMA IF EXISTS \(schema) CASCADE")
    }

    /// Drops what was kept for longer than a day.
    static func dropExpired(_ owner: Database) async throws {
        let expired = try await all(owner).filter { !$0.isUndone && $0.keptAt < dayAgo }
        for note in expired { try await drop(note.projection, owner) }
    }

    /// Drops all that is kept: it may hold what was erased since.
    static func dropAll(_ owner: Database) async throws {
        for note in try await all(owner) where !note.isUndone { try await drop(note.projection, owner) }
    }

    private static func drop(_ projection: String, _ owner: Database) async throws {
        try await owner.transaction(.owner) { try KeptTables(projection: projection).drop($0) }
    }

    private static var dayAgo: String {
        Timestamp(microseconds: Timestamp.now.microseconds - 86_400_000_000).description
    }

    static func all(_ owner: Database) async throws -> [Note] {
        try await owner.transaction(.owner) { session in
            let schemas: [String] = try session.query(
                "SELECT nspname::text FROM pg_namespace WHERE nspname LIKE 'atlas2\\_old\\_%' AND nspowner = 'atlas2_owner'::regrole ORDER BY 1"
            ) { try $0.decode(0) }
            return try schemas.compactMap { try session.note(on: $0) }
        }
    }

    // MARK: Following the log

    func position(of tenant: UUID, _ session: Session) throws -> Int64 {
        try session.first("SELECT position FROM \(raw: schema).\(raw: Self.checkpoints) WHERE tenant_id = \(tenant)") {
            try $0.decode(0)
        } ?? 0
    }

    /// Folds events into the kept tables, by their own fold.
    ///
    /// - Returns: how many are unread.
    func follow(_ tenant: UUID, to head: Int64, limit: Int64, _ session: Session) throws -> Int64 {
        let start = try position(of: tenant, session)
        guard start < head else { return 0 }
        let end = start + min(head - start, limit)
        let definition = Definition(kept: projection)
        let replay = try Replay(of: definition, in: schema, positions: [tenant: start], session)
        try replay.fold(definition, tenant: tenant, start..<end, session)
        try session.execute(
            """
            INSERT INTO \(raw: schema).\(raw: Self.checkpoints) VALUES (\(tenant), \(end))
            ON CONFLICT (tenant_id) DO UPDATE SET position = excluded.position
            """)
        return head - end
    }
}

extension Definition {
    /// A definition of which only the name matters: its fold is in the database.
    fileprivate init(kept name: String) {
        self.init(
            name: name, version: 1, mode: .inline, events: [], understood: [:], key: "", poison: .stop, owner: nil,
            references: [], tables: [], schema: "", indexes: "", fold: "", sha256: "", file: "", lines: [:])
    }
}
