package import Postgres

/// The database's schema: which migrations made it, and bringing it to what the library says.
///
/// Needs a connection that may act as `atlas2_owner`, and for the first migration one that may create roles.
package struct Schema: Sendable {
    package let owner: Database
    package let library: Library
    /// How long another session may keep others from changing the schema.
    package var patience: Duration = .seconds(60)

    package init(owner: Database, library: Library) {
        self.owner = owner
        self.library = library
    }

    /// A migration and what the database says of it.
    package struct Entry: Sendable, Equatable {
        package enum State: String, Sendable {
            case applied
            /// Applied by hand; the next `up` adopts it.
            case appliedByHand = "applied by hand"
            /// Applied from a file that has changed since.
            case changed
            case pending
        }
        package var version: Int
        package var name: String
        package var state: State
        package var appliedAt: Timestamp?
    }

    /// The migrations in order.
    package func status() async throws -> [Entry] {
        let library = library
        return try await owner.transaction(TransactionOptions(readOnly: true)) { session in
            try Self.entries(session, library)
        }
    }

    /// Whether every migration is applied and the product's functions, projections and views are those of the library.
    package func isCurrent() async throws -> Bool {
        let library = library
        return try await owner.transaction(TransactionOptions(readOnly: true)) { session in
            guard try Self.entries(session, library).allSatisfy({ $0.state == .applied }) else { return false }
            let comment: String? =
                try session.first(
                    "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = 'fold'"
                ) { try $0.decode(0) } ?? nil
            return comment?.hasSuffix("definitions \(library.fingerprint)") ?? false
        }
    }

    /// Applies what is pending, adopts what was made by hand, and installs functions, projections and views.
    ///
    /// All in one transaction: killed in the middle, nothing happened.
    ///
    /// - Returns: the versions that were applied or adopted.
    /// - Throws: `SchemaError` naming a migration whose file changed after it was applied.
    @discardableResult
    package func up() async throws -> [Entry] {
        let library = library
        return try await owner.transaction(TransactionOptions(timeout: .none)) { session in
            try lock(session)
            try session.script("SET LOCAL client_min_messages = warning")
            let entries = try Self.entries(session, library)
            if let changed = entries.first(where: { $0.state == .changed }) {
                throw SchemaError(
                    "the migration \(library.migrations[changed.version - 1].up.name) changed after it was applied: put the file back as it was, and write what is new as a migration of its own"
                )
            }
            for (entry, migration) in zip(entries, library.migrations) where entry.state != .applied {
                if entry.state == .pending { try session.script(migration.up.text) }
                try session.execute(
                    "UPDATE schema_migrations SET sha256 = \(migration.sha256) WHERE version = \(entry.version)")
            }
            try session.script(library.definitions)
            try refreshFurther(session)
            return entries.filter { $0.state != .applied }
        }
    }

    /// Takes the last migrations back, down to `version`. Below 1 nothing stays, the log neither.
    ///
    /// - Returns: what was taken back, the last first.
    @discardableResult
    package func down(to version: Int) async throws -> [Entry] {
        let library = library
        return try await owner.transaction(TransactionOptions(timeout: .none)) { session in
            try lock(session)
            try session.script("SET LOCAL client_min_messages = warning")
            let entries = try Self.entries(session, library).filter { $0.state != .pending && $0.version > version }
            for entry in entries.reversed() {
                try session.script(library.migrations[entry.version - 1].down.text)
            }
            // The functions must not be taken for current when the migrations come back.
            try session.script(
                "DO $$ BEGIN IF to_regnamespace('fold') IS NOT NULL THEN COMMENT ON SCHEMA fold IS NULL; END IF; END $$"
            )
            return entries.reversed()
        }
    }

    private static func entries(_ session: Session, _ library: Library) throws -> [Entry] {
        let exists =
            try session.first("SELECT to_regclass('public.schema_migrations') IS NOT NULL") {
                try $0.decode(0, as: Bool.self)
            } ?? false
        var applied: [Int32: (sha256: String?, at: Timestamp)] = [:]
        if exists {
            _ = try session.query("SELECT version, sha256, applied_at FROM public.schema_migrations") { row in
                applied[try row.decode(0)] = (try row.decode(1), try row.decode(2))
            }
        }
        if let newest = applied.keys.max(), newest > library.migrations.count {
            throw SchemaError(
                "the database is at migration \(newest) and this version of Atlas2 knows \(library.migrations.count): use a newer Atlas2"
            )
        }
        return library.migrations.map { migration in
            let row = applied[Int32(migration.version)]
            let state: Entry.State =
                switch row {
                case nil: .pending
                case (nil, _)?: .appliedByHand
                case (migration.sha256, _)?: .applied
                default: .changed
                }
            return Entry(version: migration.version, name: migration.name, state: state, appliedAt: row?.at)
        }
    }
}

/// A schema that cannot be brought to what is wanted: what is wrong and what to do.
package struct SchemaError: Error, CustomStringConvertible {
    package var description: String

    package init(_ description: String) {
        self.description = description
    }
}
