import AuditLog
import FoundationEssentials
import Postgres
import Projections
import TestSupport
import Testing

extension LookBackTests {
    @Suite("What changed on a resource", .timeLimit(.minutes(20)))
    struct StreamChangesTests {
        private func between(_ database: TestDatabase, _ from: Int64, _ to: Int64, _ stream: StreamID) async throws
            -> [StreamChanges.Change]?
        {
            try await StreamChanges(owner: database.owner, library: database.library)
                .between(from, to, of: stream, tenant: HistoryTenants.first)
        }

        @Test("from nothing to now gives the columns of the live row, for resources of every type that has rows")
        func live() async throws {
            try await TestTemplate.history.withCopy { database in
                for (type, table, key) in [
                    ("user", "users", "id"), ("job", "processing_jobs", "id"), ("job", "file_data", "job_id"),
                    ("api", "api_configurations", "id"), ("tenant", "tenants", "tenant_id"),
                    ("hold", "legal_holds", "id"),
                ] {
                    let ids: [UUID] = try await database.column(
                        "SELECT \(identifier: key) FROM \(identifier: table) WHERE tenant_id = \(HistoryTenants.first) ORDER BY 1 LIMIT 4"
                    )
                    #expect(!ids.isEmpty)
                    for id in ids {
                        let changes = try #require(try await between(database, 0, .max, StreamID(type: type, id: id)))
                        let live: [String] = try await database.administrator.session { session in
                            try session.query(
                                """
                                SELECT c.key || '=' || c.value FROM \(identifier: table) t, jsonb_each(to_jsonb(t)) c
                                WHERE tenant_id = \(HistoryTenants.first) AND \(identifier: key) = \(id)
                                  AND jsonb_typeof(c.value) <> 'null' AND c.key NOT IN ('tenant_id', \(raw: "'\(key)'")) ORDER BY 1
                                """
                            ) { try $0.decode(0) }
                        }
                        let found = changes.filter { $0.table == table }
                        #expect(
                            found.map { "\($0.column)=\($0.new?.json ?? "")" }.sorted() == live.sorted(),
                            "\(type) \(id)")
                        #expect(found.allSatisfy { $0.old == nil && $0.key == "{}" })
                    }
                }
                #expect(try await between(database, 0, .max, StreamID(type: "projection", id: UUID())) == nil)
                #expect(try await database.pastSchemas() == [])
            }
        }

        @Test("each change names the version that made it; a value that came back is no change")
        func versions() async throws {
            try await TestTemplate.history.withCopy { database in
                let user = UUID()
                let command = Command(scope: .system(HistoryTenants.first))
                let events = [
                    try command.event(
                        UserCreated(email: "x@example.com", name: "X", role: "user"), on: user, expecting: 0),
                    try command.event(UserRoleChanged(role: "auditor"), on: user),
                    try command.event(UserDeactivated(), on: user),
                    try command.event(UserRoleChanged(role: "admin"), on: user),
                    try command.event(UserReactivated(), on: user),
                ]
                for event in events { try await database.log.append([event], as: command.scope) }
                let stream = StreamID(type: "user", id: user)
                let all = try #require(try await between(database, 1, 5, stream)).filter { $0.column != "updated_at" }
                #expect(all.map(\.column) == ["role"] && all.map(\.version) == [4])
                #expect(all[0].old?.text == "user" && all[0].new?.json == "\"admin\"")
                let middle = try #require(try await between(database, 2, 3, stream))
                #expect(middle.map { "\($0.column) \($0.version)" } == ["status 3", "updated_at 3"])
                #expect(try await between(database, 3, 3, stream) == [])
            }
        }
    }
}
