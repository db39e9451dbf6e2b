import Postgres

/// What hangs on tables that are to be exchanged: it goes by the table's identity, not by its name.
struct Dependents {
    /// A view over the tables, however many views lie between.
    struct View {
        /// Schema and name, quoted.
        var name: String
        var owner: String
        /// Statements that make it, its comments and its grants.
        var statements: [String]
    }

    /// A foreign key from or to one of the tables.
    struct ForeignKey: Codable, Equatable {
        /// Schema and name, quoted, of the table that has it.
        var table: String
        var name: String
        var definition: String

        var drop: String { "ALTER TABLE \(table) DROP CONSTRAINT \(SQL.quoted(identifier: name));" }
        /// Without a look at the rows that are there, which would take long under a lock; `ForeignKeys.validate` takes it.
        var add: String {
            "ALTER TABLE \(table) ADD CONSTRAINT \(SQL.quoted(identifier: name)) \(definition) NOT VALID;"
        }
    }

    /// In the order in which they can be made: those that others read first.
    var views: [View]
    /// Keys that the tables have.
    var own: [ForeignKey]
    /// Keys of other tables to them.
    var others: [ForeignKey]
    /// Grants of reading to roles that a projection's file does not name.
    var grants: [String]

    /// Reads what depends on tables of the schema `public`.
    ///
    /// - Throws: `BuildError.dependent` for what could not be made again.
    init(on tables: [String], _ session: Session) throws {
        let names = tables.map { "public.\(SQL.quoted(identifier: $0))" }
        // Names come out with their schema.
        try session.script("SET LOCAL search_path = pg_catalog, pg_temp")
        defer { try? session.script("SET LOCAL search_path = public, pg_temp") }
        views = try Self.views(on: names, session)
        (own, others) = try Self.foreignKeys(of: names, session)
        grants = try session.query(
            """
            SELECT format('GRANT SELECT ON %s TO %I', c.oid::regclass, r.rolname) FROM pg_class c
            CROSS JOIN LATERAL aclexplode(c.relacl) a JOIN pg_roles r ON r.oid = a.grantee
            WHERE c.oid = ANY (SELECT to_regclass(t) FROM unnest(\(names)) t) AND a.privilege_type = 'SELECT'
              AND a.grantee <> c.relowner AND r.rolname NOT IN ('atlas2_app', 'atlas2_readonly') ORDER BY 1
            """
        ) { try $0.decode(0) }
    }

    private static func views(on names: [String], _ session: Session) throws -> [View] {
        let found = try session.query(
            """
            WITH RECURSIVE dependent AS (
                SELECT to_regclass(t)::oid AS oid, 0 AS depth FROM unnest(\(names)) t
                UNION
                SELECT r.ev_class, d.depth + 1 FROM dependent d
                JOIN pg_depend p ON p.refclassid = 'pg_class'::regclass AND p.refobjid = d.oid AND p.classid = 'pg_rewrite'::regclass
                JOIN pg_rewrite r ON r.oid = p.objid AND r.ev_class <> d.oid WHERE d.depth < 100)
            SELECT c.oid::regclass::text, c.relkind::text, pg_get_userbyid(c.relowner)::text,
                   pg_has_role(session_user, c.relowner, 'MEMBER'),
                   format('CREATE VIEW %s%s AS %s', c.oid::regclass,
                       coalesce(' WITH (' || array_to_string(c.reloptions, ', ') || ')', ''), pg_get_viewdef(c.oid)),
                   ARRAY(SELECT format('COMMENT ON %s IS %L',
                             CASE WHEN d.objsubid = 0 THEN format('VIEW %s', c.oid::regclass)
                                  ELSE format('COLUMN %s.%I', c.oid::regclass, (SELECT attname FROM pg_attribute
                                              WHERE attrelid = c.oid AND attnum = d.objsubid)) END, d.description)
                         FROM pg_description d WHERE d.objoid = c.oid AND d.classoid = 'pg_class'::regclass)
                   || ARRAY(SELECT format('GRANT %s ON %s TO %s%s', a.privilege_type, c.oid::regclass,
                                CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
                                CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
                            FROM aclexplode(c.relacl) a WHERE a.grantee <> c.relowner)
            FROM (SELECT oid, max(depth) AS depth FROM dependent GROUP BY oid) d JOIN pg_class c ON c.oid = d.oid
            WHERE d.depth > 0 ORDER BY d.depth, 1
            """
        ) { row in
            (
                view: View(
                    name: try row.decode(0), owner: try row.decode(2),
                    statements: [try row.decode(4, as: String.self)] + (try row.decode(5, as: [String].self))),
                kind: try row.decode(1, as: String.self), isOurs: try row.decode(3, as: Bool.self)
            )
        }
        for (view, kind, isOurs) in found {
            guard kind == "v" else {
                throw BuildError(
                    .dependent,
                    "\(view.name) reads the tables, is no plain view, and would be lost with them: drop it, and make it again afterwards"
                )
            }
            guard isOurs else {
                throw BuildError(
                    .dependent,
                    "the view \(view.name) of \(view.owner) reads the tables and could not be made again by this login: drop it, or GRANT \(SQL.quoted(identifier: view.owner)) to the user of DATABASE_OWNER_URL"
                )
            }
        }
        return found.map(\.view)
    }

