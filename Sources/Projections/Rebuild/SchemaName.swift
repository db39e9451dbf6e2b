import Crypto
import Foundation
import Postgres

/// Names of the schemas that hold a projection's other tables.
enum SchemaName {
    /// `prefix` and the projection; where that is longer than a name may be, its end is a hash.
    static func make(_ prefix: String, _ projection: String) -> String {
        let name = prefix + projection
        guard name.utf8.count > 63 else { return name }
        return name.prefix(54) + "_" + SHA256.hash(data: Array(projection.utf8)).hexadecimal.prefix(8)
    }
}

extension Session {
    /// What a schema's comment says, as JSON; nil where there is no schema or another comment.
    func note<Note: Decodable>(on schema: String) throws -> Note? {
        let text: String? =
            try first("SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = \(schema)") {
                try $0.decode(0)
            } ?? nil
        return text.flatMap { try? JSONDecoder().decode(Note.self, from: Data($0.utf8)) }
    }

    func comment(_ note: some Encodable, on schema: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(note), as: UTF8.self)
        let literal = try first("SELECT quote_literal(\(text))") { try $0.decode(0, as: String.self) } ?? "NULL"
        try script("COMMENT ON SCHEMA \(SQL.quoted(identifier: schema)) IS \(literal)")
    }
}
