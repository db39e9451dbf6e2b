import Foundation
package import Postgres

/// What the comment of a schema says that shows the past.
///
/// Of who made it, it holds the id: a comment is reached by no erasure.
package struct PastSchemaNote: Codable, Sendable, Equatable {
    /// The time that was asked for; nil where a position was.
    package var at: String?
    /// The number of events of each tenant, by its id.
    package var events: [String: Int64]
    package var projections: [String]
    package var madeAt: String
    package var madeBy: String?

    private enum CodingKeys: String, CodingKey {
        case at
        case events
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

    init(moment: Moment, cuts: [Cut], projections: [Definition], madeAt: Timestamp, madeBy: UUID?) {
        if case .time(let time) = moment { at = time.description }
        events = Dictionary(uniqueKeysWithValues: cuts.map { ($0.tenant.text, $0.size) })
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

    /// Drops schemas of questions whose process is gone: each that lives holds the lock of its name.
    func dropAbandonedQuestions() throws {
        for entry in try pastSchemas() where entry.schema.hasPrefix(PastSchemaEntry.questionPrefix) {
            let isFree = try first("SELECT pg_try_advisory_xact_lock(hashtextextended(\(entry.schema), 0))") {
                try $0.decode(0, as: Bool.self)
            }
            if isFree == true { try script("DROP SCHEMA IF EXISTS \(entry.schema) CASCADE") }
        }
    }
}
