import FoundationEssentials
import Postgres

/// A schema that shows the read model as it stood: the projections' tables, a view `audit_logs` cut at the moment, the log's
/// own tables as they were, and the product's views over all of them.
///
/// Works inside its caller's transaction, as `atlas2_owner`. Readers see in it what they see in the live schema: the same
/// grants, the same row-level security.
struct PastSchema {
    let name: String
    let library: Library
    let cuts: [Cut]
    /// Views that could not be made, because they read tables that are not in the schema.
    private(set) var viewsLeftOut: [String] = []
    private var replay: Replay

    /// The log's own tables that the views read.
    private static let logTables = [
        "audit_log_heads", "audit_streams", "log_checkpoints", "projection_checkpoints", "projection_stops",
    ]

    /// Makes everything, empty.
    ///
    /// - Parameters:
    ///   - definitions: the projections that get tables.
    ///   - isLasting: whether it is to outlive a crash of the server.
    init(
        _ name: String, _ definitions: [Definition], _ library: Library, _ cuts: [Cut], isLasting: Bool,
        _ session: Session
    ) throws {
        self.name = name
        self.library = library
        self.cuts = cuts
        replay = try Replay(definitions, into: name, unlogged: !isLasting, session)
        try session.script(
            definitions.map { $0.access(in: name) }.joined(separator: "\n") + Self.logObjects(in: name)
                + "GRANT USAGE ON SCHEMA \(name) TO atlas2_app, atlas2_readonly;")
        for view in library.views {
            if try !Self.make(view, in: name, session) { viewsLeftOut.append(String(view.stem)) }
        }
        try session.script("GRANT SELECT ON ALL TABLES IN SCHEMA \(name) TO atlas2_app, atlas2_readonly")
    }

    /// Fills the tables of projections, and those of the log.
    ///
    /// - Parameters:
    ///   - withStreams: whether `audit_streams` too, for which the whole log is read.
    ///   - progress: is told of each projection and how many more of its tenants' events were read.
    mutating func fill(
        _ definitions: [Definition], withStreams: Bool = true, _ session: Session,
        progress: (_ projection: String, _ events: Int64) -> Void
    ) throws {
        for definition in definitions {
            // Where it stops, the live one stood too: projection_stops says where and why.
            _ = try replay.advance(definition, to: cuts.map { ($0.tenant, $0.size) }, session) { events in
                progress(definition.name, events)
            }
        }
        let (tenants, sizes) = (cuts.map(\.tenant), cuts.map(\.size))
        try session.execute(
            """
            INSERT INTO \(raw: name).audit_log_heads (tenant_id, size, recorded_at)
            SELECT c.tenant, c.size, l.recorded_at FROM unnest(\(tenants), \(sizes)) c (tenant, size)
            JOIN public.audit_logs l ON l.tenant_id = c.tenant AND l.position = c.size - 1
            """)
        if withStreams {
            try session.execute(
                """
                INSERT INTO \(raw: name).audit_streams (tenant_id, stream_type, stream_id, version)
                SELECT tenant_id, stream_type, stream_id, max(stream_version) FROM \(raw: name).audit_logs GROUP BY 1, 2, 3
                """)
        }
        try session.execute(
            """
            INSERT INTO \(raw: name).log_checkpoints
            SELECT c.* FROM public.log_checkpoints c JOIN \(raw: name).audit_log_heads h ON h.tenant_id = c.tenant_id AND c.size <= h.size
            """)
        try session.execute(
            """
            INSERT INTO \(raw: name).projection_checkpoints (tenant_id, projection, position)
            SELECT h.tenant_id, p, coalesce(s.position, h.size)
            FROM \(raw: name).audit_log_heads h CROSS JOIN unnest(\(replay.definitions.map(\.name))) p
            LEFT JOIN \(raw: name).projection_stops s ON s.tenant_id = h.tenant_id AND s.projection = p AND NOT s.set_aside
            """)
    }

    /// Takes away what only the making needed, and makes what readers need: indexes, statistics.
    func finish(_ session: Session) throws {
        for definition in replay.definitions {
            try session.script(
                """
                SET LOCAL search_path = \(name), fold, pg_temp;
                \(definition.indexes)
                DROP FUNCTION \(name).fold_\(definition.name);
                """)
        }
        for table in replay.definitions.flatMap(\.tables) + Self.logTables {
            try session.script("ANALYZE \(name).\(table)")
        }
        try session.script("SET LOCAL search_path = public, pg_temp")
    }

    /// The statements that make the log's tables as copies of the live ones, policies and comments too, and the view
    /// over the log.
    private static func logObjects(in name: String) -> String {
        let tables = logTables.map { "CREATE TABLE \(name).\($0) (LIKE public.\($0) INCLUDING ALL);" }
        return """

            \(tables.joined(separator: "\n"))
            CREATE VIEW \(name).audit_logs WITH (security_invoker = true) AS
            SELECT l.* FROM public.audit_logs l
            JOIN \(name).audit_log_heads h ON h.tenant_id = l.tenant_id AND l.position < h.size;
            COMMENT ON VIEW \(name).audit_logs IS 'The events up to the moment that the schema shows; what was erased since is gone here too';
            DO $copies$
            DECLARE one record;
            BEGIN
                FOR one IN
                    SELECT format('COMMENT ON TABLE \(name).%I IS %L', c.relname, obj_description(c.oid, 'pg_class')) AS statement
                    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relname IN (\(quotedLogTables))
                    UNION ALL
                    SELECT format('ALTER TABLE \(name).%I ENABLE ROW LEVEL SECURITY', c.relname)
                    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relname IN (\(quotedLogTables))
                    UNION ALL
                    SELECT format('CREATE POLICY %I ON \(name).%I FOR SELECT USING (%s)', p.polname, c.relname, pg_get_expr(p.polqual, p.polrelid))
                    FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
                    WHERE c.relnamespace = 'public'::regnamespace AND c.relname IN (\(quotedLogTables))
                    UNION ALL
                    SELECT format('COMMENT ON COLUMN \(name).audit_logs.%I IS %L', a.attname, col_description(a.attrelid, a.attnum))
                    FROM pg_attribute a WHERE a.attrelid = 'public.audit_logs'::regclass AND a.attnum > 0 AND NOT a.attisdropped
                LOOP
                    EXECUTE one.statement;
                END LOOP;
            END $copies$;

            """
    }

    private static var quotedLogTables: String { logTables.map { "'\($0)'" }.joined(separator: ", ") }

    /// Makes one of the product's views over the tables of the schema.
    ///
    /// Functions that it calls are those of `public`. Of a table that is not in the schema it would find the live one: then
    /// it is not made.
    ///
    /// - Returns: whether it was made.
    private static func make(_ view: Library.File, in name: String, _ session: Session) throws -> Bool {
        try session.script("SAVEPOINT past_view;\nSET LOCAL search_path = \(name), public, pg_temp;\n" + view.text)
        let readsLive = try session.first(
            """
            SELECT EXISTS (
                SELECT FROM pg_rewrite r
                JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
                JOIN pg_class c ON c.oid = d.refobjid
                WHERE r.ev_class = \(raw: "'\(name).\(view.stem)'::regclass") 
                  AND c.relnamespace NOT IN (\(raw: "'\(name)'::regnamespace"), 'pg_catalog'::regnamespace))
            """
        ) { try $0.decode(0, as: Bool.self) }
        try session.script(
            "\(readsLive == true ? "ROLLBACK TO SAVEPOINT past_view;\n" : "")RELEASE SAVEPOINT past_view;\nSET LOCAL search_path = public, pg_temp"
        )
        return readsLive == false
    }
}
