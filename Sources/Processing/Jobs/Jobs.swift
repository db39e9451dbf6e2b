package import AuditLog
import FoundationEssentials
import Postgres

/// The jobs of a tenant: finds, pauses and cancels them.
package struct Jobs: Sendable {
    package let log: EventLog

    package init(_ log: EventLog) {
        self.log = log
    }

    /// The newest first.
    package func list(status: Job.Status? = nil, limit: Int = 50, as scope: Scope) async throws -> [Job] {
        try await log.database.transaction(scope.transaction(readOnly: true)) { session in
            try session.query(
                """
                SELECT \(raw: Job.columns) FROM \(raw: Job.tables)
                WHERE j.status = \(status?.rawValue) OR \(status?.rawValue) IS NULL
                ORDER BY j.created_at DESC, j.id LIMIT \(limit)
                """
            ) { try Job($0) }
        }
    }

    /// The job with this id, or the only one whose id starts so; `last` is the newest.
    package func find(_ text: String, as scope: Scope) async throws -> Job {
        let prefix = text.lowercased()
        let found = try await log.database.transaction(scope.transaction(readOnly: true)) { session in
            try session.query(
                """
                SELECT \(raw: Job.columns) FROM \(raw: Job.tables)
                WHERE starts_with(j.id::text, \(prefix)) OR \(prefix) = 'last'
                ORDER BY j.created_at DESC, j.id LIMIT \(prefix == "last" ? 1 : 2)
                """
            ) { try Job($0) }
        }
        guard let job = found.first, !prefix.isEmpty else {
            throw Failure(.unknown, "there is no job \(text): atlas2 jobs list shows those there are")
        }
        guard found.count == 1 else {
            throw Failure(.unknown, "several jobs' ids start with \(text): give more of it")
        }
        return job
    }

    /// Why a job's rows were rejected, the most frequent reason first.
    package func errorCounts(of job: Job, limit: Int = 100, as scope: Scope) async throws -> [JobOutcome.ErrorCount] {
        let reader = Scope(tenant: scope.tenant, role: .system)
        return try await log.database.transaction(reader.transaction(readOnly: true)) { session in
            try session.query(
                """
                SELECT e->>'field', e->>'rule', e->>'code', sum(sign * (e->>'count')::bigint)::bigint
                FROM audit_logs l CROSS JOIN LATERAL (
                    SELECT json_array_elements(l.payload->'errors'), 1 UNION ALL SELECT json_array_elements(l.payload->'resolved'), -1
                ) r (e, sign)
                WHERE l.tenant_id = \(scope.tenant) AND l.stream_type = 'job' AND l.stream_id = \(job.id)
                  AND l.event_type IN ('job.rows_processed', 'job.rows_fixed')
                GROUP BY 1, 2, 3 HAVING sum(sign * (e->>'count')::bigint) > 0 ORDER BY 4 DESC, 1, 2, 3 LIMIT \(limit)
                """
            ) {
                JobOutcome.ErrorCount(
                    field: try $0.decode(0), rule: try $0.decode(1), code: try $0.decode(2), count: try $0.decode(3))
            }
        }
    }

    /// Ends a job; what it did stays.
    package func cancel(_ job: Job, as command: Command) async throws {
        try command.requireWriter("cancel jobs")
        guard !job.status.isFinal, let reference = job.reference else {
            throw Failure(.state, "the job \(job.id.text) is \(job.status.rawValue) already")
        }
        try await decide(job, command) {
            try command.event(JobCancelled(reference, reason: "requested"), on: job.id, expecting: $0)
        }
    }

    /// Asks a job to stop before its next chunk.
    package func pause(_ job: Job, as command: Command) async throws {
        try command.requireWriter("pause jobs")
        guard job.status == .created || job.status == .running else {
            throw Failure(.state, "the job \(job.id.text) is \(job.status.rawValue): only one that runs can be paused")
        }
        try await decide(job, command) {
            try command.event(JobPaused(reason: "requested", message: nil), on: job.id, expecting: $0)
        }
    }

    /// Appends a decision about a job that may be appending chunks all the while.
    private func decide(_ job: Job, _ command: Command, _ event: (Int64) throws -> NewEvent) async throws {
        for _ in 0..<20 {
            let version = try await log.version(of: StreamID(type: "job", id: job.id), as: command.scope)
            let status = try await find(job.id.text, as: command.scope).status
            guard !status.isFinal else { throw Failure(.state, "the job \(job.id.text) is \(status.rawValue) already") }
            do {
                try await log.append([try event(version)], as: command.scope, checkedAgainst: ["processing_jobs"])
                return
            } catch let error as AppendError where error.code == .conflict {
                continue
            }
        }
        throw Failure(.conflict, "the job \(job.id.text) moves on too fast: try again")
    }
}

extension EventLog {
    /// The version of a stream; 0 when it does not exist.
    package func version(of stream: StreamID, as scope: Scope) async throws -> Int64 {
        try await database.transaction(scope.transaction(readOnly: true)) { session in
            try session.first(
                """
                SELECT version FROM audit_streams
                WHERE tenant_id = \(scope.tenant) AND stream_type = \(stream.type) AND stream_id = \(stream.id)
                """
            ) { try $0.decode(0) } ?? 0
        }
    }
}
