import FoundationEssentials
import Postgres
import Synchronization

extension EventLog {
    /// Verifies a tenant's whole log as it stands at one moment: every row by itself, the rows among each other, with the head
    /// and `audit_streams`, and the tree over them with everything that was signed or recorded of it.
    ///
    /// Several connections read at once, from one snapshot, while one compares; none of them comes from the pool but that.
    ///
    /// - Parameters:
    ///   - readers: connections that read a long log.
    ///   - progress: is told how many events were checked, every few thousand.
    package func verify(
        as scope: Scope, against evidence: Evidence = Evidence(), readers: Int = 2,
        progress: @escaping @Sendable (_ checked: Int64, _ of: Int64) -> Void = { _, _ in }
    ) async throws -> Verification {
        guard let tenant = scope.tenant else { return Verification() }
        let exchange = SliceExchange()
        let (plans, plan) = AsyncStream.makeStream(of: ReadingPlan.self)
        // One snapshot: head and rows are of the same moment while appends go on.
        let options = scope.transaction(isolation: .repeatableRead, readOnly: true, timeout: .none)
        return try await withThrowingTaskGroup(of: Verification?.self) { group in
            group.addTask {
                defer {
                    plan.finish()
                    exchange.close()
                }
                return try await database.transaction(options) { session in
                    var run = try VerificationRun(session, tenant, evidence)
                    let slices = try session.slices(of: tenant, size: run.size)
                    let counter = ProgressCounter(total: run.size, progress)
                    if slices.count > 1 {
                        let snapshot = try session.first("SELECT pg_export_snapshot()") {
                            try $0.decode(0, as: String.self)
                        }
                        plan.yield(ReadingPlan(slices: slices, snapshot: snapshot ?? "", counter: counter))
                        for index in slices.indices { run.compare(try exchange.take(index), slices[index]) }
                    } else if let number = slices.first {
                        run.compare(
                            try session.slice(number, of: tenant, capacity: run.size, progress: counter.add), number)
                    }
                    return try run.finish(session)
                }
            }
            group.addTask {
                do {
                    for await plan in plans { try await read(plan, tenant, scope, readers, exchange) }
                } catch {
                    exchange.fail(error)
                    throw error
                }
                return nil
            }
            var found = Verification()
            for try await result in group { found = result ?? found }
            return found
        }
    }

    /// Reads the slices of a plan on connections of their own, each reader every so many of them.
    private func read(
        _ plan: ReadingPlan, _ tenant: UUID, _ scope: Scope, _ readers: Int, _ exchange: SliceExchange
    ) async throws {
        let options = TransactionOptions(isolation: .repeatableRead, readOnly: true, timeout: .none)
        let readers = max(1, min(readers, plan.slices.count))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for reader in 0..<readers {
                group.addTask {
                    let connection = try await database.dedicatedConnection()
                    do {
                        for index in stride(from: reader, to: plan.slices.count, by: readers) {
                            let slice = try await connection.transaction(options) { session in
                                // No query may come before this one.
                                try session.script("SET TRANSACTION SNAPSHOT '\(plan.snapshot)'")
                                for (name, value) in scope.settings {
                                    try session.execute("SELECT set_config(\(name), \(value), true)")
                                }
                                return try session.slice(
                                    plan.slices[index], of: tenant, capacity: .max, progress: plan.counter.add)
                            }
                            guard await exchange.put(slice, number: index) else { break }
                        }
                    } catch {
                        await connection.close()
                        throw error
                    }
                    await connection.close()
                }
            }
            try await group.waitForAll()
        }
    }
}

/// What the readers of a log need to know.
private struct ReadingPlan: Sendable {
    var slices: [Int64]
    /// The name under which the snapshot was exported.
    var snapshot: String
    var counter: ProgressCounter
}

/// Adds up what several readers have read.
private final class ProgressCounter: Sendable {
    private let count = Atomic<Int64>(0)
    private let total: Int64
    private let progress: @Sendable (Int64, Int64) -> Void

    init(total: Int64, _ progress: @escaping @Sendable (Int64, Int64) -> Void) {
        self.total = total
        self.progress = progress
    }

    func add(_ rows: Int64) {
        progress(count.add(rows, ordering: .relaxed).newValue, total)
    }
}
