/// Bytes of a text while a row is being evaluated; they live in the record, the program's constants or the workspace.
typealias Bytes = UnsafeBufferPointer<UInt8>

/// What an expression yields for one row.
///
/// A text is never empty: an empty text is `null`, everywhere.
enum Value {
    case null
    case text(Bytes)
    case number(ExactDecimal)
    case boolean(Bool)
    case date(CalendarDate)
    case datetime(Datetime)
    /// An object or array in canonical form, see `JSONText`.
    case json(Bytes)
    /// The step failed; the workspace says how.
    case failed

    var isNull: Bool {
        if case .null = self { return true }
        return false
    }

    var isFailed: Bool {
        if case .failed = self { return true }
        return false
    }

    @inline(__always)
    static func blankable(_ bytes: Bytes) -> Value {
        bytes.isEmpty ? .null : .text(bytes)
    }

    @inline(__always)
    static func blankable(_ start: UnsafeMutablePointer<UInt8>, count: Int) -> Value {
        count == 0 ? .null : .text(Bytes(start: start, count: count))
    }
}

/// A value written in the mapping itself.
package enum Constant: Sendable, Equatable {
    case null
    case text([UInt8])
    case number(ExactDecimal)
    case boolean(Bool)
    case date(CalendarDate)
    case datetime(Datetime)

    package var type: ValueType {
        switch self {
        case .null: .null
        case .text: .text
        case .number(let number): number.scale == 0 ? .integer : .decimal
        case .boolean: .boolean
        case .date: .date
        case .datetime: .datetime
        }
    }

    /// A text, or null when it is empty.
    static func text(of string: String) -> Constant {
        string.isEmpty ? .null : .text(Array(string.utf8))
    }

    /// The canonical text: what the value reads as in a text field.
    package var bytes: [UInt8] {
        switch self {
        case .null: []
        case .text(let bytes): bytes
        case .number(let number): Array(number.description.utf8)
        case .boolean(let boolean): Array((boolean ? "true" : "false").utf8)
        case .date(let date): Array(date.description.utf8)
        case .datetime(let datetime): Array(datetime.description.utf8)
        }
    }
}
