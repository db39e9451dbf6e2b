import Postgres

/// A question as it was given: looked at without being run, and run.
///
/// In both it stands in the same brackets, as one query among others: nothing but a query can stand there, and only one.
struct QuestionText {
    private let sql: String

    init(_ sql: String) {
        self.sql = sql
    }

    /// Runs it.
    func run(
        _ form: Question.Form, _ session: Session, _ columns: ([String]) throws -> Void,
        _ row: ([String?]) throws -> Void
    ) throws {
        try explained(behind: "SELECT \(form == .json ? "row_to_json(q)" : "q.*") ", "") { statement in
            try session.forEachAsText(statement, columns: columns, row: row)
        }
    }

    /// The relations of a schema that it reads, those that their views read too, as PostgreSQL itself understands it.
    ///
    /// It becomes a view, for a moment: what a view was understood to read and to call stands in the catalog.
    ///
    /// - Throws: `PastError` for anything but a query, and for one that calls what a question must not.
    func relations(in schema: String, _ session: Session) throws -> Set<String> {
        try session.script("SET LOCAL search_path = \(schema), pg_temp")
        try explained(behind: "CREATE VIEW \(schema).question AS SELECT WHERE EXISTS (SELECT q.* ", ")") {
            _ = try session.execute($0)
        }
        try session.script("SET LOCAL search_path = public, pg_temp")
        try refuseCalls(schema, session)
        let relations: [String] = try session.query(
            """
            WITH RECURSIVE used (oid) AS (
                SELECT \(raw: "'\(schema).question'::regclass")::oid
                UNION
                SELECT d.refobjid FROM used u
                JOIN pg_rewrite r ON r.ev_class = u.oid
                JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass)
            SELECT c.relname::text FROM used JOIN pg_class c USING (oid) WHERE c.relnamespace = \(raw: "'\(schema)'::regnamespace")
            """
        ) { try $0.decode(0) }
        try session.script("DROP VIEW \(schema).question")
        return Set(relations)
    }

    /// Refuses functions that do something, or run SQL that they are given as text (`set_config` could change whose rows are
    /// seen), and those that find their tables only when they run. All but the last are volatile.
    private func refuseCalls(_ schema: String, _ session: Session) throws {
        let refused: [(String, Bool)] = try session.query(
            """
            SELECT DISTINCT p.proname::text, p.provolatile = 'v' FROM pg_rewrite r
            CROSS JOIN LATERAL regexp_matches(r.ev_action::text, ':(?:funcid|opfuncid|aggfnoid|winfnoid|tsmhandler) ([1-9][0-9]*)', 'g') m
            JOIN pg_proc p ON p.oid = m[1]::oid
            WHERE r.ev_class = \(raw: "'\(schema).question'::regclass")
              AND (p.provolatile = 'v' OR p.proname ~ '_to_xml(schema|_and_xmlschema)?$')
            ORDER BY 1
            """
        ) { (try $0.decode(0), try $0.decode(1)) }
        guard let (name, isVolatile) = refused.first else { return }
        throw PastError(
            isVolatile
                ? "a question only reads, and its answer is the same whenever it is asked: it cannot call \(name)()"
                : "what a question reads must stand in it: it cannot call \(name)(), which finds its tables when it runs"
        )
    }

    /// Does something with the question in its brackets; what the server says of it comes back with the place in the
    /// question's own text.
    private func explained<T>(behind start: String, _ end: String, _ body: (SQL) throws -> T) throws -> T {
        let opening = start + "FROM (\n"
        do {
            return try body(SQL(raw: opening + sql + "\n) AS q" + end))
        } catch let error as PostgresError where error.code == .server {
            var place = ""
            let skipped = opening.unicodeScalars.count
            if let position = error.position, position > skipped {
                let before = sql.unicodeScalars.prefix(position - skipped - 1)
                let line = before.count { $0 == "\n" } + 1
                let column = before.reversed().prefix { $0 != "\n" }.count + 1
                place = " (line \(line), column \(column))"
            }
            let hint = error.hint.map { ": \($0)" } ?? ""
            throw PastError("the question cannot be answered: \(error.message)\(place)\(hint)")
        }
    }
}
