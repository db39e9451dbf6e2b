import Foundation

/// Rebuilding `users` against its peers, which make the same rows of the same events on the same server, by turns; and its
/// growth with the log.
struct RebuildBenchmark {
    struct Result {
        var events: Int
        var seconds: Double
    }

    let installation: Installation
    let server: Server
    let root: String

    func run(events: Int) throws -> Result {
        var (rebuilds, statements): ([Double], [Double]) = ([], [])
        for _ in 0..<3 {
            rebuilds.append(try installation.atlas2("projections", "rebuild", "users").seconds)
            statements.append(try byHand())
        }
        let (seconds, statement) = (median(rebuilds), median(statements))
        report("rebuild of users from \(events) events over \(events / 10) users, median of 3")
        report(
            "  atlas2 projections rebuild users      \(number(seconds)) s, \(Int(Double(events) / seconds)) events/s")
        report("  one statement with GROUP BY           \(number(statement)) s")
        report("  ratio                                 \(number(statement / seconds))x   (0.7x or better)")
        try reportDifference()
        return Result(events: events, seconds: seconds)
    }

    static func reportGrowth(_ results: [Result]) {
        guard let few = results.first, let many = results.last, results.count > 1 else { return }
        let growth = many.seconds / Double(many.events) / (few.seconds / Double(few.events))
        report(
            "growth of the time per event from \(few.events) to \(many.events) events   \(number(growth))x   (1.2x or less)"
        )
    }

    /// The PyPI package, which reads its notification log, against the rebuild.
    func runEventsourcing(_ rebuild: Result) throws {
        let script = root + "/Benchmarks/eventsourcing/run"
        let answer = try bench.run(
            script, ["fold", server.folder, server.port, server.database, String(rebuild.events)],
            environment: ["PYTHONDONTWRITEBYTECODE": "1"])
        let words = answer.output.split(separator: " ").compactMap {
            Double($0.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        guard answer.exitCode == 0, words.count == 2 else {
            return report("eventsourcing: not measured: \(script) ended with \(answer.exitCode)")
        }
        let (rate, peer) = (Double(rebuild.events) / rebuild.seconds, words[0] / words[1])
        report("  PyPI eventsourcing 9.5.6, its notification log of \(Int(words[0])) events, an upsert each")
        report("                                        \(number(words[1])) s, \(Int(peer)) events/s")
        report("  ratio                                 \(number(rate / peer))x   (10x or better)")
        try installation.atlas2("psql", "-qc", "DROP SCHEMA peer CASCADE")
    }

    /// Everything: verifying against rebuilding.
    func runVerify() throws {
        var (rebuilds, verifications): ([Double], [Double]) = ([], [])
        for _ in 0..<3 {
            rebuilds.append(try installation.atlas2("projections", "rebuild").seconds)
            verifications.append(try installation.atlas2("projections", "verify", "--json").seconds)
        }
        let (rebuild, verify) = (median(rebuilds), median(verifications))
        report("all projections, median of 3")
        report("  projections rebuild                   \(number(rebuild)) s")
        report("  projections verify                    \(number(verify)) s")
        report("  ratio                                 \(number(verify / rebuild))x   (1.5x or less)")
    }

    /// Folds the events into a table with the same keys, checks and indexes; seconds of the statement.
    private func byHand() throws -> Double {
        try installation.atlas2(
            "psql", "-qc", "DROP TABLE IF EXISTS bench_users", "-c",
            "CREATE TABLE bench_users (LIKE users INCLUDING ALL)",
            "-c", "CHECKPOINT")
        return try installation.atlas2(
            "psql", "-qc",
            """
            INSERT INTO bench_users (tenant_id, id, email, name, role, status, created_by, created_at, updated_at)
            SELECT tenant_id, stream_id,
                   (array_agg(personal->>'email' ORDER BY position DESC) FILTER (WHERE personal->>'email' IS NOT NULL))[1],
                   (array_agg(personal->>'name' ORDER BY position DESC) FILTER (WHERE personal->>'name' IS NOT NULL))[1],
                   (array_agg(payload->>'role' ORDER BY position DESC) FILTER (WHERE payload->>'role' IS NOT NULL))[1],
                   CASE (array_agg(event_type ORDER BY position DESC) FILTER (WHERE event_type IN ('user.created',
                       'user.deactivated', 'user.reactivated')))[1] WHEN 'user.deactivated' THEN 'inactive' ELSE 'active' END,
                   min(actor_id::text) FILTER (WHERE event_type = 'user.created')::uuid,
                   min(recorded_at) FILTER (WHERE event_type = 'user.created'), max(recorded_at)
            FROM audit_logs WHERE stream_type = 'user' GROUP BY tenant_id, stream_id
            """
        ).seconds
    }

    private func reportDifference() throws {
        let rows = try installation.atlas2(
            "psql", "-qAtc",
            "SELECT count(*) FROM ((TABLE users EXCEPT TABLE bench_users) UNION ALL (TABLE bench_users EXCEPT TABLE users)) d"
        ).output.trimmingCharacters(in: .whitespacesAndNewlines)
        report("  rows in which the two differ          \(rows)")
    }
}
