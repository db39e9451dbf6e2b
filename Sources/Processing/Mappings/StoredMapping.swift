package import FoundationEssentials
package import Mapping
package import Postgres

/// A version of a mapping, as the projection shows it.
package struct StoredMapping: Sendable {
    package var id: UUID
    package var version: Int
    package var name: String
    package var api: String
    package var document: String
    /// JSON.
    var fieldsJSON: String
    package var sha256: String
    package var createdAt: Timestamp

    static let columns = """
        m.id, m.version, m.name, coalesce(a.name, m.api_id::text), m.document, m.fields::text, m.sha256, m.created_at
        """
    static let tables = """
        mapping_configurations m
        LEFT JOIN api_configurations a ON a.tenant_id = m.tenant_id AND a.id = m.api_id
        """

    init(_ row: borrowing Row) throws {
        id = try row.decode(0)
        version = Int(try row.decode(1, as: Int32.self))
        name = try row.decode(2)
        api = try row.decode(3)
        document = try row.decode(4)
        fieldsJSON = try row.decode(5)
        sha256 = try row.decode(6)
        createdAt = try row.decode(7)
    }

    /// The document, and the fields that this version checks against.
    package func parsed() throws -> (document: Document, fields: [Field]) {
        (
            try Document(parsing: document, file: "\(name)@\(version)"),
            try Field.parseList(fieldsJSON, file: "the fields of \(name)@\(version)")
        )
    }
}
