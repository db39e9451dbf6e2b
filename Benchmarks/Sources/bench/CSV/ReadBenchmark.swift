import CSV
import Foundation
import Glibc
import Mapping

/// Reading a file, and reading, mapping and checking it, against DuckDB with one thread; each in a process that has started.
struct ReadBenchmark {
    let peers: String
    let folder: String
    let rows: Int

    /// - Parameters:
    ///   - root: the project's folder.
    ///   - folder: a folder for files, which is there.
    init(root: String, folder: String, rows: Int) {
        peers = root + "/Benchmarks/csv/run"
        self.folder = folder
        self.rows = rows
    }

    func run() throws {
        let file = folder + "/read.csv"
        try Sheet.write(rows: rows, to: file)
        var (reads, maps): ([Double], [Double]) = ([], [])
        for _ in 0..<3 {
            reads.append(try seconds { try read(file) })
            maps.append(try seconds { try map(file, to: folder + "/atlas2.jsonl") })
        }
        report("\(rows) rows x 7 columns, one thread, median of 3")
        try compare("read", "every cell read", reads, [file], goal: 2)
        try compare(
            "transform", "read, mapped, checked, as JSON lines", maps, [file, folder + "/duckdb.jsonl"], goal: 1)
        let (lines, peer) = (try size(folder + "/atlas2.jsonl"), try size(folder + "/duckdb.jsonl"))
        report("  bytes of JSON                   \(lines), DuckDB \(peer)")
    }

    private func compare(_ script: String, _ what: String, _ own: [Double], _ arguments: [String], goal: Int) throws {
        let answer = try bench.run(peers, [script] + arguments)
        guard answer.exitCode == 0 else { throw BenchmarkError("\(peers) \(script) ended with \(answer.exitCode)") }
        let peer = answer.output.split(separator: "\n").prefix(3).compactMap { Double($0) }
        guard peer.count == 3 else { throw BenchmarkError("\(script) printed \(answer.output)") }
        report("  \(what)")
        report("    Atlas2                        \(number(median(own))) s")
        report("    DuckDB 2.0.1                  \(number(median(peer))) s")
        report("    ratio                         \(number(median(peer) / median(own)))x   (\(goal)x or more)")
    }

    private func read(_ file: String) throws {
        var cells = 0
        try forEachRecord(of: file) { cells += $0.count }
        guard cells == rows * Sheet.columns.count else { throw BenchmarkError("\(cells) cells were read") }
    }

    private func map(_ file: String, to path: String) throws {
        let program = try Program(Document(parsing: Sheet.mapping, file: "bench.yaml"), columns: Sheet.columns)
        let (evaluator, template) = (Evaluator(program), OutputTemplate(fields: program.targets))
        guard let output = fopen(path, "w") else { throw BenchmarkError("\(path) cannot be written") }
        defer { fclose(output) }
        var (line, row, accepted): ([UInt8], [UInt8], Int) = ([], [], 0)
        try forEachRecord(of: file) { record in
            row.removeAll(keepingCapacity: true)
            guard case .accepted = evaluator.evaluate(record, into: &row) else { return }
            accepted += 1
            line.removeAll(keepingCapacity: true)
            evaluator.appendObject(template, to: &line)
            line.append(0x0A)
            fwrite(line, 1, line.count, output)
        }
        guard accepted == rows else { throw BenchmarkError("\(accepted) rows were accepted") }
    }

    private func forEachRecord(of file: String, _ body: (borrowing Record) -> Void) throws {
        let descriptor = open(file, O_RDONLY)
        guard descriptor >= 0 else { throw BenchmarkError("\(file) cannot be read") }
        defer { close(descriptor) }
        var (reader, record) = (Reader(.rfc4180, columns: Sheet.columns.count), Record())
        while true {
            let piece = [UInt8](unsafeUninitializedCapacity: 1 << 18) { buffer, count in
                count = max(0, Glibc.read(descriptor, buffer.baseAddress, buffer.count))
            }
            if piece.isEmpty { reader.finish() } else { reader.feed(piece) }
            while reader.next(into: &record) {
                guard record.number > 0 else { continue }
                guard record.fault == nil else { throw BenchmarkError("row \(record.number) cannot be read") }
                body(record)
            }
            if piece.isEmpty { return }
        }
    }

    private func size(_ path: String) throws -> Int {
        (try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    }
}

/// How long something takes, in seconds.
func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try body()
    let elapsed = (ContinuousClock.now - start).components
    return Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18
}
