import ArgumentParser
import CSV

/// How large the parts of a file may be; what a job takes from the settings.
struct LimitOptions: ParsableArguments {
    @Option(help: "Longest cell in bytes, as the setting of this name.")
    var maxCellBytes: Int?
    @Option(help: "Longest record in bytes, as the setting of this name.")
    var maxRecordBytes: Int?
    @Option(help: "Most cells of a record, as the setting of this name.")
    var maxColumns: Int?

    func validate() throws {
        for (name, value, largest) in [
            ("--max-cell-bytes", maxCellBytes, 1 << 26), ("--max-record-bytes", maxRecordBytes, 1 << 27),
            ("--max-columns", maxColumns, 1_000_000),
        ] {
            guard let value, !(1...largest).contains(value) else { continue }
            throw ValidationError("\(name) must be from 1 to \(largest)")
        }
    }

    var limits: Limits {
        var limits = Limits()
        if let maxCellBytes { limits.cellBytes = maxCellBytes }
        if let maxRecordBytes { limits.recordBytes = maxRecordBytes }
        if let maxColumns { limits.columns = maxColumns }
        return limits
    }
}
