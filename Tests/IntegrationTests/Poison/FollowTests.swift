import AuditLog
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Projections

extension PoisonTests {
    @Suite("Following", .timeLimit(.minutes(20)))
    struct FollowTests {
        @Test("an inline projection that is far behind catches up while appends go on, and is not overtaken at the end")
        func farBehind() async throws {
            try await TestTemplate.schema.withCopy { database in
                let tenant = try await database.createTenant("one")
                let scope = Scope.system(tenant)
                func add(_ count: Int, from first: Int) async throws {
                    let users = try (first..<(first + count)).map { number in
                        try [
                            Command(scope: scope).event(
                                UserCreated(email: "u\(number)@example.org", name: nil, role: "user"), on: UUID())
                        ]
                    }
                    _ = try await database.log.append(users, as: scope)
                }
                try await add(1500, from: 0)
                try await database.tamper(
                    "DELETE FROM users; UPDATE projection_checkpoints SET position = 0 WHERE projection = 'users'")
                let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString + ".sql")
                defer { try? FileManager.default.removeItem(at: file) }
                try """
                SET lock_timeout = '5s';
                SELECT set_config('atlas2.tenant_id', '\(tenant.text)', false);
                SELECT audit_append('\(tenant.text)', ARRAY[ROW(0, gen_random_uuid(), 'probe', gen_random_uuid(), NULL,
                    'probe.seen', 1, NULL, NULL, NULL, '{}', NULL, NULL, NULL)::audit_append_event]);
                """.write(to: file, atomically: true, encoding: .utf8)
                // Held open: rows and checkpoint are written, and not committed, while another session appends.
                let unread = try await database.app.transaction(scope.transaction()) { session in
                    let unread = try session.first("SELECT projection_advance('users', \(tenant), 100000)") {
                        try $0.decode(0, as: Int64.self)
                    }
                    try TestCluster.shared.get().psql(files: [file.path], database: database.name, user: .app)
                    return unread
                }
                #expect(unread == 1)
                async let catching: Void = database.catchUp()
                try await add(200, from: 1500)
                try await catching
                try await database.catchUp()
                #expect(try await database.projections.status(as: scope).allSatisfy { $0.lag == 0 })
                #expect(try await database.verifier.verify().isEqual)
            }
        }

        @Test("a projection that refers to rows of another waits for them, and goes on without being asked")
        func owed() async throws {
            let child = Counters(name: "children").file
                .replacing(
                    "-- poison: stop", with: "-- references: children (tenant_id, id) -> parents (tenant_id, id)")
            let files = ["children.sql": child, "parents.sql": Counters(name: "parents").file]
            try await Counters.withDatabase(files) { database, _ in
                _ = try await Counters.append(50, poison: 1000, database, seed: 3)
                // By itself it comes to no row.
                #expect(try await database.advance("children", Counters.tenant, limit: 100) == 0)
                let stop = try #require(try await Counters(name: "children").status(database)?.stop)
                #expect(stop.isOwed && stop.position == 0)
                #expect(try await database.projections.catchUp(as: Counters.scope).stops == [])
                let rows = try await Counters(name: "children").rows(database)
                let parents = try await Counters(name: "parents").rows(database)
                #expect(rows.count == 5 && rows == parents)
            }
        }

        @Test("one call folds many events around poison in few steps")
        func steps() async throws {
            let counters = Counters(poison: "set-aside")
            try await Counters.withDatabase(["counters.sql": counters.file]) { database, _ in
                let events = try await Counters.append(4000, poison: 1300, database, seed: 8)
                try await database.tamper(
                    """
                    CREATE SEQUENCE folds;
                    CREATE FUNCTION counted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM nextval('public.folds'); RETURN NULL; END $$;
                    CREATE TRIGGER counted BEFORE INSERT ON counters FOR EACH STATEMENT EXECUTE FUNCTION counted();
                    GRANT USAGE ON SEQUENCE folds TO PUBLIC;
                    """)
                let poison = events.count { $0.number == nil }
                #expect(poison > 0)
                #expect(try await database.advance("counters", Counters.tenant, limit: 100_000) == 0)
                let folds: [Int64] = try await database.column("SELECT last_value FROM folds")
                // Halving to an event, and growing again from it: twice the binary logarithm, a little more.
                #expect(folds[0] <= Int64(poison + 1) * 40, "\(folds[0]) folds for \(poison) poison events")
            }
        }

        @Test("status says how old the oldest unread event is, and how fast the last ones were read")
        func status() async throws {
            let counters = Counters()
            try await Counters.withDatabase(["counters.sql": counters.file]) { database, _ in
                try await database.setClock("'2026-03-01 10:00+00'::timestamptz")
                _ = try await Counters.append(50, poison: 1000, database, seed: 3)
                let before = try #require(try await counters.status(database))
                #expect(before.lag == 50 && before.unreadSince?.description.hasPrefix("2026-03-01T10:00:00") == true)
                #expect(before.rate == nil)
                try await database.projections.catchUp(as: Counters.scope)
                let after = try #require(try await counters.status(database))
                #expect(after.lag == 0 && after.unreadSince == nil && (after.rate ?? 0) > 0)
            }
        }
    }
}
