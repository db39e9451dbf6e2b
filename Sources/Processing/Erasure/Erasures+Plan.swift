package import AuditLog
import FoundationEssentials
import Postgres

extension Erasures {
    /// Finds out what an erasure will do.
    ///
    /// - Throws: `Failure` where something stands against it: a legal hold, a job that is not at its end, the last admin.
    package func plan(_ target: ErasureTarget, as scope: Scope) async throws -> ErasurePlan {
        var plan = ErasurePlan(target: target)
        switch target {
        case .stream(let stream):
            plan.items = try await items(
                """
                stream_type = \(stream.type) AND stream_id = \(stream.id) AND event_type <> \(stream.type + ".erased")
                AND (personal IS NOT NULL OR attachment IS NOT NULL)
                """, .empty, as: scope)
            if stream.type == "user" { try await addUser(stream.id, to: &plan, as: scope) }
        case .position(let position):
            guard position >= 0, position < (try await log.size(as: scope)) else {
                throw Failure(.unknown, "there is no event at position \(position)")
            }
            plan.items = try await items(
                "position = \(position) AND (personal IS NOT NULL OR attachment IS NOT NULL)", .empty, as: scope)
        case .rows(let rows, let job):
            try await addRows(rows, of: job, to: &plan, as: scope)
        }
        try await refuseRunningJobs(plan, as: scope)
        try await refuseHeld(plan, as: scope)
        plan.remaining = try await remaining(target, as: scope)
        return plan
    }

    private func items(_ condition: SQL, _ step: ErasurePlan.Step, as scope: Scope) async throws -> [ErasurePlan.Item] {
        try await log.database.transaction(scope.transaction(readOnly: true, timeout: .none)) { session in
            try session.query(
                """
                SELECT position, (coalesce(octet_length(personal::text), 0) + coalesce(octet_length(attachment), 0))::bigint
                FROM audit_logs WHERE tenant_id = \(scope.tenant) AND \(sql: condition) ORDER BY position
                """
            ) { ErasurePlan.Item(position: try $0.decode(0), step: step, bytes: try $0.decode(1)) }
        }
    }

    /// The login that events of others recorded for the user, and the user's own state.
    private func addUser(_ user: UUID, to plan: inout ErasurePlan, as scope: Scope) async throws {
        guard scope.user != user else {
            throw Failure(.permission, "nobody can erase themselves: let another admin do it")
        }
        plan.items += try await items(
            """
            actor_id = \(user) AND personal::jsonb ? 'login'
            AND (stream_type <> 'user' OR stream_id <> \(user) OR event_type = 'user.erased')
            """, .removeLogin, as: scope)
        plan.activeUser = try await Users(log).list(as: scope).first { $0.id == user && $0.isActive }
    }

    private func addRows(
        _ rows: Set<Int>, of job: Job, to plan: inout ErasurePlan, as scope: Scope
    ) async throws {
        var (unknown, withResult) = (rows, Set<Int>())
        let filter = EventFilter(streamType: "job", streamID: job.id, type: "job.rows_*")
        try await log.forEach(filter, pageSize: 4, as: scope) { event in
            let stated = try event.resultChunkStatement()
            let inside = stated.rows(among: rows)
            unknown.subtract(inside.map(\.row))
            guard !inside.isEmpty, let attachment = event.attachment else { return }
            guard let chunk = ResultRows(attachment), chunk.rows.count == stated.count else {
                throw Failure(
                    .state, "the result rows at position \(event.position) are damaged: atlas2 log verify says more")
            }
            let left = inside.filter { chunk.rows[$0.index] != nil }
            guard !left.isEmpty else { return }
            withResult.formUnion(left.map(\.row))
            // As the chunk counts them.
            let step = ErasurePlan.Step.redactRows(Set(left.map { stated.firstRow + $0.index }))
            plan.items.append(ErasurePlan.Item(position: event.position, step: step, bytes: Int64(attachment.count)))
        }
        if let row = unknown.min() {
            throw Failure(
                .unknown,
                job.rows == 0
                    ? "the job \(job.id.text) has no rows"
                    : "the job \(job.id.text) has no row \(row): its rows are 1 to \(job.rows)")
        }
        try await addPieces(rows, withResult, of: job, to: &plan, as: scope)
        plan.items += try await items(
            """
            stream_type = 'job' AND stream_id = \(job.id) AND event_type = 'job.created'
            AND personal::jsonb ? 'file_sha256'
            """, .removeFileHash, as: scope)
    }

