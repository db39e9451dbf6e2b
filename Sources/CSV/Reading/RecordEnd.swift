/// How a record ends.
package enum RecordEnd: String, Sendable, Hashable, CaseIterable {
    case lf
    case crlf
    case cr
    /// More than one of these in the same file.
    case mixed

    /// The bytes that end a record in a file written this way; a mixed file goes on with CRLF (RFC 4180).
    package var bytes: [UInt8] {
        switch self {
        case .lf: [0x0A]
        case .cr: [0x0D]
        case .crlf, .mixed: [0x0D, 0x0A]
        }
    }
}

/// How many records ended in which way; empty lines and a last record without a line break do not count.
package struct RecordEnds: Sendable, Hashable {
    package var lf = 0
    package var crlf = 0
    package var cr = 0

    package init(lf: Int = 0, crlf: Int = 0, cr: Int = 0) {
        self.lf = lf
        self.crlf = crlf
        self.cr = cr
    }
}
