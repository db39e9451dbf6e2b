import AuditLog
import FoundationEssentials
import Postgres
import Projections
import TestSupport
import Testing

extension LawTests {
    @Suite("Removing a projection", .timeLimit(.minutes(20)))
    struct RemovalTests {
        /// The product's library: the files of the examples were taken away.
        private func remover(_ database: TestDatabase) throws -> ProjectionRemover {
            ProjectionRemover(owner: database.owner, library: try Library.project())
        }

        private let command = Command(scope: .system(HistoryTenants.first))

        private func state(_ database: TestDatabase) async throws -> [String] {
            try await database.column(
                """
                SELECT c.relname::text FROM pg_class c WHERE c.relname ~ '^(mapping_chang|rejected_rows)' AND c.relkind IN ('r', 'v')
                UNION ALL SELECT 'fold ' || name FROM projection_definitions() WHERE name IN ('mapping_changes', 'rejected_rows')
                UNION ALL SELECT DISTINCT 'checkpoint ' || projection FROM projection_checkpoints
                          WHERE projection IN ('mapping_changes', 'rejected_rows') ORDER BY 1
                """)
        }

        @Test("its tables, fold and checkpoints go, appends go on, and every tenant's log says so")
        func removed() async throws {
            try await TestTemplate.history.withCopy { database in
                let removal = try await remover(database).remove("mapping_changes", cascade: false, as: command)
                #expect(removal.tables == ["mapping_changes", "mapping_changers"])
                #expect(removal.dependents == [])
                #expect(
                    try await state(database) == ["checkpoint rejected_rows", "fold rejected_rows", "rejected_rows"])
                for tenant in HistoryTenants.all {
                    let events = try await database.log.read(
                        EventFilter(type: ProjectionRemoved.type), as: .system(tenant))
                    #expect(try events.map { try $0.payload(of: ProjectionRemoved.self).name } == ["mapping_changes"])
                }
                // What it was folded from is appended as before.
                let user = UserCreated(email: "new@example.org", name: nil, role: "user")
                try await database.log.append([command.event(user, on: UUID(), expecting: 0)], as: command.scope)
                try await database.catchUp()
                let verifier = ProjectionVerifier(owner: database.owner, definitions: try Library.project().projections)
                #expect(try await verifier.verify().isEqual)
            }
        }

        @Test("what depends on it stops it, unless it is to go too")
        func dependents() async throws {
            try await TestTemplate.history.withCopy { database in
                try await database.tamper(
                    "CREATE VIEW one AS SELECT * FROM rejected_rows; CREATE VIEW two AS SELECT * FROM one; CREATE MATERIALIZED VIEW three AS SELECT * FROM two;"
                )
                let before = try await state(database)
                let error = await #expect(throws: SchemaError.self) {
                    try await remover(database).remove("rejected_rows", cascade: false, as: command)
                }
                #expect(
                    error?.description
                        == "the materialized view three, the view one, the view two depend on rejected_rows: drop them first, or say --cascade"
                )
                #expect(try await state(database) == before)
                let removal = try await remover(database).remove("rejected_rows", cascade: true, as: command)
                #expect(removal.dependents == ["the materialized view three", "the view one", "the view two"])
                let left: [Int64] = try await database.column(
                    "SELECT count(*) FROM pg_class WHERE relname IN ('one', 'two', 'three')")
                #expect(left == [0])
            }
        }

        @Test(
            "the product's own, one whose file is there, and one that is not installed are not removed",
            arguments: [
                ("users", false, "of Atlas2 itself"), ("rejected_rows", true, "is still there"),
                ("none", false, "there is no projection none"),
            ])
        func refused(name: String, withFiles: Bool, message: String) async throws {
            try await TestTemplate.history.withCopy { database in
                let library = withFiles ? database.library : try Library.project()
                let error = await #expect(throws: SchemaError.self) {
                    try await ProjectionRemover(owner: database.owner, library: library).remove(
                        name, cascade: true, as: command)
                }
                #expect(error?.description.contains(message) == true)
                #expect(try await state(database).count == 7)
            }
        }
    }
}
