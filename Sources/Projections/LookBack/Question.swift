package import AuditLog
import FoundationEssentials
package import Postgres

/// One question to the read model as it stood, in SQL that nobody has to trust.
///
/// The owner's connection replays what the question reads into a schema that has only the asking tenant's rows; it looks
/// at the question and never runs it. The asker's connection, which may read and nothing else, runs it in a transaction
/// that only reads and is rolled back. Then the schema is dropped; after a kill, by the next look back.
package struct Question: Sendable {
    package let owner: Database
    /// A member of `atlas2_app`.
    package let asker: Database
    package let library: Library

    package init(owner: Database, asker: Database, library: Library) {
        self.owner = owner
        self.asker = asker
        self.library = library
    }

    package enum Form: Sendable {
        /// A row is the values of its columns.
        case columns
        /// A row is one value: a JSON object.
        case json
    }

    /// What the answer comes from.
    package struct Basis: Sendable {
        /// The projections that were replayed for it.
        package var projections: [String]
        package var cut: Cut
    }

    /// Answers a question.
    ///
    /// - Parameters:
    ///   - columns: gets the names of the answer's columns, and what it comes from, before the first row.
    ///   - row: gets the answer's rows as they come, their values as PostgreSQL writes them.
    /// - Throws: `PastError` for what is no query, or none that only reads, with the place in it.
    package func ask(
        _ sql: String, at moment: Moment, as scope: Scope, form: Form,
        progress: @escaping @Sendable (_ projection: String, _ done: Int64, _ total: Int64) -> Void = { _, _, _ in },
        columns: @escaping @Sendable (_ names: [String], _ basis: Basis) throws -> Void,
        row: @escaping @Sendable (_ values: [String?]) throws -> Void
    ) async throws {
        guard let tenant = scope.tenant else { throw PastError("a question is asked in a tenant") }
        let sql = Self.withoutSemicolon(sql)
        let schema = PastSchemaEntry.questionPrefix + UUID().text.replacing("-", with: "")
        let builder = try await owner.dedicatedConnection()
        let result: Result<Void, any Error>
        do {
            let cuts = try await builder.transaction(Replays.options) { session in
                try session.dropAbandonedQuestions()
                return try session.cuts([tenant], at: moment)
            }
            // Held until the connection ends, however it ends: who finds it free may drop the schema.
            _ = try await builder.session {
                try $0.execute("SELECT pg_advisory_lock(hashtextextended(\(schema), 0))")
            }
            let read = try await build(schema, for: sql, at: moment, cuts, builder, by: scope.user, progress)
            let basis = Basis(projections: read, cut: cuts.first ?? Cut(tenant: tenant, size: 0))
            try await answer(sql, in: schema, as: scope, form, { try columns($0, basis) }, row)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        // Also where this task was cancelled, so in one of its own.
        await Task {
            _ = try? await owner.transaction(Replays.options) { session in
                try session.script("DROP SCHEMA IF EXISTS \(schema) CASCADE")
            }
            await builder.close()
        }.value
        try result.get()
    }

    /// Makes the schema with what the question reads.
    ///
    /// - Returns: the names of the projections that it reads.
    private func build(
        _ schema: String, for sql: String, at moment: Moment, _ cuts: [Cut], _ builder: DedicatedConnection,
        by user: UUID?, _ progress: @escaping @Sendable (String, Int64, Int64) -> Void
    ) async throws -> [String] {
        let library = library
        return try await builder.transaction(Replays.options) { session in
            var past = try PastSchema(schema, library.projections, library, cuts, isLasting: false, session)
            let relations = try QuestionText(sql).relations(in: schema, session)
            let definitions = library.projections.filter { !relations.isDisjoint(with: $0.tables) }
            let total = cuts.reduce(0) { $0 + $1.size } * Int64(definitions.count)
            var done: Int64 = 0
            try past.fill(definitions, withStreams: relations.contains("audit_streams"), session) { name, events in
                done += events
                progress(name, done, total)
            }
            try past.finish(session)
            let note = PastSchemaNote(moment: moment, projections: definitions, madeAt: .now, madeBy: user)
            try session.script("COMMENT ON SCHEMA \(schema) IS '\(try note.comment())'")
            return definitions.map(\.name)
        }
    }

    private func answer(
        _ sql: String, in schema: String, as scope: Scope, _ form: Form,
        _ columns: @escaping @Sendable ([String]) throws -> Void, _ row: @escaping @Sendable ([String?]) throws -> Void
    ) async throws {
        var options = scope.transaction(readOnly: true)
        options.settings.append(("search_path", "\(schema), pg_temp"))
        let connection = try await asker.dedicatedConnection()
        let result: Result<Void, any Error>
        do {
            try await connection.transaction(options) { session in
                try QuestionText(sql).run(form, session, columns, row)
                throw RolledBack()
            }
            result = .success(())
        } catch is RolledBack {
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await connection.close()
        try result.get()
    }

    /// Ends the transaction without committing it.
    private struct RolledBack: Error {}

    /// A semicolon at the end is a habit.
    private static func withoutSemicolon(_ sql: String) -> String {
        let text = sql.reversed().drop(while: \.isWhitespace)
        return text.first == ";" ? String(text.dropFirst().reversed()) : sql
    }
}
