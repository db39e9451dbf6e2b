import AuditLog
import Foundation
import Glibc
import Postgres

/// Appends against their peers, in turn, on one server that waits for the disk at every commit.
struct AppendBenchmark {
    let installation: Installation
    let server: Server
    let root: String
    let seconds: Double

    /// Connections of the direct clients: the embedded server takes 100.
    private static let connections = 80

    init(_ installation: Installation, root: String, seconds: Double) throws {
        self.installation = installation
        self.root = root
        self.seconds = seconds
        server = try Server(installation)
    }

    func run() async throws {
        let settings = try installation.atlas2("psql", "-qAtc", "SHOW fsync", "-c", "SHOW synchronous_commit").output
            .split(separator: "\n").joined(separator: ", ")
        report("appends; fsync, synchronous_commit: \(settings); \(Int(seconds)) s each")
        try await warm()
        try await idle()
        var best = 0.0
        for load in [Load.foreign, .users] {
            report("\(load.name)")
            for clients in [1, 64, 512] { best = max(best, try await clientsAgainstDirect(clients, load)) }
        }
        try await eventsourcing(best)
        try await bulk()
    }

    /// Bulk appends alone.
    func runBulk() async throws {
        try await warm()
        try await bulk()
    }

    private func bulk() async throws {
        for load in [Load.foreign, .opening, .users] { try await bulkAgainstCopy(load) }
    }

    /// Statistics come to a new database by themselves within a minute: give it them at once.
    private func warm() async throws {
        let scope = try await server.tenant()
        let log = EventLog(server.client(connections: 2))
        try await log.append(contentsOf: LoadSequence(.foreign, 50_000), as: scope)
        await log.database.close()
        try installation.atlas2("psql", "-qc", "VACUUM ANALYZE", "-c", "CHECKPOINT")
    }

    /// One client that has the log to itself, by turns through the log and directly.
    private func idle() async throws {
        let scope = try await server.tenant()
        let log = EventLog(server.client(connections: 1))
        let direct = DirectClient(database: server.client(connections: 1), scope: scope)
        var through: [Double] = []
        var directly: [Double] = []
        for number in 0..<1500 {
            let event = Load.foreign.event(client: 0, number: number)
            let start = ContinuousClock.now
            if number % 2 == 0 { try await log.append([event], as: scope) } else { try await direct.append(event) }
            let elapsed = (ContinuousClock.now - start) / .milliseconds(1)
            if number >= 100 { number % 2 == 0 ? through.append(elapsed) : directly.append(elapsed) }
        }
        report("one idle client, by turns, median")
        report("  EventLog                        \(number(median(through))) ms")
        report("  audit_append, own transaction   \(number(median(directly))) ms")
        report("  ratio                           \(number(median(through) / median(directly)))x   (1.2x or less)")
        await log.database.close()
        await direct.database.close()
    }

    private func clientsAgainstDirect(_ clients: Int, _ load: Load) async throws -> Double {
        let first = try await server.tenant()
        let log = EventLog(server.client(connections: 4))
        let through = try await bench.run(clients: clients, seconds: seconds) { client, number in
            try await log.append([load.event(client: client, number: number)], as: first)
        }
        await log.database.close()
        let second = try await server.tenant()
        let connections = min(clients, Self.connections)
        let direct = DirectClient(database: server.client(connections: connections), scope: second)
        let peer = try await bench.run(clients: clients, seconds: seconds) { client, number in
            try await direct.append(load.event(client: client, number: number))
        }
        await direct.database.close()
        let goal = [64: "   (12x or more)", 512: "   (25x or more)"][clients] ?? ""
        report("  \(clients) clients, one event an append")
        report("    EventLog                        \(through.line)")
        report("    audit_append, own transaction   \(peer.line)   \(connections) connections")
        report("    ratio                           \(number(through.perSecond / peer.perSecond))x\(goal)")
        return through.perSecond
    }

