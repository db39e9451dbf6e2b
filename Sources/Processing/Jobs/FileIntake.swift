import AuditLog
package import CSV
import Foundation
package import Mapping

/// A file on its way into a job: whether it may come in, and how it is to be read.
package struct FileIntake {
    let path: String
    let name: String
    let fingerprint: FileFingerprint
    let sample: [UInt8]
    private let end: FileEnd
    private let limits: Limits

    /// - Throws: `FileError` or `Failure` for a file that cannot come in: missing, empty, too large, of another type.
    package init(_ path: String, _ settings: Settings) throws {
        let url = URL(fileURLWithPath: path)
        self.path = url.path
        limits = settings.limits
        name = url.lastPathComponent
        fingerprint = try FileFingerprint(path: path, maxFileSize: settings.maxFileSize)
        let type = url.pathExtension.lowercased()
        guard settings.allowedFileTypes.contains(type) else {
            throw Failure(
                .file,
                "\(path): files of type \"\(type)\" are not allowed, only \(settings.allowedFileTypes.joined(separator: ", ")): rename it, or allow the type with atlas2 settings set allowed_file_types"
            )
        }
        var chunks = try FileChunks(path: path)
        sample = try chunks.next()?.bytes ?? []
        end = try OpenFile(path: path).end(of: fingerprint.size)
    }

    /// The columns that the file has when it is read for a mapping with this `source`.
    package func columns(_ fixed: Detection.Fixed, _ source: SourceOptions) throws -> [String] {
        try self.source(fixed.filled(from: Detection.Fixed(source)), columns: source.columns).columns
    }

    /// How the file is read, and its columns: what was given, and what its first MiB and its last 64 KiB say of the rest.
    ///
    /// - Parameter names: the columns' names, for a file without a header.
    func source(_ fixed: Detection.Fixed, columns names: [String]?) throws -> (source: JobSource, columns: [String]) {
        try source(detection(fixed), columns: names)
    }

    func source(_ detection: Detection, columns names: [String]?) throws -> (source: JobSource, columns: [String]) {
        let source = JobSource(detection)
        guard let names, !source.header else { return (source, detection.columnNames) }
        guard names.count == detection.columnNames.count else {
            throw Failure(
                .file,
                "\(path) has \(detection.columnNames.count) columns, and the mapping's source.columns names \(names.count):"
                    + " name each one")
        }
        return (source, names)
    }

    /// What the sample says of the file, besides what was given.
    func detection(_ fixed: Detection.Fixed) throws -> Detection {
        var fixed = fixed
        fixed.limits = limits
        do {
            return try Detection.detect(
                sample, isWholeFile: Int64(sample.count) == fingerprint.size, end: end, fixed: fixed)
        } catch {
            throw Failure(.file, "\(path): \(error)")
        }
    }
}

extension JobSource {
    init(_ detection: Detection) {
        let dialect = detection.dialect
        self.init(
            encoding: dialect.encoding.rawValue, delimiter: dialect.delimiter.text,
            quote: dialect.quote.map { String(UnicodeScalar($0)) }, escape: dialect.escape.rawValue,
            header: dialect.hasHeader,
            confidence: [
                "encoding": Int(detection.encoding.confidence * 100),
                "delimiter": Int(detection.delimiter.confidence * 100),
                "quote": Int(detection.quote.confidence * 100), "escape": Int(detection.escape.confidence * 100),
                "header": Int(detection.header.confidence * 100), "columns": Int(detection.columns.confidence * 100),
                "preamble_lines": Int(detection.preambleLines.confidence * 100),
                "header_rows": Int(detection.headerRows.confidence * 100),
                "footer_lines": Int(detection.footerLines.confidence * 100),
            ])
        keep(dialect.limits)
        let layout = dialect.layout
        if layout.preambleLines > 0 { preambleLines = layout.preambleLines }
        if layout.headerRows > 1 { headerRows = layout.headerRows }
        if let offset = layout.endOffset {
            footerLines = detection.footerLines.value
            endOffset = offset
        }
        if !dialect.columnKinds.isEmpty { columnKinds = dialect.columnKinds.map(\.name) }
    }

    /// The dialect that it describes.
    func dialect() throws -> Dialect {
        guard let delimiter = Delimiter(delimiter), let encoding = Dialect.Encoding(rawValue: encoding),
            let escape = Dialect.Escape(rawValue: escape)
        else { throw Failure(.value, "the job's file is read in a way that this version of Atlas2 does not know") }
        let layout = Layout(
            preambleLines: preambleLines ?? 0, headerRows: headerRows ?? (header ? 1 : 0), endOffset: endOffset)
        let kinds = (columnKinds ?? []).map(ColumnKind.init(named:))
        guard !kinds.contains(nil) else {
            throw Failure(.value, "the job's file has columns of a kind that this version of Atlas2 does not know")
        }
        return try Dialect(delimiter: delimiter, quote: quote?.utf8.first, escape: escape, encoding: encoding)
            .with(layout).with(kinds.compactMap { $0 }).with(limits)
    }
}
