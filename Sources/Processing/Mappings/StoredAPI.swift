package import FoundationEssentials
package import Postgres

/// An API, as the projections show it.
package struct StoredAPI: Sendable {
    package var id: UUID
    package var name: String
    /// rest_api, webhook or database.
    package var type: String
    package var baseURL: String?
    package var authType: String
    package var fieldCount: Int
    package var requiredCount: Int
    package var createdAt: Timestamp
    /// When it or its fields were described last.
    package var updatedAt: Timestamp

    static let columns = """
        a.id, a.name, a.type, a.base_url, a.auth_type, count(f.name), count(f.name) FILTER (WHERE f.required),
        a.created_at, a.updated_at
        """
    static let tables = """
        api_configurations a LEFT JOIN api_fields f ON f.tenant_id = a.tenant_id AND f.api_id = a.id
        """

    init(_ row: borrowing Row) throws {
        id = try row.decode(0)
        name = try row.decode(1)
        type = try row.decode(2)
        baseURL = try row.decode(3)
        authType = try row.decode(4)
        fieldCount = Int(try row.decode(5, as: Int64.self))
        requiredCount = Int(try row.decode(6, as: Int64.self))
        createdAt = try row.decode(7)
        updatedAt = try row.decode(8)
    }
}