    /// The PyPI package `eventsourcing`, on the same server, in a database of its own.
    private func eventsourcing(_ best: Double) async throws {
        let script = root + "/Benchmarks/eventsourcing/run"
        let name = "bench_eventsourcing"
        try installation.atlas2("psql", "-qc", "CREATE DATABASE \(name)")
        let answer = try bench.run(
            script, ["save", server.folder, server.port, name, String(seconds)],
            environment: ["PYTHONDONTWRITEBYTECODE": "1"])
        guard answer.exitCode == 0 else {
            return report("eventsourcing: not measured: \(script) ended with \(answer.exitCode)")
        }
        report("PyPI eventsourcing 9.5.6, saving single events, events/s")
        var fastest = 0.0
        for line in answer.output.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            guard words.count == 2, let rate = Double(words[1]) else { continue }
            fastest = max(fastest, rate)
            report("  \(words[0]) threads                       \(Int(rate))")
        }
        report("  EventLog at its best, against the fastest   \(number(best / fastest))x   (15x or more)")
    }

    /// Bulk append against COPY of the same rows into a table with the same columns, checks and indexes, by turns.
    private func bulkAgainstCopy(_ load: Load) async throws {
        let count = 90_000
        let administrator = server.administrator()
        var appends: [Double] = []
        var copies: [Double] = []
        var appendCosts: [Double] = []
        var copyCosts: [Double] = []
        for _ in 0..<3 {
            let scope = try await server.tenant()
            let log = EventLog(server.client(connections: 1))
            try installation.atlas2("psql", "-qc", "CHECKPOINT")
            let process = try await log.database.session { try Self.backend($0) }
            var used = try await processorTime(of: process, administrator)
            var start = ContinuousClock.now
            try await log.append(contentsOf: LoadSequence(load, count), as: scope)
            appends.append(Double(count) / ((ContinuousClock.now - start) / .seconds(1)))
            appendCosts.append(try await processorTime(of: process, administrator) - used)
            await log.database.close()

            let rows = try await copyOut(scope, administrator)
            try await preparePeer(without: scope, administrator)
            try installation.atlas2("psql", "-qc", "CHECKPOINT")
            let copier = try await administrator.session { try Self.backend($0) }
            used = try await processorTime(of: copier, administrator)
            start = .now
            let copied = try await administrator.transaction(TransactionOptions(timeout: .none)) { session in
                try session.copyIn("COPY bench_peer FROM STDIN (FORMAT binary)") { writer in
                    for piece in rows { try writer.write(piece) }
                }
            }
            copies.append(Double(copied) / ((ContinuousClock.now - start) / .seconds(1)))
            copyCosts.append(try await processorTime(of: copier, administrator) - used)
        }
        await administrator.close()
        report("\(count) \(load.name), median of 3")
        report(
            "  EventLog.append(contentsOf:)    \(Int(median(appends))) events/s   from \(Int(appends.min() ?? 0)) to \(Int(appends.max() ?? 0))"
        )
        report(
            "  COPY of the same rows           \(Int(median(copies))) events/s   from \(Int(copies.min() ?? 0)) to \(Int(copies.max() ?? 0))"
        )
        report("  ratio                           \(number(median(appends) / median(copies)))x   (0.5x or more)")
        report("  the same by the server's time   \(number(median(copyCosts) / median(appendCosts)))x")
    }

    private static func backend(_ session: Session) throws -> Int32 {
        try session.first("SELECT pg_backend_pid()") { try $0.decode(0) } ?? 0
    }

    /// Seconds of a processor that a server process has used; other programs on the machine change little of it.
    private func processorTime(of process: Int32, _ administrator: Database) async throws -> Double {
        let stat = try await administrator.session { session in
            try session.first("SELECT pg_read_file('/proc/' || \(process) || '/stat')") {
                try $0.decode(0, as: String.self)
            }
        }
        // proc(5): fields 14 and 15 are ticks in the program and in the kernel; the second one may hold spaces.
        let fields = (stat ?? "").split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let program = Double(fields[11]), let kernel = Double(fields[12]) else { return 0 }
        return (program + kernel) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    private func copyOut(_ scope: Scope, _ administrator: Database) async throws -> [[UInt8]] {
        guard let tenant = scope.tenant else { return [] }
        return try await administrator.session(timeout: .none) { session in
            var rows: [[UInt8]] = []
            let query = "SELECT * FROM audit_logs WHERE tenant_id = '\(tenant.uuidString)' ORDER BY position"
            try session.copyOut("COPY (\(query)) TO STDOUT (FORMAT binary)") { rows.append(Array($0)) }
            return rows
        }
    }

    /// The table beside the log: partitioned, checked and indexed alike, and holding what the log held before.
    private func preparePeer(without scope: Scope, _ administrator: Database) async throws {
        guard let tenant = scope.tenant else { return }
        try await administrator.session(timeout: .none) { session in
            try session.script(
                """
                DROP TABLE IF EXISTS bench_peer;
                CREATE TABLE bench_peer (LIKE audit_logs INCLUDING ALL) PARTITION BY RANGE (recorded_at);
                CREATE TABLE bench_peer_all PARTITION OF bench_peer FOR VALUES FROM ('2000-01-01') TO ('2100-01-01');
                INSERT INTO bench_peer SELECT * FROM audit_logs WHERE tenant_id <> '\(tenant.uuidString)';
                """)
        }
    }
}
