import FoundationEssentials
import Postgres
import Synchronization

/// What a call sends that has a transaction to itself: written before its turn comes, and in whose name.
struct AppendAlone: Sendable {
    let statement: SQL
    let scope: Scope
}

/// The appends of one tenant that share transactions.
///
/// Served by a task that lives while something waits or is on its way, and that no caller's cancellation reaches: it
/// carries the others' appends too.
final class AppendQueue: Sendable {
    private typealias Answer = CheckedContinuation<[AppendOutcome], any Error>

    /// A call of `append`, and who waits for its outcomes.
    private struct Call: Sendable {
        let appends: [[NewEvent]]
        /// What it sends in a transaction of its own; nil where the transaction may be shared.
        let alone: AppendAlone?
        let answer: Answer
    }

    private struct Shell {
        var state = AppendQueueState()
        var calls: [AppendQueueState.ID: Call] = [:]
        var lastID = 0
        var sleeper: Task<Void, Never>?
    }

    private let database: Database
    private let tenant: UUID
    private let shell = Mutex(Shell())

    init(_ database: Database, tenant: UUID) {
        self.database = database
        self.tenant = tenant
    }

    /// - Parameters:
    ///   - appends: none of them empty.
    ///   - alone: what is sent for these alone; nil where others may share their transaction.
    func append(_ appends: [[NewEvent]], alone: AppendAlone?) async throws -> [AppendOutcome] {
        let events = appends.reduce(0) { $0 + $1.count }
        let bytes = appends.reduce(0) { $1.reduce($0) { $0 + $1.approximateSize } }
        let id = shell.withLock { shell in
            shell.lastID += 1
            return shell.lastID
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { answer in
                let call = Call(appends: appends, alone: alone, answer: answer)
                submit(call, as: id, events: events, bytes: bytes)
            }
        } onCancel: {
            let call = shell.withLock { $0.state.cancel(id) ? $0.calls.removeValue(forKey: id) : nil }
            call?.answer.resume(throwing: CancellationError())
        }
    }

    private func submit(_ call: Call, as id: AppendQueueState.ID, events: Int, bytes: Int) {
        let (submission, sleeper) = shell.withLock { shell in
            // Cancelled before it was in the queue, where it could be found.
            guard !Task.isCancelled else { return (nil as AppendQueueState.Submission?, nil as Task<Void, Never>?) }
            let submission = shell.state.submit(
                id, events: events, bytes: bytes, isAlone: call.alone != nil, at: .now)
            if submission != .refuse { shell.calls[id] = call }
            return (submission, submission == .wake ? shell.sleeper.take() : nil)
        }
        switch submission {
        case nil: call.answer.resume(throwing: CancellationError())
        case .start: Task { await serve() }
        case .wait: break
        case .wake: sleeper?.cancel()
        case .refuse:
            call.answer.resume(
                throwing: AppendError(
                    .queueFull,
                    "too many appends wait for the log of this tenant: nothing was appended, try again in a moment"))
        }
    }

    // MARK: Serving

    private func serve() async {
        while true {
            switch shell.withLock({ $0.state.next(at: .now) }) {
            case .send(let batch):
                let calls = shell.withLock { shell in batch.compactMap { shell.calls.removeValue(forKey: $0) } }
                let answers = await send(calls[...])
                // Callers that come back at once find the queue ready for them.
                shell.withLock { $0.state.finish(at: .now) }
                for (call, answer) in zip(calls, answers) { call.answer.resume(with: answer) }
            case .sleep(let deadline): await sleep(until: deadline)
            case .stop: return
            }
        }
    }

    private func sleep(until deadline: ContinuousClock.Instant) async {
        let sleeper = Task {
            // Woken early: `next` decides again.
            _ = try? await Task.sleep(until: deadline, tolerance: .zero, clock: .continuous)
        }
        // Who came before the sleeper was there could not wake it.
        let mustSleep = shell.withLock { shell in
            guard shell.state.deadline != nil else { return false }
            shell.sleeper = sleeper
            return true
        }
        if !mustSleep { sleeper.cancel() }
        await sleeper.value
        shell.withLock { $0.sleeper = nil }
    }

    /// An answer per call; after a refusal the halves go by themselves, until the offender stands alone.
    private func send(_ calls: ArraySlice<Call>) async -> [Result<[AppendOutcome], any Error>] {
        do {
            return try await transact(calls).map { .success($0) }
        } catch let error as PostgresError where error.isRefusal && calls.count > 1 {
            let middle = calls.startIndex + calls.count / 2
            return await send(calls[..<middle]) + send(calls[middle...])
        } catch {
            return calls.map { _ in .failure(error) }
        }
    }

    /// Appends all of it in one transaction; a lost connection is tried again with the same event ids.
    private func transact(_ calls: ArraySlice<Call>) async throws -> [[AppendOutcome]] {
        let appends = calls.flatMap(\.appends)
        let alone = calls.count == 1 ? calls.first?.alone : nil
        let statement = alone?.statement ?? EventLog.statement(appending: appends, to: tenant)
        // The tenant is all that audit_append asks of the session for what may share a transaction: whose appends they
        // are, the events say.
        let scope = alone?.scope ?? Scope(tenant: tenant, role: .user)
        var retries = RetrySchedule()
        while true {
            do {
                let outcomes = try await database.transaction(scope.transaction()) { session in
                    try session.query(statement) { row in
                        let outcome = try AppendOutcome(
                            row.decode(1), first: row.decode(2), last: row.decode(3), message: row.decode(4))
                        return (number: try row.decode(0, as: Int32.self), outcome: outcome)
                    }
                }
                return try distribute(outcomes.sorted { $0.number < $1.number }.map(\.outcome), over: calls)
            } catch let error as PostgresError where error.isLostConnection {
                guard let pause = retries.next() else { throw error }
                try await Task.sleep(for: pause)
            }
        }
    }

    private func distribute(
        _ outcomes: [AppendOutcome], over calls: ArraySlice<Call>
    ) throws -> [[AppendOutcome]] {
        guard outcomes.count == calls.reduce(0, { $0 + $1.appends.count }) else {
            throw AppendError(
                .protocolViolation, "audit_append did not answer every append: run atlas2 migrate up")
        }
        var rest = outcomes[...]
        return calls.map { call in
            defer { rest = rest.dropFirst(call.appends.count) }
            return Array(rest.prefix(call.appends.count))
        }
    }
}

extension NewEvent {
    /// About what it takes on the wire and in memory.
    var approximateSize: Int {
        200 + payload.bytes.count + (personal?.bytes.count ?? 0) + (attachment?.count ?? 0)
    }
}

extension PostgresError {
    /// Whether something in the call was at fault, not the server or the way to it: a constraint, a malformed event, one
    /// that the session may not append.
    fileprivate var isRefusal: Bool {
        code == .server && (isConstraintViolation || sqlstate?.hasPrefix("22") ?? false || sqlstate == "42501")
    }
}
