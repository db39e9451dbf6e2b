/// A statement and the values bound to its parameters.
///
///     let sql: SQL = "SELECT name FROM users WHERE id = \(id) AND role = ANY(\(roles))"
///
/// Every interpolated value becomes `$1`, `$2`, … in binary, typed by its Swift type: a `String` is `text`, so other types
/// want a cast (`\(text)::inet`). Text enters the statement by name only: `raw:` as it is, `identifier:` quoted, and
/// `sql:` splices another statement with its values.
package struct SQL: Sendable {
    /// One bound value: its type, and where its bytes stand; no range is NULL.
    struct Parameter: Sendable {
        var type: ParameterType
        var range: Range<Int>?
    }

    enum ParameterType: Sendable {
        case known(PostgresType)
        /// An array of a composite type, known by name to the server only.
        case compositeArray(of: String)
    }

    /// The text between the parameters: one piece more than there are parameters.
    private(set) var pieces: [String]
    private(set) var parameters: [Parameter] = []
    private(set) var bytes: [UInt8] = []

    /// The most that the server takes in one message.
    static let byteLimit = 0x3FFF_FFFF

    /// A statement given as text, without values.
    package init(raw text: String) {
        pieces = [text]
    }

    /// The statement as the server sees it, with `$1` for the first value.
    package var text: String {
        var text = pieces[0]
        for (index, piece) in pieces.enumerated().dropFirst() { text += "$\(index)" + piece }
        return text
    }

    mutating func append(raw text: String) {
        pieces[pieces.count - 1] += text
    }

    mutating func append(_ value: some PostgresEncodable) {
        let start = bytes.count
        let isNull = !value.encode(into: &bytes)
        append(.known(type(of: value).postgresType), from: start, isNull: isNull)
    }

    mutating func append(_ value: borrowing CompositeArray) {
        let start = bytes.count
        value.encode(into: &bytes)
        append(.compositeArray(of: value.typeName), from: start, isNull: false)
    }

    mutating func append(_ other: SQL) {
        let shift = bytes.count
        bytes += other.bytes
        for parameter in other.parameters {
            let range = parameter.range.map { $0.lowerBound + shift..<$0.upperBound + shift }
            parameters.append(Parameter(type: parameter.type, range: range))
        }
        pieces[pieces.count - 1] += other.pieces[0]
        pieces += other.pieces.dropFirst()
    }

    private mutating func append(_ type: ParameterType, from start: Int, isNull: Bool) {
        parameters.append(Parameter(type: type, range: isNull ? nil : start..<bytes.count))
        pieces.append("")
    }

    /// `name` as a quoted identifier.
    package static func quoted(identifier name: String) -> String {
        var text = "\""
        for character in name.unicodeScalars {
            if character == "\"" { text.unicodeScalars.append("\"") }
            text.unicodeScalars.append(character)
        }
        return text + "\""
    }
}

extension SQL: ExpressibleByStringInterpolation {
    package init(stringLiteral value: String) {
        self.init(raw: value)
    }

    package init(stringInterpolation: StringInterpolation) {
        self = stringInterpolation.sql
    }

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var sql = SQL(raw: "")

        package init(literalCapacity: Int, interpolationCount: Int) {}

        package mutating func appendLiteral(_ literal: String) {
            sql.append(raw: literal)
        }

        /// Binds a value.
        package mutating func appendInterpolation(_ value: some PostgresEncodable) {
            sql.append(value)
        }

        /// Binds a value or NULL. Its own overload because the compiler warns of optionals passed to a generic one.
        package mutating func appendInterpolation(_ value: (some PostgresEncodable)?) {
            sql.append(value)
        }

        /// Binds an array of a composite type.
        package mutating func appendInterpolation(_ value: borrowing CompositeArray) {
            sql.append(value)
        }

        /// Text of the statement itself; never from a user.
        package mutating func appendInterpolation(raw text: String) {
            sql.append(raw: text)
        }

        /// A name, quoted.
        package mutating func appendInterpolation(identifier name: String) {
            sql.append(raw: SQL.quoted(identifier: name))
        }

        /// Another statement, with its values.
        package mutating func appendInterpolation(sql other: SQL) {
            sql.append(other)
        }
    }
}
