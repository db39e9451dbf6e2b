package import CSV
package import Mapping

extension Detection.Fixed {
    /// What a mapping document says of its files.
    ///
    /// - Throws: `Failure` for what no file can be read by.
    package init(_ source: SourceOptions) throws {
        try self.init(
            delimiter: source.delimiter, quote: source.quote, escape: source.escape, encoding: source.encoding,
            header: source.hasHeader)
        preambleLines = source.preambleLines
        headerRows = source.headerRows
        footerLines = source.footerLines
    }

    /// The properties as people write them; nil leaves one to detection.
    ///
    /// - Parameters:
    ///   - delimiter: one character or two, or `tab`, `\t`, `space`, `comma`, `semicolon`, `pipe`.
    ///   - quote: one character, or `none`.
    ///   - escape: `double`, `doubled_quote`, `backslash` or `none`.
    ///   - encoding: `utf-8`, `iso-8859-1` (`latin1`), `windows-1252` (`cp1252`), `utf-16le` or `utf-16be`.
    package init(delimiter: String?, quote: String?, escape: String?, encoding: String?, header: Bool?) throws {
        self.init(header: header)
        if let delimiter { self.delimiter = try Self.delimiter(delimiter) }
        if let quote { self.quote = .some(quote.lowercased() == "none" ? nil : try Self.quote(quote)) }
        if let escape { self.escape = try Self.escape(escape) }
        if let encoding { self.encoding = try Self.encoding(encoding) }
    }

    private static func delimiter(_ text: String) throws -> Delimiter {
        switch text.lowercased() {
        case "tab", "\\t": return Delimiter(UInt8(ascii: "\t"))
        case "space": return Delimiter(UInt8(ascii: " "))
        case "comma": return Delimiter(UInt8(ascii: ","))
        case "semicolon": return Delimiter(UInt8(ascii: ";"))
        case "pipe": return Delimiter(UInt8(ascii: "|"))
        default:
            if let delimiter = Delimiter(text) { return delimiter }
            throw Failure(
                .value,
                "the delimiter \"\(text)\" must be one or two ASCII characters, or tab, space, comma, semicolon or pipe"
            )
        }
    }

    private static func quote(_ text: String) throws -> UInt8 {
        guard text.utf8.count == 1, let byte = text.utf8.first else {
            throw Failure(.value, "the quote \"\(text)\" must be one ASCII character, or none")
        }
        return byte
    }

    private static func escape(_ text: String) throws -> Dialect.Escape {
        switch text.lowercased() {
        case "double", "doubled_quote": return .doubledQuote
        case "backslash", "\\": return .backslash
        case "none": return .noEscape
        default: throw Failure(.value, "the escape \"\(text)\" must be double, backslash or none")
        }
    }

    private static func encoding(_ text: String) throws -> Dialect.Encoding {
        if let encoding = Dialect.Encoding(named: text) { return encoding }
        let known = Dialect.Encoding.allCases.map(\.rawValue).joined(separator: ", ")
        throw Failure(.value, "the encoding \"\(text)\" is not known: there are \(known)")
    }

    /// These properties, and of those left open the ones that `other` has.
    package func filled(from other: Self) -> Self {
        // What both say of the header may contradict, so it is taken from one of them.
        let header = header == nil && headerRows == nil ? other : self
        var filled = Self(
            encoding: encoding ?? other.encoding, delimiter: delimiter ?? other.delimiter, quote: quote ?? other.quote,
            escape: escape ?? other.escape, header: header.header,
            preambleLines: preambleLines ?? other.preambleLines, headerRows: header.headerRows,
            footerLines: footerLines ?? other.footerLines)
        filled.limits = limits
        return filled
    }
}
