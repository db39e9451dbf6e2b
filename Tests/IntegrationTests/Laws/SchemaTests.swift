import AuditLog
import Foundation
import Postgres
import Projections
import TestSupport
import Testing

extension LawTests {
    /// In a cluster of its own: roles belong to the server, and the first migration makes them.
    @Suite("The schema", .serialized, .timeLimit(.minutes(20)))
    struct SchemaTests {
        private static let cluster = Result { try TestCluster() }

        private struct Place {
            var cluster: TestCluster
            var name: String
            var owner: Database
            var schema: Schema

            func dump() throws -> String { try cluster.dumpSchema(of: name) }
        }

        /// Runs `body` with an empty database.
        private func withEmptyDatabase(_ name: String, _ body: (Place) async throws -> Void) async throws {
            let cluster = try Self.cluster.get()
            try cluster.psql("CREATE DATABASE \(name)")
            let owner = Database(PostgresConfiguration(conninfo: cluster.conninfo(database: name)), logger: .quiet)
            let place = Place(
                cluster: cluster, name: name, owner: owner, schema: Schema(owner: owner, library: try Library.project())
            )
            do {
                try await body(place)
            } catch {
                await owner.close()
                throw error
            }
            await owner.close()
        }

        private var files: [String] {
            get throws {
                let migrations = try Library.project().migrations.map { "migrations/\($0.up.name)" }
                return (migrations + ["init.sql"]).map { "\(ProjectFolder.path)/database/\($0)" }
            }
        }

        @Test("who keeps others from changing the schema is named when patience ends, and waited for until then")
        func held() async throws {
            try await withEmptyDatabase("held") { place in
                let connection = try await place.owner.dedicatedConnection()
                try await connection.session { session in
                    try session.script(
                        "SET application_name = 'sleeper'; SELECT pg_advisory_lock(hashtextextended('atlas2 schema', 0))"
                    )
                }
                var schema = place.schema
                schema.patience = .milliseconds(100)
                let impatient = schema
                let error = await #expect(throws: SchemaError.self) { try await impatient.up() }
                for words in ["(sleeper)", "connected since", "pg_terminate_backend"] {
                    #expect(error?.description.contains(words) == true, "\(String(describing: error))")
                }
                async let applied = place.schema.up()
                await connection.close()
                #expect(try await applied.count == place.schema.library.migrations.count)
            }
        }

        @Test(
            "init.sql alone, the files one by one, and Schema.up make the same schema; doing it again changes nothing")
        func threeWays() async throws {
            var dumps: [String] = []
            for (name, files) in [("alone", try files.suffix(1)), ("one_by_one", try files[...])] {
                try await withEmptyDatabase(name) { place in
                    try place.cluster.psql(files: Array(files), database: name)
                    dumps.append(try place.dump())
                    try place.cluster.psql(files: Array(files), database: name)
                    #expect(try place.dump() == dumps.last)
                }
            }
            try await withEmptyDatabase("by_code") { place in
                let applied = try await place.schema.up()
                #expect(applied.map(\.version) == place.schema.library.migrations.map(\.version))
                dumps.append(try place.dump())
                #expect(try await place.schema.isCurrent())
                #expect(try await place.schema.up() == [])
                #expect(try place.dump() == dumps.last)
            }
            #expect(dumps[0].contains("CREATE TABLE public.audit_logs"))
            #expect(dumps[0] == dumps[1])
            #expect(dumps[0] == dumps[2])
        }

        @Test("a schema made by hand is adopted")
        func adopted() async throws {
            try await withEmptyDatabase("by_hand") { place in
                try place.cluster.psql(files: try files.suffix(1), database: place.name)
                #expect(
                    try await place.schema.status().allSatisfy { $0.state == .appliedByHand && $0.appliedAt != nil })
                let adopted = try await place.schema.up()
                #expect(adopted.count == place.schema.library.migrations.count)
                #expect(try await place.schema.status().allSatisfy { $0.state == .applied })
                #expect(try await place.schema.isCurrent())
            }
        }

