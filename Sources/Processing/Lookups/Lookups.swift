package import AuditLog
import FoundationEssentials
package import Mapping
import Postgres

/// Finds and reads lookup tables: the accepted rows of completed jobs.
package struct Lookups: Sendable {
    private let log: EventLog

    package init(_ log: EventLog) {
        self.log = log
    }

    /// A table that a document reads, and the job whose rows it is.
    package struct Source: Sendable {
        let use: TableUse
        let job: Job
        let description: TableDescription

        var name: String { description.name }
    }

    /// The newest completed job of each table that a document reads, among those that the scope may see; none for a name
    /// that is no table.
    package func newest(for document: Document, as scope: Scope) async throws -> [Source] {
        var sources: [Source] = []
        for use in document.tables {
            let job = try await log.database.transaction(scope.transaction(readOnly: true)) { session in
                try session.first(
                    """
                    SELECT \(raw: Job.columns) FROM \(raw: Job.tables)
                    WHERE m.name = \(use.name) AND j.status = 'completed' ORDER BY j.created_at DESC, j.id LIMIT 1
                    """
                ) { try Job($0) }
            }
            if let job { sources.append(try await source(use, job, scope)) }
        }
        return sources
    }

    private func source(_ use: TableUse, _ job: Job, _ scope: Scope) async throws -> Source {
        guard let mapping = job.mapping else {
            throw Failure(.state, "the job \(job.id.text) has no mapping: atlas2 projections verify tells more")
        }
        let stored = try await Mappings(log).find(mapping, version: job.mappingVersion, as: scope)
        let (document, fields) = try stored.parsed()
        return Source(use: use, job: job, description: TableDescription(use.name, document, fields: fields))
    }

    /// The tables of a document without their rows: enough to check it.
    package func empty(
        _ sources: [Source], for document: Document, as scope: Scope
    ) async throws -> LookupTables {
        if document.tables.isEmpty { return LookupTables() }
        let tables = sources.map { LookupTable($0.description, for: $0.use) }
        let others = try await log.database.transaction(scope.transaction(readOnly: true)) { session in
            try session.query(
                """
                SELECT m.name, bool_or(j.id IS NOT NULL) FROM mapping_configurations m
                LEFT JOIN processing_jobs j ON j.tenant_id = m.tenant_id AND j.mapping_id = m.id
                    AND j.mapping_version = m.version AND j.status = 'completed'
                GROUP BY m.name ORDER BY m.name
                """
            ) { (name: try $0.decode(0, as: String.self), isTable: try $0.decode(1, as: Bool.self)) }
        }
        return LookupTables(
            tables, names: others.filter(\.isTable).map(\.name), unused: others.filter { !$0.isTable }.map(\.name))
    }

    /// Reads the rows of tables.
    ///
    /// - Parameter limit: bytes that the tables may take together.
    /// - Throws: `Failure` where they take more, or all rows of a table were erased.
    package func load(_ sources: [Source], limit: Int, as scope: Scope) async throws -> [LookupTable] {
        var tables: [LookupTable] = []
        var left = limit
        for source in sources {
            let table: LookupTable
            do {
                table = try await load(source, limit: left, as: scope)
            } catch is LookupTableBuilder.TooLarge {
                throw Failure(
                    .limit,
                    "the table \(source.name) is larger than max_lookup_bytes allows, \(limit) bytes for all tables of a "
                        + "mapping: look up fewer columns, or give more memory with atlas2 settings set max_lookup_bytes"
                )
            }
            left -= table.size
            tables.append(table)
        }
        return tables
    }

    private func load(_ source: Source, limit: Int, as scope: Scope) async throws -> LookupTable {
        var builder = LookupTableBuilder(source.description, for: source.use, limit: limit)
        var erased = 0
        try await JobResults(log).forEachResult(.accepted, of: source.job, as: scope) { last in
            switch last.result {
            case .accepted(let values, _): try builder.add(values, fields: last.fields)
            case .erased: erased += 1
            case .rejected, .skipped: break
            }
        }
        let table = builder.finish()
        guard table.rows > 0 || erased == 0 else {
            throw Failure(
                .state,
                "the rows of the table \(source.name) (job \(source.job.id.text)) were erased: run the table's file again, "
                    + "and give a job up that goes on with them")
        }
        return table
    }

    /// The tables that a job pinned, as they were then.
    ///
    /// - Throws: `Failure` where one is not the same any more.
    func load(
        _ pinned: [JobLookup], for document: Document, of job: Job, limit: Int, as scope: Scope
    ) async throws -> [LookupTable] {
        // Whoever may see the job goes on with its tables, also with those that somebody else pinned.
        let reader = Scope(tenant: scope.tenant, role: .system)
        let uses = document.tables
        var (sources, pins): ([Source], [JobLookup]) = ([], [])
        for pin in pinned {
            guard let use = uses.first(where: { $0.name.utf8.elementsEqual(pin.table.utf8) }) else { continue }
            sources.append(try await source(use, try await Jobs(log).find(pin.jobID, as: reader), reader))
            pins.append(pin)
        }
        let tables = try await load(sources, limit: limit, as: reader)
        for (table, pin) in zip(tables, pins) where table.rows != pin.rows {
            throw Failure(
                .state,
                "the table \(pin.table) (job \(pin.jobID)) has \(table.rows.counting("row")), and had \(pin.rows) when the job "
                    + "\(job.id.text) was made: rows of it were erased or fixed since, so that the job cannot go on as it began. "
                    + "Give it up with atlas2 jobs cancel \(job.id.text), and run its file again")
        }
        return tables
    }
}
