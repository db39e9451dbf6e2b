import AuditLog
package import CSV

extension JobSource {
    /// What every job had before there were settings for it; a source that says nothing means these.
    private static let usual = Limits(cellBytes: 1_048_576, recordBytes: 16_777_216, columns: 10_000)

    var limits: Limits {
        Limits(
            cellBytes: maxCellBytes ?? Self.usual.cellBytes, recordBytes: maxRecordBytes ?? Self.usual.recordBytes,
            columns: maxColumns ?? Self.usual.columns)
    }

    mutating func keep(_ limits: Limits) {
        let usual = Self.usual
        maxCellBytes = limits.cellBytes == usual.cellBytes ? nil : limits.cellBytes
        maxRecordBytes = limits.recordBytes == usual.recordBytes ? nil : limits.recordBytes
        maxColumns = limits.columns == usual.columns ? nil : limits.columns
    }
}

extension Settings {
    /// What is too large in a file.
    package var limits: Limits {
        Limits(cellBytes: maxCellBytes, recordBytes: maxRecordBytes, columns: maxColumns)
    }
}
