import AuditLog
import FoundationEssentials
import Logging
import Postgres
import ServiceLifecycle
import Synchronization
import Witnesses

/// Sends the latest checkpoint of each log to its witnesses, within seconds, and keeps what they sign.
///
/// Each witness is asked apart from the others, and nothing waits for any: not appends, not sealing.
struct WitnessService: Service {
    let installation: Installation
    /// Nil: every tenant's.
    var tenant: UUID?
    let logger: Logger

    private struct Turn: Hashable {
        var tenant: UUID
        var witness: Witness
    }

    /// What the requests under way share.
    private final class Shared: Sendable {
        struct State {
            var schedule = WitnessSchedule<Turn>()
            /// What was said last of those that fail.
            var said: [Turn: String] = [:]
        }
        let state = Mutex(State())
    }

    func run() async throws {
        // Where it cannot be known now, asking tells.
        guard (try? await installation.maySeal()) ?? true else {
            logger.notice("witnesses are asked by who seals: the user of DATABASE_URL is no member of atlas2_sealer")
            return try await gracefulShutdown()
        }
        let shared = Shared()
        let seconds = AsyncStream<Void> { try? await Task.sleep(for: .seconds(1)) }
        try await WitnessTransport.use { transport in
            let sender = WitnessSender(installation.sealing.database, transport)
            await withDiscardingTaskGroup { requests in
                var said: String?
                for await _ in seconds.cancelOnGracefulShutdown() {
                    do {
                        try await ask(sender, shared) { request in requests.addTask { await request() } }
                        said = nil
                    } catch {
                        let text = "witnesses are not asked now: \(error)"
                        if !(error is CancellationError), text != said { logger.warning("\(text)") }
                        said = text
                    }
                }
                // One that hangs keeps no worker from ending.
                requests.cancelAll()
            }
        }
    }

    /// Starts a request for each witness that is behind, and whose turn it is.
    private func ask(
        _ sender: WitnessSender, _ shared: Shared, _ start: (@escaping @Sendable () async -> Void) -> Void
    ) async throws {
        let tenants = try await WitnessOverview.tenantsBehind(installation.sealing.database)
        var behind: [Turn: (LogCheckpoint, WitnessStatus)] = [:]
        for tenant in tenants where self.tenant == nil || tenant == self.tenant {
            let overview = try await WitnessOverview.read(
                installation.app, as: Scope(tenant: tenant, role: .system))
            guard let latest = overview.latest else { continue }
            for status in overview.behind { behind[Turn(tenant: tenant, witness: status.witness)] = (latest, status) }
        }
        let due = shared.state.withLock { $0.schedule.due(Array(behind.keys), at: .now) }
        for turn in due {
            guard let (checkpoint, status) = behind[turn] else { continue }
            start { await send(checkpoint, to: status, turn, sender, shared) }
        }
    }

    private func send(
        _ checkpoint: LogCheckpoint, to status: WitnessStatus, _ turn: Turn, _ sender: WitnessSender, _ shared: Shared
    ) async {
        var failure: SubmissionFailure?
        do {
            let scope = Scope(tenant: turn.tenant, role: .system)
            if case .failed(let reason) = try await sender.send(checkpoint, to: status, as: scope) { failure = reason }
        } catch {
            if Task.isCancelled { return }
            failure = SubmissionFailure(.away, "the witness \(turn.witness.name) waits for the database: \(error)")
        }
        let before = shared.state.withLock { state in
            state.schedule.answered(
                turn, cosigned: failure == nil, at: .now, jitter: Double.random(in: 0...1))
            defer { state.said[turn] = failure?.description }
            return state.said[turn]
        }
        switch failure {
        case let failure? where failure.description != before:
            logger.log(level: failure.code.isAlarm ? .critical : .warning, "\(failure)")
        case nil where before != nil: logger.notice("the witness \(turn.witness.name) cosigns again")
        default: break
        }
    }
}
