import AuditLog
import Foundation
import Postgres

/// Puts one set of tables in the place of another, with the fold that belongs to it.
///
/// Everything happens inside the caller's transaction, under locks that let no append and no follower through.
struct Exchange {
    let projection: String
    /// The schema whose tables come in.
    let from: String
    /// The tables that come in.
    let tables: [String]
    /// The views that are made on them.
    let library: Library
    /// Foreign keys that are to be there.
    let foreignKeys: [ForeignKeys.Wanted]

    /// What is in the place of the tables now.
    struct Present {
        /// Those of its tables that are there.
        var tables: [String]
        var version: Int32?
        var sha256: String?
        /// Whether every table that its definition names is there.
        var isWhole: Bool
    }

    /// The tables in `public` that the installed definition names, and those that `tables` would collide with.
    func present(_ session: Session) throws -> Present {
        let installed = try session.first(
            "SELECT tables, version, sha256 FROM projection_definitions() WHERE name = \(projection)"
        ) {
            (
                tables: try $0.decode(0, as: [String].self), version: try $0.decode(1, as: Int32.self),
                sha256: try $0.decode(2, as: String.self)
            )
        }
        let names = Set((installed?.tables ?? []) + tables).sorted()
        let there: [String] = try session.query(
            "SELECT t FROM unnest(\(names)) t WHERE to_regclass('public.' || quote_ident(t)) IS NOT NULL ORDER BY 1"
        ) { try $0.decode(0) }
        return Present(
            tables: there, version: installed?.version, sha256: installed?.sha256,
            isWhole: installed.map { Set($0.tables).isSubset(of: there) } ?? false)
    }

    /// Lets no append, no follower and no reader of the tables through until the transaction ends.
    static func lock(_ tables: [String], _ session: Session) throws {
        try session.script("LOCK TABLE audit_log_heads IN EXCLUSIVE MODE")
        try session.script("LOCK TABLE projection_checkpoints IN EXCLUSIVE MODE")
        guard !tables.isEmpty else { return }
        let names = tables.map { "public.\(SQL.quoted(identifier: $0))" }.joined(separator: ", ")
        try session.script("LOCK TABLE \(names) IN ACCESS EXCLUSIVE MODE")
    }

    /// Moves the present tables and their fold into the schema `away`, which is there, and the new ones in.
    ///
    /// - Parameter install: makes the fold that belongs to the tables that come in.
    func run(
        _ present: Present, _ dependents: Dependents, away: String, _ session: Session,
        install: () throws -> Void
    ) throws -> [RebuildResult.LostView] {
        try dependents.drop(session)
        for table in present.tables {
            try session.script("ALTER TABLE public.\(SQL.quoted(identifier: table)) SET SCHEMA \(away)")
        }
        try Self.moveFold(of: projection, from: "public", to: away, session)
        for table in tables {
            try session.script("ALTER TABLE \(from).\(SQL.quoted(identifier: table)) SET SCHEMA public")
        }
        try install()
        for grant in dependents.grants where try canGrant(grant, session) { try session.script(grant) }
        for key in dependents.others where try isMissing(key, session) { try session.script(key.add) }
        try addForeignKeys(session)
        try session.script("SET LOCAL search_path = public, pg_temp")
        for view in library.views where try session.isMissing(view) {
            // One that was gone before waits for the tables that it misses.
            let wasThere = dependents.views.contains { $0.name == "public.\(view.stem)" }
            try session.make(view, orFail: wasThere)
        }
        let lost = try dependents.restoreViews(session)
        try session.script("SELECT projections_register()")
        return lost
    }

    /// The keys that the files ask for, between tables that are there.
    private func addForeignKeys(_ session: Session) throws {
        for key in foreignKeys {
            let isPossible = try session.first(
                "SELECT to_regclass(\(key.table)) IS NOT NULL AND to_regclass(\(key.target)) IS NOT NULL"
            ) { try $0.decode(0, as: Bool.self) }
            if isPossible == true { try session.script(key.statement) }
        }
    }

    /// Whether a grant's table is among those that came in.
    private func canGrant(_ grant: String, _ session: Session) throws -> Bool {
        tables.contains { grant.contains(" ON public.\($0) TO ") || grant.contains(" ON public.\"\($0)\" TO ") }
    }

    private func isMissing(_ key: Dependents.ForeignKey, _ session: Session) throws -> Bool {
        try session.first(
            """
            SELECT to_regclass(\(key.table)) IS NOT NULL AND NOT EXISTS (
                SELECT FROM pg_constraint WHERE conrelid = to_regclass(\(key.table)) AND conname = \(key.name))
            """
        ) { try $0.decode(0) } ?? false
    }

    /// Moves every function of a fold, whatever its arguments, and points it at the tables of the schema where it goes.
    static func moveFold(of projection: String, from: String, to: String, _ session: Session) throws {
        let functions: [String] = try session.query(
            """
            SELECT format('%I(%s)', proname, pg_get_function_identity_arguments(oid)) FROM pg_proc
            WHERE pronamespace = to_regnamespace(\(from)) AND proname = \("fold_" + projection)
            """
        ) { try $0.decode(0) }
        for function in functions {
            try session.script(
                """
                ALTER FUNCTION \(from).\(function) SET SCHEMA \(to);
                ALTER FUNCTION \(to).\(function) SET search_path = fold, \(to), pg_temp;
                """)
        }
    }
}

extension Session {
    func isMissing(_ view: Library.File) throws -> Bool {
        try first("SELECT to_regclass('public.' || quote_ident(\(String(view.stem)))) IS NULL") { try $0.decode(0) }
            ?? true
    }

    /// Makes a view from its file.
    ///
    /// - Parameter orFail: else a view whose tables are not as it needs them is left out.
    func make(_ view: Library.File, orFail: Bool) throws {
        let statements = "\(view.text)\nGRANT SELECT ON \(view.stem) TO atlas2_app, atlas2_readonly;"
        guard !orFail else { return try script(statements) }
        try script("SAVEPOINT made")
        do {
            try script(statements)
            try script("RELEASE SAVEPOINT made")
        } catch let error as PostgresError where ["42P01", "42703"].contains(error.sqlstate) {
            try script("ROLLBACK TO SAVEPOINT made")
        }
    }
}
