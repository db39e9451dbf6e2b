/// One row of a result chunk.
package struct ResultRow: Sendable, Hashable {
    package enum Result: Sendable, Hashable {
        /// The row's values, as JSON, by position; with an object that holds `line` and `errors` where a value was refused
        /// and left blank.
        case accepted([ArraySlice<UInt8>], warnings: ArraySlice<UInt8>?)
        /// The object with `line`, `cells` and `errors`, as JSON.
        case rejected(ArraySlice<UInt8>)
        /// The object with `line`, `field` and `rule`, as JSON: the mapping leaves the row out.
        case skipped(ArraySlice<UInt8>)
        /// `null`: nothing is left of the row.
        case erased
    }

    package let number: Int
    package let result: Result
    /// The object with `line` and `cells`, as JSON, that a row was fixed with which is not rejected.
    package let fixed: ArraySlice<UInt8>?
    /// The row as it stands in the body: what its leaf hashes.
    package let bytes: ArraySlice<UInt8>
}

/// Reads the body of a result chunk back, row by row.
///
/// Only what ``ResultChunkWriter`` writes, and what an erasure leaves of it, is accepted: the outer parts byte for byte, each row as a JSON value (RFC 8259)
/// with one value per field if it is an array.
package struct ResultChunkReader: Sendable {
    /// The target fields, in the order of a row's values.
    package let fields: [String]
    private var scanner: JSONScanner
    private let firstRow: Int
    private var count = 0
    private var isAtEnd = false
    private var hasErased = false
    private var fixed: ArraySlice<UInt8>?

    /// - Parameter firstRow: Number of the first row: the event's `first_row`.
    package init(_ body: [UInt8], firstRow: Int) throws(ResultChunkError) {
        var scanner = try JSONScanner(body)
        try scanner.expect(#"{"fields":["#)
        var fields: [String] = []
        if !scanner.skip("]") {
            repeat { fields.append(try scanner.string()) } while scanner.skip(",")
            try scanner.expect("]")
        }
        try scanner.expect(#","rows":["#)
        self.scanner = scanner
        self.fields = fields
        self.firstRow = firstRow
    }

    /// The next row; nil after the last one, once the body's end has been checked.
    package mutating func next() throws(ResultChunkError) -> ResultRow? {
        if isAtEnd { return nil }
        if scanner.skip("]") {
            try end()
            isAtEnd = true
            return nil
        }
        if count > 0 { try scanner.expect(",") }
        let start = scanner.offset
        let result = try wrappedResult()
        defer { count += 1 }
        return ResultRow(
            number: firstRow + count, result: result, fixed: fixed, bytes: scanner.bytes[start..<scanner.offset])
    }

    /// Checks what stands behind the rows: of a redacted chunk, what opens those that are left.
    private mutating func end() throws(ResultChunkError) {
        if scanner.skip(text: #","opening":["#) {
            let start = scanner.offset
            var words = 0
            repeat {
                try scanner.skipString()
                words += 1
            } while scanner.skip(",")
            guard words == count else {
                throw ResultChunkError(offset: start, "\(words) of \(count) rows are opened")
            }
            try scanner.expect("]")
        } else if hasErased {
            throw scanner.failure("a row is null, and nothing opens the others")
        }
        try scanner.expect("}")
        try scanner.expectEnd()
    }

    private mutating func wrappedResult() throws(ResultChunkError) -> ResultRow.Result {
        fixed = nil
        guard scanner.skip(text: #"{"fixed":"#) else { return try result() }
        let begin = scanner.offset
        try scanner.value()
        fixed = scanner.bytes[begin..<scanner.offset]
        try scanner.expect(#","result":"#)
        let result = try result()
        try scanner.expect("}")
        return result
    }

    private mutating func result() throws(ResultChunkError) -> ResultRow.Result {
        let start = scanner.offset
        if scanner.skip(text: "null") {
            hasErased = true
            return .erased
        }
        if scanner.peek() == UInt8(ascii: "[") { return .accepted(try values(), warnings: nil) }
        if scanner.skip(text: #"{"values":"#) {
            let values = try self.values()
            try scanner.expect(#","warnings":"#)
            let begin = scanner.offset
            try scanner.value()
            let warnings = scanner.bytes[begin..<scanner.offset]
            try scanner.expect("}")
            return .accepted(values, warnings: warnings)
        }
        if scanner.skip(text: #"{"skipped":"#) {
            let begin = scanner.offset
            try scanner.value()
            let skipped = scanner.bytes[begin..<scanner.offset]
            try scanner.expect("}")
            return .skipped(skipped)
        }
        guard scanner.peek() == UInt8(ascii: "{") else {
            throw scanner.failure("a row must be an array or an object")
        }
        try scanner.value()
        return .rejected(scanner.bytes[start..<scanner.offset])
    }

    private mutating func values() throws(ResultChunkError) -> [ArraySlice<UInt8>] {
        let start = scanner.offset
        try scanner.expect("[")
        var values: [ArraySlice<UInt8>] = []
        values.reserveCapacity(fields.count)
        if !scanner.skip("]") {
            repeat {
                let begin = scanner.offset
                try scanner.value()
                values.append(scanner.bytes[begin..<scanner.offset])
            } while scanner.skip(",")
            try scanner.expect("]")
        }
        guard values.count == fields.count else {
            throw ResultChunkError(offset: start, "the row has \(values.count) values for \(fields.count) fields")
        }
        return values
    }
}
