package import Postgres

/// What only the database can tell of a projection's file: whether it understands each statement, and which of the
/// functions that it calls give another value each time.
package struct DatabaseCheck {
    private let definition: Definition

    package init(_ definition: Definition) {
        self.definition = definition
    }

    /// Tries the file in a schema of its own, as `atlas2_owner`, and takes everything back.
    ///
    /// - Parameter session: inside a transaction.
    package func findings(_ session: Session) throws -> [Finding] {
        try session.script("SAVEPOINT atlas2_check")
        defer { try? session.script("ROLLBACK TO SAVEPOINT atlas2_check; RELEASE SAVEPOINT atlas2_check") }
        try session.script(
            """
            CREATE SCHEMA atlas2_check;
            SET LOCAL search_path = atlas2_check, fold, pg_temp;
            SET LOCAL statement_timeout = '10s';
            """)
        var findings = try collisions(session) + hidden(session)
        for section in [Definition.Section.schema, .indexes] {
            for statement in Statement.split(definition.text(of: section)) {
                if let finding = attempt(statement.text, statement, in: section, session) {
                    return findings + [finding]
                }
            }
        }
        for statement in Statement.split(definition.fold) {
            if let finding = attempt("EXPLAIN " + statement.with(Self.events), statement, in: .fold, session) {
                findings.append(finding)
            }
        }
        findings += try volatile(session)
        guard findings.isEmpty else { return findings }
        return [run(session), header(session)].compactMap(\.self)
    }

    /// The relation that folds read; of no tenant, because only the columns matter.
    private static let events = """
        events AS NOT MATERIALIZED (
            SELECT tenant_id, position, event_id, recorded_at, stream_type, stream_id, stream_version, event_type,
                   schema_version, actor_id, correlation_id, causation_id, payload::jsonb AS payload, personal::jsonb AS personal
            FROM public.audit_logs WHERE false)
        """

    /// Tables that are there already and are nobody's projection, or another's.
    private func collisions(_ session: Session) throws -> [Finding] {
        let taken = Set(
            try session.query(
                """
                SELECT c.relname::text FROM pg_class c
                WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY (\(definition.tables))
                  AND NOT EXISTS (SELECT FROM public.projection_definitions() d
                                  WHERE d.name = \(definition.name) AND c.relname = ANY (d.tables))
                """
            ) { try $0.decode(0, as: String.self) })
        return Statement.split(definition.schema).filter { taken.contains($0.createdTable ?? "") }.map {
            definition.finding(
                "the database has a relation \($0.createdTable ?? "") already",
                "choose another name, or remove that one",
                in: .schema, at: $0.start)
        }
    }

    /// Names that a WITH gives to what the database has already: elsewhere in the statement they would mean that.
    private func hidden(_ session: Session) throws -> [Finding] {
        let names = Statement.split(definition.fold).flatMap { RelationCheck.defined(in: $0.tokens) }
        let taken = Set(
            try session.query(
                "SELECT relname::text FROM pg_class WHERE relname = ANY (\(names)) AND relnamespace IN ('pg_catalog'::regnamespace, 'public'::regnamespace)"
            ) { try $0.decode(0, as: String.self) })
        return Statement.split(definition.fold).flatMap(\.tokens).filter { $0.isName && taken.contains($0.text) }
            .prefix(1).map {
                definition.finding(
                    "WITH names \($0.text), which the database has already", "choose another name for it", in: .fold,
                    at: $0.range.lowerBound)
            }
    }

    /// What the database says against a statement; nil: nothing.
    private func attempt(
        _ text: String, _ statement: Statement, in section: Definition.Section, _ session: Session
    ) -> Finding? {
        do {
            try session.script("SAVEPOINT atlas2_statement")
            // The server itself refuses a second statement in it, however the text was parted here.
            try session.execute("\(raw: text)")
            try session.script("RELEASE SAVEPOINT atlas2_statement")
            return nil
        } catch {
            try? session.script("ROLLBACK TO SAVEPOINT atlas2_statement")
            guard let error = error as? PostgresError else {
                return definition.finding("\(error)", "", in: section, at: statement.start)
            }
            var place = statement.start
            if let position = error.position {
                // The statement stands at the end of the text, without its WITH where another is in front.
                let behind = text.unicodeScalars.count - (position - 1)
                let scalars = statement.text.unicodeScalars
                if (0...scalars.count).contains(behind) {
                    let index = scalars.index(scalars.endIndex, offsetBy: -behind)
                    place += statement.text.utf8.distance(from: statement.text.startIndex, to: index)
                }
            }
            return definition.finding(error.message, Self.advice(error), in: section, at: place)
        }
    }

    private static func advice(_ error: PostgresError) -> String {
        switch error.sqlstate {
        case "42P01": "a fold reads events and its own tables only"
        case "42883":
            "use PostgreSQL's own functions, last() or forgotten()"
        case "42703":
            error.hint ?? "the columns of events are those of audit_logs down to causation_id, payload and personal"
        case "42P10": "ON CONFLICT must name the columns of the primary key"
        case "42804": error.hint ?? "give the value the type of its column"
        default: error.hint ?? error.detail ?? "correct the statement"
        }
    }

    /// Calls of functions whose value is another each time, by what the catalog says of them.
    private func volatile(_ session: Session) throws -> [Finding] {
        var calls: [(name: String, section: Definition.Section, byte: Int)] = []
        for section in [Definition.Section.schema, .fold, .indexes] {
            let tokens = Tokenizer.tokens(of: definition.text(of: section))
            for (token, next) in zip(tokens, tokens.dropFirst()) where token.isName && next.isSymbol("(") {
                calls.append((token.text, section, token.range.lowerBound))
            }
        }
        let names = Array(Set(calls.map(\.name)))
        let volatile = Set(
            try session.query(
                """
                SELECT DISTINCT proname::text FROM pg_proc WHERE proname = ANY (\(names)) AND provolatile = 'v'
                AND pronamespace IN ('pg_catalog'::regnamespace, 'fold'::regnamespace)
                """
            ) { try $0.decode(0, as: String.self) })
        return calls.filter { volatile.contains($0.name) }.map {
            definition.finding(
                "\($0.name)() \(Impurity.chance.message)", Impurity.chance.advice, in: $0.section, at: $0.byte)
        }
    }

    /// Makes what the header asks for: who sees which rows, and foreign keys to tables that are there.
    private func header(_ session: Session) -> Finding? {
        var line = "owner"
        do {
            try session.script("SAVEPOINT atlas2_statement")
            try session.script(definition.access(in: "atlas2_check"))
            line = "references"
            for reference in definition.references {
                let schema = definition.tables.contains(reference.target) ? "atlas2_check" : "public"
                let target = "\(schema).\(reference.target)"
                let isThere = try session.first("SELECT to_regclass(\(target)) IS NOT NULL") {
                    try $0.decode(0, as: Bool.self)
                }
                guard isThere == true else { continue }
                try session.execute(
                    "ALTER TABLE \(raw: reference.table) ADD FOREIGN KEY (\(raw: reference.columns)) REFERENCES \(raw: target) (\(raw: reference.targetColumns))"
                )
            }
            return nil
        } catch {
            try? session.script("ROLLBACK TO SAVEPOINT atlas2_statement")
            let message = (error as? PostgresError)?.message ?? "\(error)"
            return definition.finding(
                "the database refuses it: \(message)",
                line == "owner" ? "name a column of type uuid that every table has" : "name columns that both have",
                on: line)
        }
    }

    /// Runs the fold over no events, as it will be run.
    private func run(_ session: Session) -> Finding? {
        do {
            try session.script("SAVEPOINT atlas2_statement")
            try session.script(definition.foldFunction(in: "atlas2_check"))
            try session.script(
                "SELECT atlas2_check.fold_\(definition.name)('00000000-0000-0000-0000-000000000000', 0, 0, '-infinity', '{}', '{}', false)"
            )
            return nil
        } catch {
            try? session.script("ROLLBACK TO SAVEPOINT atlas2_statement")
            let message = (error as? PostgresError)?.message ?? "\(error)"
            return definition.finding("the fold cannot be run: \(message)", "correct it", in: .fold, at: 0)
        }
    }
}
