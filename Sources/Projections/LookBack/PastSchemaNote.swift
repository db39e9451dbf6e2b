package import Foundation
package import Postgres

/// What the comment of a schema says that shows the past.
///
/// Everybody who may connect can read a comment, and no erasure reaches it: of who made it, it holds the id, and of tenants
/// nothing.
package struct PastSchemaNote: Codable, Sendable, Equatable {
    /// The time that was asked for; nil where a position was.
    package var at: String?
    package var projections: [String]
    package var madeAt: String
    package var madeBy: String?

    private enum CodingKeys: String, CodingKey {
        case at
        case projections
        case madeAt = "made_at"
        case madeBy = "made_by"
    }

    private static let opening = "The past, made by atlas2 replay: "

    /// The comment as it stands. Every value's alphabet needs no quoting.
    func comment() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Self.opening + String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    /// Reads a comment; nil for one of another schema.
    init?(comment: String) {
        guard comment.hasPrefix(Self.opening) else { return nil }
        let text = comment.utf8.dropFirst(Self.opening.utf8.count)
        guard let note = try? JSONDecoder().decode(Self.self, from: Data(text)) else { return nil }
        self = note
    }

    init(moment: Moment, projections: [Definition], madeAt: Timestamp, madeBy: UUID?) {
        if case .time(let time) = moment { at = time.description }
        self.projections = projections.map(\.name)
        self.madeAt = madeAt.description
        self.madeBy = madeBy?.text
    }
}

/// A schema that shows the past.
package struct PastSchemaEntry: Sendable {
    package var schema: String
    package var note: PastSchemaNote

    /// The prefix of those that answer one question and go.
    static let questionPrefix = "atlas2_asof_"

    package var isOfQuestion: Bool { schema.hasPrefix(Self.questionPrefix) }
}

extension Session {
    /// Every schema of the database that shows the past, by name.
    package func pastSchemas() throws -> [PastSchemaEntry] {
        try query(
            """
            SELECT nspname::text, obj_description(oid, 'pg_namespace') FROM pg_namespace
            WHERE nspowner = 'atlas2_owner'::regrole AND obj_description(oid, 'pg_namespace') IS NOT NULL ORDER BY 1
            """
        ) { (try $0.decode(0, as: String.self), try $0.decode(1, as: String.self)) }
        .compactMap { name, comment in
            PastSchemaNote(comment: comment).map { PastSchemaEntry(schema: name, note: $0) }
        }
    }

    /// The numbers of events that a schema shows of the tenants that the session sees.
    package func events(in past: PastSchemaEntry) throws -> [UUID: Int64] {
        let sizes = try query("SELECT tenant_id, size FROM \(identifier: past.schema).audit_log_heads") {
            (try $0.decode(0, as: UUID.self), try $0.decode(1, as: Int64.self))
        }
        return Dictionary(uniqueKeysWithValues: sizes)
    }

    /// Drops schemas of questions whose process is gone: each that lives holds the lock of its name.
    func dropAbandonedQuestions() throws {
        for entry in try pastSchemas() where entry.isOfQuestion {
            let isFree = try first("SELECT pg_try_advisory_xact_lock(hashtextextended(\(entry.schema), 0))") {
                try $0.decode(0, as: Bool.self)
            }
            if isFree == true { try script("DROP SCHEMA IF EXISTS \(entry.schema) CASCADE") }
        }
    }
}
