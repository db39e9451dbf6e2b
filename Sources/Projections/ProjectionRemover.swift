package import AuditLog
import FoundationEssentials
package import Postgres

/// Removes a further projection from the database.
package struct ProjectionRemover: Sendable {
    package let owner: Database
    package let library: Library

    package init(owner: Database, library: Library) {
        self.owner = owner
        self.library = library
    }

    package struct Removal: Sendable, Equatable {
        package var name: String
        package var version: Int32
        package var tables: [String]
        /// What depended on the tables and went with them: views and foreign keys, in words.
        package var dependents: [String]
    }

    /// Drops its tables, its fold and its checkpoints; every tenant's log says so.
    ///
    /// One transaction: killed in the middle, nothing happened. Appends wait for it.
    ///
    /// - Parameter cascade: takes what depends on the tables along.
    /// - Throws: `SchemaError` for one that is not installed, is Atlas2's own or has its file still in place, and, without
    ///   `cascade`, where something depends on it.
    package func remove(_ name: String, cascade: Bool, as command: Command) async throws -> Removal {
        let library = library
        if Library.product.contains(name) {
            throw SchemaError("\(name) is a projection of Atlas2 itself, which does not work without it")
        }
        if let file = library.projections.first(where: { $0.name == name })?.file
            ?? library.faulty.first(where: { $0.projection == name })?.path
        {
            throw SchemaError(
                "the file of \(name) is still there (\(file)), and the next command would install it again: take it away first"
            )
        }
        var options = TransactionOptions(timeout: .none)
        options.settings = [("role", "atlas2_owner")]
        return try await owner.transaction(options) { session in
            try Schema(owner: owner, library: library).lock(session)
            let installed = try session.first(
                "SELECT version, tables FROM projection_definitions() WHERE name = \(name)"
            ) { (try $0.decode(0, as: Int32.self), try $0.decode(1, as: [String].self)) }
            guard let (version, tables) = installed else {
                throw SchemaError("there is no projection \(name): atlas2 projections list shows them")
            }
            // No append may be under way: it would call a fold that is gone.
            try session.script("LOCK TABLE audit_log_heads, projection_checkpoints IN EXCLUSIVE MODE")
            let dependents = try Self.dependents(of: tables, session)
            guard dependents.isEmpty || cascade else {
                let (verb, them) = dependents.count == 1 ? ("depends", "it") : ("depend", "them")
                throw SchemaError(
                    "\(dependents.joined(separator: ", ")) \(verb) on \(name): drop \(them) first, or say --cascade")
            }
            for table in tables {
                try session.script(
                    "DROP TABLE IF EXISTS public.\(SQL.quoted(identifier: table))\(cascade ? " CASCADE" : "")")
            }
            try session.script("DROP FUNCTION public.\(SQL.quoted(identifier: "fold_" + name))")
            try session.execute("DELETE FROM projection_checkpoints WHERE projection = \(name)")
            try session.script("SELECT projections_register()")
            let removed = ProjectionRemoved(name: name, version: Int(version), tables: tables)
            for head in try session.heads() {
                let event = try command.event(removed, on: UUID(named: "projection", name))
                try session.append([event], tenant: head.tenant)
            }
            return Removal(name: name, version: version, tables: tables, dependents: dependents)
        }
    }

    /// Views over the tables and foreign keys to them, which are not the tables' own.
    private static func dependents(of tables: [String], _ session: Session) throws -> [String] {
        try session.query(
            """
            WITH RECURSIVE own AS (
                SELECT c.oid FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY (\(tables))
            ), reading AS (
                SELECT oid, 0 AS depth FROM own
                UNION
                SELECT w.ev_class, r.depth + 1 FROM reading r
                JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = r.oid
                JOIN pg_rewrite w ON d.classid = 'pg_rewrite'::regclass AND w.oid = d.objid AND w.ev_class <> r.oid
                WHERE r.depth < 64
            )
            SELECT DISTINCT 'the ' || CASE c.relkind WHEN 'm' THEN 'materialized view ' ELSE 'view ' END || c.oid::regclass
            FROM reading r JOIN pg_class c ON c.oid = r.oid WHERE r.depth > 0
            UNION
            SELECT 'the foreign key ' || k.conname || ' of ' || k.conrelid::regclass FROM pg_constraint k
            WHERE k.contype = 'f' AND k.confrelid IN (SELECT oid FROM own) AND k.conrelid NOT IN (SELECT oid FROM own)
            ORDER BY 1
            """
        ) { try $0.decode(0) }
    }
}