        @Test("a migration whose file changed after it was applied is refused by name")
        func changed() async throws {
            try await withEmptyDatabase("changed") { place in
                try await place.schema.up()
                let before = try place.dump()
                var library = place.schema.library
                library.migrations[1].up.text += "-- more\n"
                let schema = Schema(owner: place.owner, library: library)
                #expect(try await schema.status().filter { $0.state == .changed }.map(\.version) == [2])
                #expect(try await !schema.isCurrent())
                let error = await #expect(throws: SchemaError.self) { try await schema.up() }
                #expect(error?.description.contains("002_add_indexes_and_constraints.sql") ?? false)
                #expect(try place.dump() == before)
            }
        }

        @Test("a database of a newer version is refused")
        func newer() async throws {
            try await withEmptyDatabase("newer") { place in
                try await place.schema.up()
                try await place.owner.session { try $0.script("INSERT INTO schema_migrations VALUES (99, 'later')") }
                await #expect(throws: SchemaError.self) { try await place.schema.up() }
            }
        }

        @Test("what was taken back comes again the same, with the log that was there")
        func downToOne() async throws {
            try await withEmptyDatabase("down_to_one") { place in
                try await place.schema.up()
                try await EventLog(place.owner).append([Probe.event()], as: Probe.scope)
                let before = try place.dump()
                #expect(
                    try await place.schema.down(to: 1).map(\.version)
                        == place.schema.library.migrations.map(\.version).dropFirst().reversed())
                #expect(try await !place.schema.isCurrent())
                #expect(
                    try await place.schema.up().map(\.version)
                        == Array(place.schema.library.migrations.map(\.version).dropFirst()))
                let changed = TestCluster.changedLines(before, try place.dump())
                #expect(changed == [])
                #expect(try await EventLog(place.owner).verify(as: Probe.scope).events == 1)
            }
        }

        @Test("taken back whole, nothing of ours is left; what others made stays, other databases are not touched")
        func downToZero() async throws {
            try await withEmptyDatabase("other") { other in
                try await other.schema.up()
                try await withEmptyDatabase("down_to_zero") { place in
                    try await place.owner.session {
                        try $0.script(
                            "CREATE TABLE theirs (a int); CREATE FUNCTION mine() RETURNS int LANGUAGE sql RETURN 1")
                    }
                    let before = try place.dump()
                    try await place.schema.up()
                    try await EventLog(place.owner).append([Probe.event()], as: Probe.scope)
                    #expect(
                        try await place.schema.down(to: 0).map(\.version)
                            == place.schema.library.migrations.map(\.version).reversed())
                    #expect(try place.dump() == before)
                    let left: Int64? = try await place.owner.session { session in
                        try session.first(
                            """
                            SELECT count(*) FROM pg_shdepend s JOIN pg_roles r ON r.oid = s.refobjid
                            WHERE r.rolname LIKE 'atlas2\\_%' AND s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
                            """
                        ) { try $0.decode(0) }
                    }
                    #expect(left == 0)
                    try await place.schema.up()
                    #expect(try await place.schema.isCurrent())
                }
                // It still makes the schemas that a verification works in.
                let mayCreate: Bool? = try await other.owner.session { session in
                    try session.first("SELECT has_database_privilege('atlas2_owner', current_database(), 'CREATE')") {
                        try $0.decode(0)
                    }
                }
                #expect(mayCreate == true)
            }
        }

        @Test("two who upgrade at once take turns")
        func concurrent() async throws {
            try await withEmptyDatabase("at_once") { place in
                async let one = place.schema.up()
                async let other = place.schema.up()
                let applied = try await [one.count, other.count].sorted()
                #expect(applied == [0, place.schema.library.migrations.count])
                #expect(try await place.schema.isCurrent())
            }
        }
    }
}
