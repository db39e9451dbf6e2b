import FoundationEssentials
import Postgres

extension EventLog {
    /// Runs `body` in a transaction that can have slices of the log read on further connections, at once and all from its own
    /// snapshot, while it uses them one after the other. Those connections do not come from the pool.
    func readingInSlices<Slice: Sendable, Outcome: Sendable>(
        as scope: Scope, _ body: @escaping @Sendable (Session, SlicedReading<Slice>) throws -> Outcome
    ) async throws -> Outcome {
        let exchange = SliceExchange<Slice>()
        let (plans, plan) = AsyncStream.makeStream(of: ReadingPlan<Slice>.self)
        // One snapshot: all is of the same moment while appends go on.
        let options = scope.transaction(isolation: .repeatableRead, readOnly: true, timeout: .none)
        return try await withThrowingTaskGroup(of: Outcome?.self) { group in
            group.addTask {
                defer {
                    plan.finish()
                    exchange.close()
                }
                return try await database.transaction(options) { session in
                    try body(session, SlicedReading(exchange: exchange, plan: plan))
                }
            }
            group.addTask {
                do {
                    for await plan in plans { try await read(plan, scope, exchange) }
                } catch {
                    exchange.fail(error)
                    throw error
                }
                return nil
            }
            var outcome: Outcome?
            for try await result in group { outcome = result ?? outcome }
            guard let outcome else { throw CancellationError() }
            return outcome
        }
    }

    /// Reads the slices of a plan on connections of their own, each reader every so many of them.
    private func read<Slice>(
        _ plan: ReadingPlan<Slice>, _ scope: Scope, _ exchange: SliceExchange<Slice>
    ) async throws {
        let options = TransactionOptions(isolation: .repeatableRead, readOnly: true, timeout: .none)
        let readers = max(1, min(plan.readers, plan.count))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for reader in 0..<readers {
                group.addTask {
                    let connection = try await database.dedicatedConnection()
                    do {
                        for number in stride(from: reader, to: plan.count, by: readers) {
                            let slice = try await connection.transaction(options) { session in
                                // No query may come before this one.
                                try session.script("SET TRANSACTION SNAPSHOT '\(plan.snapshot)'")
                                for (name, value) in scope.settings {
                                    try session.execute("SELECT set_config(\(name), \(value), true)")
                                }
                                return try plan.read(session, number)
                            }
                            guard await exchange.put(slice, number: number) else { break }
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

/// Reads the slices of a log, once in a transaction.
struct SlicedReading<Slice: Sendable>: Sendable {
    fileprivate let exchange: SliceExchange<Slice>
    fileprivate let plan: AsyncStream<ReadingPlan<Slice>>.Continuation

    /// Reads slices, numbered from 0, and lends them in that order.
    ///
    /// - Parameters:
    ///   - readers: connections that read at once; none: `session` reads them itself.
    ///   - read: makes a slice, on any thread.
    func forEach(
        _ count: Int, readers: Int, in session: Session, read: @escaping @Sendable (Session, Int) throws -> Slice,
        use: (Slice) throws -> Void
    ) throws {
        guard readers > 0 else {
            for number in 0..<count { try use(read(session, number)) }
            return
        }
        let snapshot = try session.first("SELECT pg_export_snapshot()") { try $0.decode(0, as: String.self) }
        plan.yield(ReadingPlan(count: count, readers: readers, snapshot: snapshot ?? "", read: read))
        for number in 0..<count { try use(exchange.take(number)) }
    }
}

/// What the readers of a log need to know.
private struct ReadingPlan<Slice: Sendable>: Sendable {
    var count: Int
    var readers: Int
    /// The name under which the snapshot was exported.
    var snapshot: String
    var read: @Sendable (Session, Int) throws -> Slice
}

extension Session {
    /// Has the rows of a range come from the index, one after the other, for the rest of the transaction.
    ///
    /// The planner takes row-level security for a filter that leaves next to nothing, and would sort whole slices for it; or
    /// have others read for the readers, who are as many as there is work for.
    func readInOrder() throws {
        try script("SET LOCAL enable_sort = off; SET LOCAL max_parallel_workers_per_gather = 0")
    }
}
