import CPostgres

/// One row of a result, borrowed while the closure that gets it runs.
package struct Row: ~Copyable {
    private let result: OpaquePointer
    private let index: Int32

    init(result: OpaquePointer, index: Int32) {
        self.result = result
        self.index = index
    }

    package var columnCount: Int { Int(PQnfields(result)) }

    package func columnName(_ column: Int) -> String? {
        PQfname(result, Int32(column)).map { String(cString: $0) }
    }

    package func columnType(_ column: Int) -> PostgresType {
        PostgresType(oid: PQftype(result, Int32(column)))
    }

    /// Reads a column, counted from 0.
    ///
    /// - Throws: `.decoding` when it holds another type, NULL where `Value` is not optional, or does not exist.
    package func decode<Value: PostgresDecodable>(_ column: Int, as type: Value.Type = Value.self) throws -> Value {
        let column = Int32(truncatingIfNeeded: column)
        guard column >= 0, column < PQnfields(result) else {
            throw PostgresError(.decoding, "the result has \(columnCount) columns, none with the index \(column)")
        }
        let value =
            PQgetisnull(result, index, column) == 1
            ? Value.null : Value.decode(bytes(column), PostgresType(oid: PQftype(result, column)))
        guard let value else { throw mismatch(column, type) }
        return value
    }

    /// Reads a column by its name, the first one of that name.
    package func decode<Value: PostgresDecodable>(_ name: String, as type: Value.Type = Value.self) throws -> Value {
        try decode(column(named: name), as: type)
    }

    package func isNull(_ column: Int) -> Bool {
        PQgetisnull(result, index, Int32(column)) == 1
    }

    /// Lends the column's bytes in PostgreSQL's binary form; returns nil for NULL without calling `body`.
    package func withBytes<T>(_ column: Int, _ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T? {
        isNull(column) ? nil : try body(bytes(Int32(column)))
    }

    private func bytes(_ column: Int32) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: PQgetvalue(result, index, column), count: Int(PQgetlength(result, index, column)))
    }

    private func column(named name: String) throws -> Int {
        for column in 0..<PQnfields(result) {
            if let other = PQfname(result, column), name == String(cString: other) { return Int(column) }
        }
        throw PostgresError(.decoding, "the result has no column named \(name)")
    }

    private func mismatch(_ column: Int32, _ type: any Any.Type) -> PostgresError {
        let name = columnName(Int(column)) ?? ""
        if PQgetisnull(result, index, column) == 1 {
            return PostgresError(.decoding, "column \(column) (\(name)) is NULL and was to be read as \(type)")
        }
        let oid = PQftype(result, column)
        return PostgresError(
            .decoding,
            "column \(column) (\(name)), of the type with OID \(oid), cannot be read as \(type): cast it in SQL")
    }
}
