import Foundation

/// The main job against programs that load a file into a table of the same server: psql, pgloader, dlt. None of them checks
/// rows, keeps the file or writes a log.
struct LoadBenchmark {
    let installation: Installation
    let root: String
    /// A folder for files, which is there.
    let folder: String
    let rows: Int

    private var file: String { folder + "/load.csv" }

    func run(withPeers: Bool) throws {
        let mapping = folder + "/load.yaml"
        try Sheet.write(rows: rows, to: file)
        try Sheet.mapping.write(toFile: mapping, atomically: true, encoding: .utf8)
        let size = (try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int) ?? 0
        try installation.atlas2("settings", "set", "max_file_size", "10000000000")
        try installation.atlas2(
            "psql", "-qc", "CREATE TABLE plain (a text, b text, c text, d text, e text, f text, g text)")
        var copies: [Double] = []
        var runs: [Finished] = []
        for _ in 0..<3 {
            try installation.atlas2("psql", "-qc", "TRUNCATE plain", "-c", "CHECKPOINT")
            copies.append(
                try installation.atlas2("psql", "-qc", "\\copy plain from '\(file)' with (format csv, header)").seconds)
            try installation.atlas2("psql", "-qc", "CHECKPOINT")
            runs.append(try installation.atlas2("run", file, "--mapping", mapping, "--again", "--json"))
        }
        let seconds = median(runs.map(\.seconds))
        let memory = runs.map(\.peakMemory).max() ?? 0
        report("\(rows) rows x 7 columns, \(size / 1_000_000) MB, median of 3")
        report("  atlas2 run                      \(number(seconds)) s")
        report("  its own processor time          \(number(median(runs.map(\.processorSeconds)))) s")
        report("  peak memory of atlas2           \(memory / 1_000_000) MB   (150 MB or less)")
        compare("psql \\copy into a plain table", median(copies), with: seconds, goal: 1)
        guard withPeers else { return }
        compare("pgloader into a plain table", try pgloader(), with: seconds, goal: 15)
        compare("dlt 1.31.0, filesystem, read_csv", try dlt(), with: seconds, goal: 25)
    }

    private func compare(_ peer: String, _ peerSeconds: Double, with seconds: Double, goal: Int) {
        report("  \(peer.padding(toLength: 32, withPad: " ", startingAt: 0))\(number(peerSeconds)) s")
        report("  ratio                           \(number(peerSeconds / seconds))x   (\(goal)x or more)")
    }

    private func pgloader() throws -> Double {
        let server = try Server(installation)
        let commands = folder + "/load.pgloader"
        try """
        LOAD CSV FROM '\(file)' HAVING FIELDS (a, b, c, d, e, f, g)
            INTO postgresql://postgres@unix:\(server.folder):\(server.port)/\(server.database)
            TARGET TABLE plain TARGET COLUMNS (a, b, c, d, e, f, g)
            WITH truncate, skip header = 1, fields optionally enclosed by '"', fields escaped by double-quote,
                 fields terminated by ',';
        """.write(toFile: commands, atomically: true, encoding: .utf8)
        let loaded = try bench.run("pgloader", ["--quiet", commands])
        guard loaded.exitCode == 0, try isLoaded("plain") else {
            throw BenchmarkError("pgloader ended with \(loaded.exitCode): \(loaded.output)")
        }
        return loaded.seconds
    }

    private func dlt() throws -> Double {
        let server = try Server(installation)
        let loaded = try bench.run(
            root + "/Benchmarks/csv/run",
            ["load", folder, "load.csv", server.folder, server.port, server.database])
        guard loaded.exitCode == 0, let seconds = Double(loaded.output.split(separator: "\n").last ?? ""),
            try isLoaded("dlt_peer.sheet")
        else {
            throw BenchmarkError("dlt ended with \(loaded.exitCode): \(loaded.output)")
        }
        return seconds
    }

    private func isLoaded(_ table: String) throws -> Bool {
        try installation.atlas2("psql", "-qAtc", "SELECT count(*) = \(rows) FROM \(table)").output == "t\n"
    }
}
