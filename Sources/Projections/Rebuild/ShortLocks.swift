import Postgres

/// Transactions that take locks on what appends and readers use.
///
/// Nobody waits behind a lock that is waited for longer than `wait`: who does not get it gives way and tries again.
struct ShortLocks: Sendable {
    let owner: Database
    /// How long to go on trying.
    let patience: Duration
    let step: @Sendable (String) -> Void

    static let wait = "70ms"

    /// Runs `body` until it gets its locks.
    ///
    /// - Parameter what: is being done, for who waits.
    func transaction<T: Sendable>(
        _ what: String, on tables: [String] = [], _ body: @escaping @Sendable (Session) throws -> T
    ) async throws -> T {
        var options = TransactionOptions.owner
        options.settings.append(("lock_timeout", Self.wait))
        let deadline = ContinuousClock.now + patience
        var pause = Duration.milliseconds(20)
        while true {
            do {
                return try await owner.transaction(options, body)
            } catch let error as PostgresError where ["55P03", "40P01", "40001"].contains(error.sqlstate) {
                let others = try await readers(of: tables)
                guard ContinuousClock.now < deadline else {
                    throw BuildError(
                        .locked,
                        "\(what) waited for \(patience) for a lock\(others), and gave up: end what reads the tables for so long, and run it again, which goes on from here"
                    )
                }
                step("\(what): waiting for a lock\(others)")
            }
            try await Task.sleep(for: pause * Double.random(in: 0.5...1.5))
            pause = min(pause * 2, .seconds(2))
        }
    }

    /// Who holds the tables.
    private func readers(of tables: [String]) async throws -> String {
        guard !tables.isEmpty else { return "" }
        let processes = try await owner.transaction(.owner) { session in
            try session.query(
                """
                SELECT DISTINCT pid FROM pg_locks WHERE locktype = 'relation' AND granted AND pid <> pg_backend_pid()
                  AND relation IN (SELECT to_regclass(t) FROM unnest(\(tables)) t) ORDER BY 1 LIMIT 3
                """
            ) { String(try $0.decode(0, as: Int32.self)) }
        }
        return processes.isEmpty ? "" : " (the server's processes \(processes.joined(separator: ", ")) use the tables)"
    }
}
