package import AuditLog
import CSV
package import Mapping

extension FileIntake {
    /// In which formats the whole file writes dates that are different days in several formats of the mapping.
    ///
    /// Reads the file once more, if the mapping has such dates.
    ///
    /// - Parameter source: how the file is read.
    /// - Throws: `Failure` if the file is not the one any more that came in, `FileError`, `MappingError`;
    ///   `CancellationError`.
    func dates(
        _ document: Document, fields: [Field]?, columns: [String], _ source: JobSource,
        _ tables: LookupTables = LookupTables()
    ) throws -> [DateDecision] {
        guard let survey = try DateSurvey(document, fields: fields, columns: columns, tables) else { return [] }
        var (reader, record) = (Reader(try source.dialect(), columns: columns.count), Record())
        func read() {
            while reader.next(into: &record) {
                if record.number > 0 { survey.add(record) }
            }
        }
        var chunks = try FileChunks(path: path)
        while let chunk = try chunks.next() {
            try Task.checkCancellation()
            reader.feed(chunk.bytes)
            read()
        }
        reader.finish()
        read()
        guard chunks.sha256.hexadecimal == fingerprint.sha256 else {
            throw Failure(.file, "\(path) changed while it was being read: run it again when it is at rest")
        }
        return survey.decisions
    }
}

extension JobDates {
    package init(_ decision: DateDecision) {
        func count(_ count: DateDecision.Count) -> Count { Count(count: count.count, firstRow: count.firstRow) }
        self.init(
            target: decision.target, formats: decision.formats, readAs: decision.readAs,
            evidence: decision.evidence.map {
                Evidence(
                    formats: [$0.first, $0.second], onlyFirst: count($0.onlyFirst), onlySecond: count($0.onlySecond),
                    both: count($0.both))
            })
    }

    /// The decision, which needs no evidence any more.
    var decision: DateDecision { DateDecision(target: target, formats: formats, readAs: readAs, evidence: []) }
}

extension Program {
    /// Compiles a mapping for a job's file, with what was decided of its dates when the job was made, and its lookup tables.
    package init(
        _ document: Document, fields: [Field]?, columns: [String], of source: JobSource,
        tables: LookupTables = LookupTables()
    ) throws(MappingError) {
        try self.init(
            document, fields: fields, columns: columns, dates: source.dates?.map(\.decision) ?? [], tables: tables)
    }
}
