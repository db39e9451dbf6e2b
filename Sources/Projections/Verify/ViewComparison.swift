import FoundationEssentials
import Postgres

/// Compares the views of the product with their files.
enum ViewComparison {
    /// Views that are missing, read something else, or run with other rights than their files say.
    static func differences(of views: [Library.File], _ session: Session) throws -> [Difference] {
        guard !views.isEmpty else { return [] }
        let scratch = "atlas2_views_" + UUID().text.replacing("-", with: "_")
        try session.script("SET LOCAL client_min_messages = warning; CREATE SCHEMA \(scratch)")
        defer {
            try? session.script("SET LOCAL search_path = public, pg_temp; DROP SCHEMA IF EXISTS \(scratch) CASCADE")
        }
        return try views.compactMap { view in
            let name = String(view.stem)
            let found = try text(of: name, in: "public", session)
            let expected = try made(view, in: scratch, session)
            // Where it cannot be made, a table that it reads is at fault, which is named anyway.
            guard let expected, expected != found || found == nil else {
                return found == nil
                    ? Difference(table: name, kind: .view, key: "{}", column: nil, expected: "a view", found: nil) : nil
            }
            return Difference(table: name, kind: .view, key: "{}", column: nil, expected: expected, found: found)
        }
    }

    /// Makes the view beside the live one; nil where the tables do not allow it.
    private static func made(_ view: Library.File, in scratch: String, _ session: Session) throws -> String? {
        try session.script("SAVEPOINT made; SET LOCAL search_path = \(scratch), public, pg_temp")
        do {
            try session.script(view.text)
            try session.script("GRANT SELECT ON \(view.stem) TO atlas2_app, atlas2_readonly; RELEASE SAVEPOINT made")
        } catch let error as PostgresError where error.code == .server && !error.isForAnotherTry {
            try session.script("ROLLBACK TO SAVEPOINT made")
            return nil
        }
        return try text(of: String(view.stem), in: scratch, session)
    }

    private static func text(of view: String, in schema: String, _ session: Session) throws -> String? {
        try session.script("SET LOCAL search_path = pg_catalog, pg_temp")
        defer { try? session.script("SET LOCAL search_path = public, pg_temp") }
        return try session.first(
            """
            SELECT concat_ws(' ', array_to_string(c.reloptions, ', '),
                       (SELECT string_agg(format('%s to %s', a.privilege_type, coalesce(nullif(a.grantee, 0)::regrole::text, 'PUBLIC')), ', '
                               ORDER BY a.privilege_type, a.grantee)
                        FROM aclexplode(c.relacl) a WHERE a.privilege_type <> 'SELECT' OR a.grantee IN ('atlas2_app'::regrole, 'atlas2_readonly'::regrole)),
                       pg_get_viewdef(c.oid))
            FROM pg_class c WHERE c.oid = to_regclass(\("\(schema).\(view)")) AND c.relkind = 'v'
            """
        ) { try $0.decode(0, as: String.self).replacing("\(schema).", with: "public.") }
    }
}
