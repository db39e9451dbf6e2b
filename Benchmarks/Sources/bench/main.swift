import Foundation
import Glibc

// Prints ratios to a peer measured in the same run, each beside its limit; judges nothing. What there is to run:
//   bench                         everything
//   bench ROWS                    a run of a file, replay and verification
//   bench load [ROWS]             the same, against pgloader and dlt, too; bench csv [ROWS]: reading and mapping
//                                 against DuckDB; bench detect FOLDER: csv detect; bench memory: a file of 3 GB
//   bench append [SECONDS]        appends; bench bulk: bulk appends alone
//   bench verify|export|prove     log verify, log export, proofs of events: of 100,000 and 1,000,000 events
//   bench projections             rebuilds from 100,000 and 1,000,000 events, verification, inline and asynchronous folds
//   bench projections EVENTS      rebuilds from 100,000 and EVENTS events
let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path
let arguments = Array(CommandLine.arguments.dropFirst())
let argument = arguments.dropFirst().first.flatMap { Double($0) }

do {
    switch arguments.first {
    case nil:
        try await runSheet(rows: 1_000_000, withPeers: true)
        try inFolder { try ReadBenchmark(root: root, folder: $0, rows: 1_000_000).run() }
        try await runAppends(seconds: 8)
        try await runLog(LogBenchmarks.Measure.allCases)
        try await runProjections()
    case "load": try await runSheet(rows: argument.map { Int($0) } ?? 1_000_000, withPeers: true)
    case "csv":
        try inFolder { try ReadBenchmark(root: root, folder: $0, rows: argument.map { Int($0) } ?? 1_000_000).run() }
    case "memory":
        let installation = try Installation(root: root)
        try await installation.running {
            try inFolder { try MemoryBenchmark(installation: installation, folder: $0).run() }
        }
    case "detect":
        guard arguments.count == 2 else { throw BenchmarkError("bench detect FOLDER: a folder of CSV files") }
        try DetectBenchmark(installation: Installation(root: root), folder: arguments[1]).run()
    case "append": try await runAppends(seconds: argument ?? 8)
    case "bulk":
        let installation = try Installation(root: root)
        try await installation.running { try await AppendBenchmark(installation, root: root, seconds: 0).runBulk() }
    case "projections": try await runProjections(events: argument.map { Int($0) })
    case let name?:
        if let measure = LogBenchmarks.Measure(rawValue: name) {
            try await runLog([measure])
        } else if let rows = Int(name) {
            try await runSheet(rows: rows)
        } else {
            throw BenchmarkError("there is no benchmark \"\(name)\": Benchmarks/Sources/bench/main.swift names them")
        }
    }
} catch {
    FileHandle.standardError.write(Data("bench: \(error)\n".utf8))
    exit(1)
}

func runSheet(rows: Int, withPeers: Bool = false) async throws {
    let installation = try Installation(root: root)
    try await installation.running {
        try inFolder { folder in
            try LoadBenchmark(installation: installation, root: root, folder: folder, rows: rows)
                .run(withPeers: withPeers)
        }
        try replayAndVerify(installation, users: 100_000)
    }
}

/// Gives `body` a folder of its own, which is gone afterwards.
func inFolder(_ body: (String) throws -> Void) throws {
    let folder = NSTemporaryDirectory() + "atlas2-bench-files-\(ProcessInfo.processInfo.processIdentifier)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
}

func runAppends(seconds: Double) async throws {
    let installation = try Installation(root: root)
    try await installation.running {
        try await AppendBenchmark(installation, root: root, seconds: seconds).run()
    }
}

func runLog(_ measures: [LogBenchmarks.Measure]) async throws {
    let installation = try Installation(root: root)
    try await installation.running { try await LogBenchmarks(installation: installation).run(measures) }
}

func runProjections(events: Int? = nil) async throws {
    let installation = try Installation(root: root, projections: root + "/Benchmarks/projections")
    try await installation.running {
        try await ProjectionBenchmarks(installation, root: root, seconds: 5)
            .run(sizes: [100_000, events ?? 1_000_000], isGrowthOnly: events != nil)
    }
}

/// Rebuild of all projections and verification of the log, over a log of many small events.
func replayAndVerify(_ installation: Installation, users: Int) throws {
    let append = """
        SET atlas2.role = 'system';
        SELECT set_config('atlas2.tenant_id', (SELECT tenant_id::text FROM audit_log_heads LIMIT 1), false);
        SELECT count(*) FROM generate_series(0, \(users) - 1, 500) b, LATERAL audit_append(
            current_setting('atlas2.tenant_id')::uuid, ARRAY(
                SELECT ROW(n, gen_random_uuid(), 'user', md5(n::text)::uuid, NULL, k.type, 1, NULL, NULL, NULL,
                           k.payload::json, k.personal::json, NULL, NULL)::audit_append_event
                FROM generate_series(b, b + 499) n
                CROSS JOIN LATERAL (VALUES
                    (1, 'user.created', '{"role":"user"}', '{"email":"u' || n || '@example.com","name":"User ' || n || '"}'),
                    (2, 'user.role_changed', '{"role":"auditor"}', NULL),
                    (3, 'user.deactivated', '{}', NULL)) k (place, type, payload, personal)
                ORDER BY n, k.place)) a;
        """
    let appended = try installation.atlas2("psql", "-qAtc", append).seconds
    let events = Double(users * 3)
    report("\(users * 3) further events")
    report("  appended by SQL, 1,500 a call, inline projections on   \(Int(events / appended)) events/s")
    let size =
        Double(
            try installation.atlas2("psql", "-qAtc", "SELECT sum(size) FROM audit_log_heads").output
                .trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
    let rebuild = try installation.atlas2("projections", "rebuild").seconds
    report("  projections rebuild, all of them                      \(Int(size / rebuild)) events/s")
    let compare = try installation.atlas2("projections", "verify", "--json").seconds
    report("  projections verify, all of them                       \(Int(size / compare)) events/s")
    let verify = try installation.atlas2("log", "verify", "--json").seconds
    report("  log verify                                            \(Int(size / verify)) events/s")
}

/// Prints a line at once, also into a file.
func report(_ line: String) {
    print(line)
    fflush(nil)
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

func number(_ value: Double) -> String { String((value * 100).rounded() / 100) }
