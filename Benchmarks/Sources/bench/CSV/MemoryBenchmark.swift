import Foundation

/// The main job with a file of 3 GB against one of 30 MB: memory, and time for each row.
struct MemoryBenchmark {
    let installation: Installation
    /// A folder for files, which is there.
    let folder: String

    private static let bytesPerRow = 113

    func run() throws {
        let mapping = folder + "/memory.yaml"
        try Sheet.mapping.write(toFile: mapping, atomically: true, encoding: .utf8)
        try installation.atlas2("settings", "set", "max_file_size", "10000000000")
        var perRow: [Double] = []
        for (bytes, times) in [(30_000_000, 5), (3_000_000_000, 1)] {
            let rows = bytes / Self.bytesPerRow
            let file = folder + "/memory.csv"
            try Sheet.write(rows: rows, to: file)
            var runs: [Finished] = []
            for _ in 0..<times {
                try installation.atlas2("psql", "-qc", "CHECKPOINT")
                runs.append(try installation.atlas2("run", file, "--mapping", mapping, "--again", "--json"))
            }
            let seconds = median(runs.map(\.seconds))
            let memory = runs.map(\.peakMemory).max() ?? 0
            report("atlas2 run, \(bytes / 1_000_000) MB, \(rows) rows, median of \(times)")
            report("  time                            \(number(seconds)) s, \(Int(Double(rows) / seconds)) rows/s")
            report("  peak memory                     \(memory / 1_000_000) MB   (150 MB or less)")
            perRow.append(seconds / Double(rows))
        }
        report("time of a row, large to small     \(number(perRow[1] / perRow[0]))x   (1.1x or less)")
    }
}
