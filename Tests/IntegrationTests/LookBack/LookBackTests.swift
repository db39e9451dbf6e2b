import AuditLog
import FoundationEssentials
import Postgres
import Projections
import TestSupport
import Testing

/// Reading the past: replays into schemas, questions, histories and comparisons.
@Suite("Looking back")
enum LookBackTests {}

extension TestDatabase {
    var replays: Replays { Replays(owner: owner, library: library) }
    var question: Question { Question(owner: owner, asker: app, library: library) }

    /// The projections' tables and the product's views: what a replay shows.
    var readModel: [String] {
        library.projections.flatMap(\.tables)
            + [
                "audit_trail", "processing_results", "processing_errors", "system_health", "audit_log_heads",
                "audit_streams",
            ]
    }

    /// Keeps copies of the live tables and views in a schema.
    func capture(into schema: String) async throws {
        let copies = readModel.map { "CREATE TABLE \(schema).\($0) AS TABLE public.\($0)" }
        try await tamper("CREATE SCHEMA \(schema);\n" + copies.joined(separator: ";\n"))
    }

    /// Rows that only one of two relations has, of a tenant or of all.
    func differingRows(_ one: String, _ other: String, of tenant: UUID? = nil) async throws -> Int64 {
        let condition: SQL = "WHERE \(tenant == nil) OR tenant_id = \(tenant)"
        return try await administrator.session(timeout: .none) { session in
            try session.first(
                """
                SELECT count(*) FROM (
                    (SELECT * FROM \(raw: one) \(sql: condition) EXCEPT ALL SELECT * FROM \(raw: other) \(sql: condition))
                    UNION ALL
                    (SELECT * FROM \(raw: other) \(sql: condition) EXCEPT ALL SELECT * FROM \(raw: one) \(sql: condition))) x
                """
            ) { try $0.decode(0) } ?? -1
        }
    }

    /// Schemas that show the past, or are left of one.
    func pastSchemas() async throws -> [String] {
        try await column(
            """
            SELECT nspname::text FROM pg_namespace
            WHERE nspname LIKE 'atlas2\\_%' OR obj_description(oid, 'pg_namespace') LIKE '%replay%' ORDER BY 1
            """)
    }
}

/// What a look back refuses, in which words.
func refusal(_ body: () async throws -> Void) async -> String? {
    do {
        try await body()
        return nil
    } catch {
        return error is PastError ? "\(error)" : "not a refusal: \(String(reflecting: error))"
    }
}
