/// How the bytes of a CSV file are to be read: its delimiter, quoting, encoding, where its table is, and what is too large.
///
/// Source: RFC 4180, and the variations that spreadsheets and databases write.
package struct Dialect: Sendable, Hashable {
    /// The character encoding of the file.
    package enum Encoding: String, Sendable, Hashable, CaseIterable {
        case utf8 = "utf-8"
        case latin1 = "iso-8859-1"
        case windows1252 = "windows-1252"
        case utf16LE = "utf-16le"
        case utf16BE = "utf-16be"

        /// The encoding by one of its usual names, such as `UTF8`, `latin1` or `cp1252`; nil for one that is not read.
        package init?(named name: String) {
            switch name.lowercased().replacing("_", with: "-") {
            case "utf-8", "utf8": self = .utf8
            case "iso-8859-1", "latin-1", "latin1": self = .latin1
            case "windows-1252", "cp1252", "cp-1252": self = .windows1252
            case "utf-16le", "utf16le", "utf-16-le": self = .utf16LE
            case "utf-16be", "utf16be", "utf-16-be": self = .utf16BE
            default: return nil
            }
        }

        package var isUTF16: Bool { self == .utf16LE || self == .utf16BE }
    }

    /// How a quote is written inside a quoted cell.
    package enum Escape: String, Sendable, Hashable, CaseIterable {
        /// `""` stands for `"`.
        case doubledQuote = "doubled_quote"
        /// `\"` stands for `"` and `\\` for `\`; before any other byte a backslash is text. A doubled quote is
        /// understood as well, since it could mean nothing else. Outside quoted cells a backslash is always text.
        case backslash
        /// A quote cannot be written inside a quoted cell: the second one ends it.
        case noEscape = "none"
    }

    /// What stands between two cells.
    package let delimiter: Delimiter
    /// The byte around quoted cells, or nil where nothing is quoted and quotes are text.
    package let quote: UInt8?
    package let escape: Escape
    package private(set) var encoding: Encoding
    /// Which part of the file is read.
    package private(set) var layout: Layout
    /// What each column holds, by which rows with too few or too many cells are repaired; empty where none is.
    package private(set) var columnKinds: [ColumnKind] = []
    /// They decide where a faulty record ends, and so the numbers of those behind it.
    package private(set) var limits = Limits()

    /// Whether records at the start of the table name the columns.
    package var hasHeader: Bool { layout.headerRows > 0 }

    /// Comma, double quote, doubled inside quoted cells, UTF-8, with a header.
    package static let rfc4180 = Dialect()

    private init() {
        delimiter = Delimiter(UInt8(ascii: ","))
        quote = UInt8(ascii: "\"")
        escape = .doubledQuote
        encoding = .utf8
        layout = Layout()
    }

    /// The same dialect with or without a header of one row.
    package func with(header: Bool) -> Dialect {
        var copy = self
        copy.layout.headerRows = header ? 1 : 0
        return copy
    }

    /// The same dialect in another encoding.
    func with(_ encoding: Encoding) -> Dialect {
        var copy = self
        copy.encoding = encoding
        return copy
    }

    /// The same dialect for columns that hold this.
    package func with(_ columnKinds: [ColumnKind]) -> Dialect {
        var copy = self
        copy.columnKinds = columnKinds
        return copy
    }

    /// The same dialect for another part of the file.
    package func with(_ layout: Layout) -> Dialect {
        var copy = self
        copy.layout = layout
        return copy
    }

    /// The same dialect with other limits.
    package func with(_ limits: Limits) -> Dialect {
        var copy = self
        copy.limits = limits
        return copy
    }

    /// A dialect whose parts can be told apart.
    ///
    /// Throws ``DialectError`` if a byte of the delimiter or the quote is not an ASCII byte that can do its work: line
    /// breaks, NUL, letters, digits and the backslash cannot, and the two must differ.
    package init(
        delimiter: Delimiter, quote: UInt8? = UInt8(ascii: "\""), escape: Escape = .doubledQuote,
        encoding: Encoding = .utf8, hasHeader: Bool = true
    ) throws(DialectError) {
        for byte in delimiter.bytes {
            guard Self.canMark(byte), byte != UInt8(ascii: "\"") else {
                throw DialectError(code: .unusableDelimiter, byte: byte)
            }
        }
        if let quote {
            guard Self.canMark(quote), !delimiter.contains(quote), quote != UInt8(ascii: "\t"),
                quote != UInt8(ascii: " ")
            else {
                throw DialectError(code: .unusableQuote, byte: quote)
            }
        }
        self.delimiter = delimiter
        self.quote = quote
        self.escape = escape
        self.encoding = encoding
        layout = Layout(headerRows: hasHeader ? 1 : 0)
    }

    /// A dialect whose delimiter is one byte, as for ``init(delimiter:quote:escape:encoding:hasHeader:)``.
    package init(
        delimiter: UInt8 = UInt8(ascii: ","), quote: UInt8? = UInt8(ascii: "\""), escape: Escape = .doubledQuote,
        encoding: Encoding = .utf8, hasHeader: Bool = true
    ) throws(DialectError) {
        try self.init(
            delimiter: Delimiter(delimiter), quote: quote, escape: escape, encoding: encoding, hasHeader: hasHeader)
    }

    /// Tab, space and ASCII punctuation other than the backslash.
    private static func canMark(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\t"): true
        case UInt8(ascii: "\\"): false
        case UInt8(ascii: "0")...UInt8(ascii: "9"): false
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): false
        default: (0x20..<0x7F).contains(byte)
        }
    }
}

/// Why a dialect cannot be.
package struct DialectError: Error, Sendable, Hashable, CustomStringConvertible {
    package struct Code: RawRepresentable, Sendable, Hashable {
        package let rawValue: String

        package init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// Choose another delimiter: tab, space or ASCII punctuation other than `"` and `\`.
        package static let unusableDelimiter = Code(rawValue: "unusable_delimiter")
        /// Choose another quote: ASCII punctuation other than the delimiter and `\`.
        package static let unusableQuote = Code(rawValue: "unusable_quote")
    }

    package let code: Code
    package let byte: UInt8

    package var description: String {
        let role = code == .unusableQuote ? "quote" : "delimiter"
        return "\(Dialect.describe(byte)) cannot be the \(role): use one ASCII punctuation mark"
            + (code == .unusableQuote ? " that differs from the delimiter" : " or two, a tab or a space")
    }
}
