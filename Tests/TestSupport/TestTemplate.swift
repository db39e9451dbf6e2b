import FoundationEssentials
import Logging
import Postgres
import Projections
import Synchronization

/// A prepared database that tests get copies of; prepared once per process, when it is first asked for.
package final class TestTemplate: Sendable {
    private let library: Task<Library, any Error>
    private let name: String
    private let further: [String]

    /// The product's schema, as `Schema.up` makes it; no tenant yet.
    package static let schema = TestTemplate("template_schema", from: nil) { database in
        try await database.schema.up()
    }

    /// The same with the projections of `examples/projections`, one of which follows the log.
    package static let examples = TestTemplate("template_examples", from: .schema, further: ["examples/projections"]) {
        database in
        for file in try await database.schema.takeIn().faulty { throw SchemaError(file.summary) }
    }

    /// - Parameters:
    ///   - name: of the database.
    ///   - base: what it starts from; nil: an empty database.
    ///   - further: folders of the project with further projections; those of `base` stay.
    ///   - prepare: fills it.
    package init(
        _ name: String, from base: TestTemplate?, further: [String] = [],
        _ prepare: @escaping @Sendable (TestDatabase) async throws -> Void
    ) {
        self.name = name
        let folders = (base?.further ?? []) + further
        self.further = folders
        library = Task {
            let library = try Library.project(additional: folders.map { "\(ProjectFolder.path)/\($0)" })
            try await Self.createRoles()
            try await Self.create(name, from: base)
            let database = TestDatabase(name: name, library: library, cluster: try TestCluster.shared.get())
            do {
                try await prepare(database)
            } catch {
                await database.close()
                throw error
            }
            await database.close()
            return library
        }
    }

    /// Runs `body` with a copy, which is dropped afterwards.
    package func withCopy<T: Sendable>(_ body: (TestDatabase) async throws -> T) async throws -> T {
        let library = try await library.value
        await Self.turnstile.enter()
        do {
            let result = try await copied(library, body)
            await Self.turnstile.leave()
            return result
        } catch {
            await Self.turnstile.leave()
            throw error
        }
    }

    private func copied<T: Sendable>(_ library: Library, _ body: (TestDatabase) async throws -> T) async throws -> T {
        let copy = "test_copy_\(Self.copies.add(1, ordering: .relaxed).newValue)"
        try await Self.create(copy, from: self)
        let database = TestDatabase(name: copy, library: library, cluster: try TestCluster.shared.get())
        let result: Result<T, any Error>
        do {
            result = .success(try await body(database))
        } catch {
            result = .failure(error)
        }
        await database.close()
        _ = try await Self.administrator().session { try $0.execute("DROP DATABASE \(identifier: copy) WITH (FORCE)") }
        return try result.get()
    }

    private static let copies = Atomic<Int>(0)
    /// Tests that run at once beyond this number only wait for the processors.
    private static let turnstile = Turnstile(6)

    private static func create(_ name: String, from base: TestTemplate?) async throws {
        _ = try await base?.library.value
        let template = base?.name ?? "template0"
        try await administrator().session(timeout: .none) { session in
            try session.execute("CREATE DATABASE \(identifier: name) TEMPLATE \(identifier: template) OWNER test_owner")
            // Grants on a database are not copied with it.
            try session.script("GRANT CREATE ON DATABASE \(SQL.quoted(identifier: name)) TO atlas2_owner")
        }
    }

    /// The product's roles, and one login in each.
    private static func createRoles() async throws {
        try await administrator().session { session in
            try session.script(
                """
                SELECT pg_advisory_xact_lock(1);
                DO $$
                DECLARE one text;
                BEGIN
                    FOREACH one IN ARRAY ARRAY['owner', 'app', 'readonly', 'sealer'] LOOP
                        IF to_regrole('atlas2_' || one) IS NULL THEN EXECUTE 'CREATE ROLE atlas2_' || one; END IF;
                        IF to_regrole('test_' || one) IS NULL THEN
                            EXECUTE format('CREATE ROLE test_%s LOGIN IN ROLE atlas2_%s', one, one);
                        END IF;
                    END LOOP;
                    GRANT atlas2_app TO atlas2_sealer;
                END $$;
                """)
        }
    }

    private static let connection = Mutex<Database?>(nil)

    /// The administrator in the database `postgres`.
    private static func administrator() throws -> Database {
        let cluster = try TestCluster.shared.get()
        return connection.withLock { connection in
            if let connection { return connection }
            var configuration = PostgresConfiguration(conninfo: cluster.conninfo())
            configuration.poolSize = 2
            let database = Database(configuration, logger: .quiet)
            connection = database
            return database
        }
    }
}