    private static func foreignKeys(
        of names: [String], _ session: Session
    ) throws -> (own: [ForeignKey], others: [ForeignKey]) {
        let keys = try session.query(
            """
            SELECT c.conrelid::regclass::text, c.conname::text, replace(pg_get_constraintdef(c.oid), ' NOT VALID', ''),
                   c.conrelid = ANY (t.oids)
            FROM pg_constraint c, (SELECT array_agg(to_regclass(t)::oid) AS oids FROM unnest(\(names)) t) t
            WHERE c.contype = 'f' AND (c.conrelid = ANY (t.oids) OR c.confrelid = ANY (t.oids)) ORDER BY 1, 2
            """
        ) {
            (
                key: ForeignKey(table: try $0.decode(0), name: try $0.decode(1), definition: try $0.decode(2)),
                isOwn: try $0.decode(3, as: Bool.self)
            )
        }
        return (keys.filter(\.isOwn).map(\.key), keys.filter { !$0.isOwn }.map(\.key))
    }

    /// Takes the views and the keys away.
    func drop(_ session: Session) throws {
        for view in views.reversed() { try session.script("DROP VIEW \(view.name)", as: view.owner) }
        for key in own + others { try session.script(key.drop) }
    }

    /// Makes the views again that are not there yet.
    ///
    /// - Returns: those that could not be made on the tables as they are now.
    func restoreViews(_ session: Session) throws -> [RebuildResult.LostView] {
        var lost: [RebuildResult.LostView] = []
        for view in views {
            let exists = try session.first("SELECT to_regclass(\(view.name)) IS NOT NULL") {
                try $0.decode(0, as: Bool.self)
            }
            guard exists != true else { continue }
            try session.script("SAVEPOINT restored")
            do {
                try session.script(view.statements.joined(separator: ";\n"), as: view.owner)
                try session.script("RELEASE SAVEPOINT restored")
            } catch let error as PostgresError where error.code == .server && !error.isForAnotherTry {
                try session.script("ROLLBACK TO SAVEPOINT restored; SET LOCAL ROLE atlas2_owner")
                lost.append(
                    RebuildResult.LostView(
                        name: view.name, reason: "\(error)", statement: view.statements.joined(separator: ";\n") + ";"))
            }
        }
        return lost
    }
}

extension Session {
    /// Runs statements as another role, and is the owner again afterwards.
    fileprivate func script(_ text: String, as role: String) throws {
        // From the login's own rights: the owner is a member of nothing.
        try script("RESET ROLE; SET LOCAL ROLE \(SQL.quoted(identifier: role)); \(text); SET LOCAL ROLE atlas2_owner")
    }
}
