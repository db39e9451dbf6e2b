extension Fault: CustomStringConvertible {
    /// One sentence: what is wrong, where, and what to do.
    package var message: String {
        "\(place): \(problem)"
    }

    package var description: String {
        "\(code.rawValue): \(message)"
    }

    private var place: String {
        let whole = record == 0 ? "header, line \(line)" : "record \(record), line \(line)"
        return cell.map { "\(whole), cell \($0)" } ?? whole
    }

    private var problem: String {
        switch code {
        case .wrongCellCount:
            let found = found ?? 0
            let expected = expected ?? 0
            let advice =
                found < expected
                ? "add the missing cells, or look for a line break that should be quoted"
                : "remove the extra cells, or quote the cells that contain the delimiter"
            let verb = expected == 1 ? "is" : "are"
            return "has \(Self.count(found, "cell")) where \(expected) \(verb) expected; \(advice)"
        case .repairedCells:
            let (found, expected) = (found ?? 0, expected ?? 0)
            return
                "has \(Self.count(found, "cell")) where \(expected) are expected, and was read in the only way in which"
                + " they fit the columns, "
                + (found > expected
                    ? "with cells joined; quote the cells that contain the delimiter"
                    : "with cells left empty; add the missing cells")
        case .unclosedQuote:
            return "the quote opened here (byte \(offset)) is never closed; close it, or double it if it is text"
        case .strayQuote:
            return "text follows the closing quote (byte \(offset)); double the quotes that are text,"
                + " or remove what stands between the closing quote and the delimiter"
        case .nulByte:
            return "holds a NUL byte (byte \(offset)); remove it, or export the file as text again"
        case .invalidEncoding:
            guard let byte else {
                return "the UTF-16 code unit at byte \(offset) is half a character; name the file's true encoding,"
                    + " or correct the character"
            }
            return
                "\(Dialect.hexadecimal(byte)) (byte \(offset)) has no meaning in this encoding; name the file's true encoding,"
                + " or correct the character"
        case .cellTooLong:
            return "the cell that starts here (byte \(offset)) exceeds \(Self.count(expected ?? 0, "byte"));"
                + " close its quote if one was left open, or raise max_cell_bytes"
        case .recordTooLong:
            return
                "the record exceeds \(Self.count(expected ?? 0, "byte")); check the line breaks, or raise max_record_bytes"
        case .tooManyColumns:
            return "has \(Self.count(found ?? 0, "cell")) where at most \(expected ?? 0) are allowed;"
                + " check the delimiter and the line breaks, or raise max_columns"
        case .unsupportedEncoding:
            return "the file starts with the byte order mark of another encoding; leave the encoding to be found out"
        default:
            return code.rawValue
        }
    }

    private static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }
}
