import Foundation

/// `csv detect` of each file of a folder, the whole command.
struct DetectBenchmark {
    let installation: Installation
    let folder: String

    func run() throws {
        report("atlas2 csv detect, the whole command, median of 5, milliseconds   (150 or less)")
        for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        where name.hasSuffix(".csv") || name.hasSuffix(".dat") {
            let times = try (0..<5).map { _ in
                try installation.atlas2("csv", "detect", "\(folder)/\(name)", "--json").seconds
            }
            report("  \(name.padding(toLength: 30, withPad: " ", startingAt: 0))\(Int(median(times) * 1000))")
        }
    }
}