    /// The pieces of the job's file in which the rows stand; some of them may still have a result.
    private func addPieces(
        _ rows: Set<Int>, _ withResult: Set<Int>, of job: Job, to plan: inout ErasurePlan, as scope: Scope
    ) async throws {
        struct Piece {
            var position: Int64
            var range: Range<Int>
            /// Of the attachment.
            var bytes: Int64
            /// The payload states what proves its lines.
            var hasRoot: Bool
        }
        let file = StoredFile(ofJob: job.id, tenant: scope.tenant, log)
        var search = RowSearch(rows, try await file.creation().source.dialect())
        var (pieces, erased) = ([Piece](), 0)
        var opener = try PieceOpener()
        let filter = EventFilter(streamType: "job", streamID: job.id, type: JobFileChunkStored.type)
        try await log.forEach(filter, pageSize: 4, as: scope) { event in
            let stated = try event.payload(of: JobFileChunkStored.self)
            guard let attachment = event.attachment else {
                erased += 1
                return
            }
            pieces.append(
                Piece(
                    position: event.position, range: Int(stated.offset)..<(Int(stated.offset) + stated.size),
                    bytes: Int64(attachment.count), hasRoot: stated.linesRoot != nil))
            guard erased == 0, !search.missing.isEmpty else { return }
            try search.feed(try opener.content(of: attachment))
        }
        // Nothing is left of the file: the rows went with it.
        if pieces.isEmpty { return }
        if erased == 0 { try search.finish() }
        // Behind a piece that went as a whole no row is found. One that has no result any more went before.
        let missing = erased > 0 ? search.missing.intersection(withResult) : search.missing
        // In such a file nothing else takes a row that cannot be found.
        if !missing.isEmpty, !search.canBlank, erased > 0 {
            plan.items += pieces.map { ErasurePlan.Item(position: $0.position, step: .empty, bytes: $0.bytes) }
            return
        }
        if let row = missing.min() {
            throw Failure(
                .state,
                "row \(row) cannot be found in the job's file, "
                    + (erased > 0 ? "of which a part was erased" : "which has fewer rows") + ": erase the whole job")
        }
        let records = search.found.filter { !$0.isBlankAlready }
        for piece in pieces {
            let inside = records.filter { $0.range.overlaps(piece.range) }
            guard !inside.isEmpty else { continue }
            // Nothing would prove what is left of a piece that was stored before its payload stated a root.
            guard piece.hasRoot, search.canBlank else {
                plan.items.append(ErasurePlan.Item(position: piece.position, step: .empty, bytes: piece.bytes))
                continue
            }
            let bytes = inside.reduce(0) { $0 + $1.range.clamped(to: piece.range).count }
            plan.items.append(ErasurePlan.Item(position: piece.position, step: .blank(inside), bytes: Int64(bytes)))
        }
    }

    /// A job that a process works on must not change under it, and one that can be resumed needs its file.
    private func refuseRunningJobs(_ plan: ErasurePlan, as scope: Scope) async throws {
        var (contents, logins) = ([Int64](), [Int64]())
        for item in plan.items {
            if case .removeLogin = item.step { logins.append(item.position) } else { contents.append(item.position) }
        }
        let (first, second) = (contents, logins)
        let open = try await log.database.transaction(scope.transaction(readOnly: true)) { session in
            try session.first(
                """
                SELECT j.id, j.status FROM processing_jobs j
                WHERE j.status NOT IN ('cancelled', 'failed', 'completed') AND EXISTS (
                    SELECT FROM audit_logs l
                    WHERE l.tenant_id = j.tenant_id AND l.stream_type = 'job' AND l.stream_id = j.id
                      AND l.position = ANY (CASE WHEN j.status = 'paused' THEN \(first) ELSE \(first) || \(second) END))
                ORDER BY j.created_at, j.id LIMIT 1
                """
            ) { (try $0.decode(0, as: UUID.self), try $0.decode(1, as: String.self)) }
        }
        guard let (job, status) = open else { return }
        throw Failure(
            .state,
            "the job \(job.text) is \(status): let it come to its end first, or atlas2 jobs cancel \(job.text)")
    }

    /// Says before anything is done what the log would refuse.
    private func refuseHeld(_ plan: ErasurePlan, as scope: Scope) async throws {
        let positions = plan.items.map(\.position)
        let held = try await log.database.transaction(scope.transaction(readOnly: true)) { session in
            try session.first(
                """
                SELECT h.id, h.matter, l.stream_type || '/' || l.stream_id
                FROM legal_holds h JOIN audit_logs l ON l.tenant_id = h.tenant_id
                    AND (h.stream IS NULL OR h.stream = l.stream_type || '/' || l.stream_id)
                WHERE h.released_at IS NULL AND l.position = ANY (\(positions)) ORDER BY h.placed_at, h.id LIMIT 1
                """
            ) {
                (try $0.decode(0, as: UUID.self), try $0.decode(1, as: String?.self), try $0.decode(2, as: String.self))
            }
        }
        guard let (hold, matter, stream) = held else { return }
        throw Failure(
            .state,
            "the legal hold \(hold.text)\(matter.map { " (\($0))" } ?? "") refuses to erase anything of \(stream):"
                + " atlas2 hold list shows it")
    }
}
