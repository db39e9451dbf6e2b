import AuditLog
package import CSV
package import Mapping

/// The beginning of a file as a job would read it: its columns, and the records that its first MiB holds whole.
package struct SampledTable: Sendable {
    /// As it was found out from the file, or given.
    package let columns: [String]
    package let delimiter: String
    package let encoding: String
    package let hasHeader: Bool
    /// Spellings of missing values, of which detection thinks that they are.
    package let nulls: [String]
    private let source: JobSource
    private let dialect: Dialect
    private let intake: FileIntake

    /// - Throws: `FileError` or `Failure` for a file that no job would take, whatever its size.
    package init(_ path: String, _ fixed: Detection.Fixed, _ options: SourceOptions = SourceOptions()) throws {
        let intake = try FileIntake(path, Settings(["max_file_size": .integer(.max)]))
        let detection = try intake.detection(fixed.filled(from: Detection.Fixed(options)))
        let (source, columns) = try intake.source(detection, columns: options.columns)
        self.columns = columns
        delimiter = source.delimiter
        encoding = source.encoding
        hasHeader = source.header
        nulls = detection.nulls.value
        self.source = source
        dialect = try source.dialect()
        self.intake = intake
    }

    /// In which formats the whole file writes dates that are different days in several formats of the mapping.
    ///
    /// - Throws: `Failure` or `FileError` if the file is not the one any more, `MappingError`.
    package func dates(_ document: Document, fields: [Field]?, _ tables: LookupTables) throws -> [DateDecision] {
        try intake.dates(document, fields: fields, columns: columns, source, tables)
    }

    /// Gives every record of the sample to `body`, also those with a fault; none of the header.
    package func forEachRecord(_ body: (borrowing Record) throws -> Void) rethrows {
        var reader = Reader(dialect, columns: columns.count)
        var record = Record()
        reader.feed(intake.sample)
        // The last record of a part of the file may go on behind it.
        if Int64(intake.sample.count) == intake.fingerprint.size { reader.finish() }
        while reader.next(into: &record) {
            if record.number > 0 { try body(record) }
        }
    }
}
