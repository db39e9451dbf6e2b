package import AuditLog
package import CSV

/// Writes rejected rows as a file to correct: the job's own cells in the job's own dialect and encoding, and in front of them
/// which row it is, which fields were refused and why.
///
/// What is read back by ``dialect`` are the same cells. A job whose file quotes nothing, or cannot escape a quote, gets a file
/// with quotes that are doubled inside quoted cells.
package struct CorrectionWriter {
    /// The columns in front of the job's own.
    package static let columns = ["_row", "_field", "_error"]

    /// How the file is to be read.
    package let dialect: Dialect
    private var writer: Writer

    /// - Parameter source: how the job's file is read.
    package init(_ source: JobSource) throws {
        dialect = try source.dialect().escapingQuotes()
        writer = Writer(dialect)
    }

    /// The line that names the columns.
    package mutating func header(_ columns: [String]) throws -> [UInt8] {
        try line(Self.columns + columns)
    }

    /// A row with its reasons, joined by `; `.
    package mutating func line(_ row: Int, _ rejected: JobResults.Rejected) throws -> [UInt8] {
        var fields: [String] = []
        for case let field? in rejected.errors.map(\.field) where !fields.contains(field) { fields.append(field) }
        var reasons = rejected.errors.map { reason in (reason.field.map { "\($0): " } ?? "") + reason.message }
        if rejected.isIncomplete {
            reasons.append("only the part of the row that was read stands here: complete it from the source")
        }
        return try line(
            [String(row), fields.joined(separator: "; "), reasons.joined(separator: "; ")] + rejected.cells)
    }

    /// Where the encoding lacks a character (one of a reason, or what stands for unreadable bytes), `?` takes its place.
    private mutating func line(_ cells: [String]) throws -> [UInt8] {
        do {
            try writer.write(cells)
        } catch {
            guard error.code == .unencodable else { throw error }
            try writer.write(cells.map { $0.encodable(in: dialect) })
        }
        return writer.take()
    }
}

extension JobResults.Rejected {
    /// Whether the cells are not all that the row held, because it was longer or wider than what is read.
    var isIncomplete: Bool {
        let codes: [Fault.Code] = [.cellTooLong, .recordTooLong, .tooManyColumns]
        return errors.contains { error in error.rule == "csv" && codes.contains { $0.rawValue == error.code } }
    }
}

extension Dialect {
    /// The dialect in which every cell can be written: with a quote, and a way to write it inside quoted cells.
    fileprivate func escapingQuotes() throws -> Dialect {
        let escape: Escape = quote == nil || escape == .noEscape ? .doubledQuote : escape
        return try Dialect(
            delimiter: delimiter, quote: quote ?? UInt8(ascii: "\""), escape: escape, encoding: encoding)
    }
}

extension String {
    func encodable(in dialect: Dialect) -> String {
        String(String.UnicodeScalarView(unicodeScalars.map { dialect.encodes($0) ? $0 : "?" }))
    }
}
