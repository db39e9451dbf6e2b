import Foundation

/// `log export` of a whole log into a new folder, against the server's own COPY of the same rows into a file, by turns.
struct ExportBenchmark {
    let installation: Installation

    func run(events: Int) throws {
        let folder = NSTemporaryDirectory() + "atlas2-bench-export-\(ProcessInfo.processInfo.processIdentifier)"
        let file = folder + ".copy"
        defer {
            try? FileManager.default.removeItem(atPath: folder)
            try? FileManager.default.removeItem(atPath: file)
        }
        var (exports, copies): ([Finished], [Double]) = ([], [])
        for _ in 0..<3 {
            try? FileManager.default.removeItem(atPath: folder)
            exports.append(try installation.atlas2("log", "export", folder, "--with-personal", "--json"))
            copies.append(
                try installation.atlas2(
                    "psql", "-qc",
                    "\\copy (SELECT * FROM audit_logs ORDER BY tenant_id, position) TO '\(file)' (FORMAT binary)"
                ).seconds)
        }
        let (seconds, copy) = (median(exports.map(\.seconds)), median(copies))
        report("log export of \(events) events with personal parts, median of 3")
        report(
            "  atlas2 log export                     \(number(seconds)) s, \(Int(Double(events) / seconds)) events/s")
        report("  psql \\copy of the same rows           \(number(copy)) s")
        report("  ratio                                 \(number(copy / seconds))x")
        report("  peak memory of atlas2                 \((exports.map(\.peakMemory).max() ?? 0) / 1_000_000) MB")
    }
}
