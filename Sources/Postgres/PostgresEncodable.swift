/// A value that can be bound to a parameter, in PostgreSQL's binary form.
package protocol PostgresEncodable {
    /// The type that the server is told.
    static var postgresType: PostgresType { get }

    /// Appends the value's binary form and returns true; appends nothing and returns false for NULL.
    func encode(into bytes: inout [UInt8]) -> Bool
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
    package static var postgresType: PostgresType { Wrapped.postgresType }

    package func encode(into bytes: inout [UInt8]) -> Bool {
        guard case .some(let value) = self else { return false }
        return value.encode(into: &bytes)
    }
}

extension Bool: PostgresEncodable {
    package static var postgresType: PostgresType { .bool }

    package func encode(into bytes: inout [UInt8]) -> Bool {
        bytes.append(self ? 1 : 0)
        return true
    }
}

extension Int16: PostgresEncodable {
    package static var postgresType: PostgresType { .int2 }

    package func encode(into bytes: inout [UInt8]) -> Bool {
        bytes.append(bigEndian: self)
        return true
    }
}

extension Int32: PostgresEncodable {
    package static var postgresType: PostgresType { .int4 }

    package func encode(into bytes: inout [UInt8]) -> Bool {
        bytes.append(bigEndian: self)
        return true
    }
}

extension Int64: PostgresEncodable {
    package static var postgresType: PostgresType { .int8 }

    package func encode(into bytes: inout [UInt8]) -> Bool {
        bytes.append(bigEndian: self)
        return true
    }
}

extension Int: PostgresEncodable {
    package static var postgresType: PostgresType { .int8 }

    package func encode(into bytes: inout [UInt8]) -> Bool {
        bytes.append(bigEndian: Int64(self))
        return true
    }
}

extension Double: PostgresEncodable {
    package static var postgresType: PostgresType { .float8 }

    package func encode(into bytes: inout [UInt8]) -> Bool {
        bytes.append(bigEndian: bitPattern)
        return true
    }
}

extension String: PostgresEncodable {
    package static var postgresType: PostgresType { .text }

    package func encode(into bytes: inout [UInt8]) -> Bool {
        bytes.append(contentsOf: utf8)
        return true
    }
}

extension [UInt8] {
    mutating func append(bigEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }

    /// Overwrites four bytes that were written earlier, once a length or a count is known.
    mutating func replace(at offset: Int, bigEndian value: Int32) {
        let value = UInt32(bitPattern: value)
        self[offset] = UInt8(truncatingIfNeeded: value >> 24)
        self[offset + 1] = UInt8(truncatingIfNeeded: value >> 16)
        self[offset + 2] = UInt8(truncatingIfNeeded: value >> 8)
        self[offset + 3] = UInt8(truncatingIfNeeded: value)
    }

    /// Appends a value after its length in bytes, as arrays, composites and COPY write it; NULL has the length -1.
    mutating func append(lengthPrefixed value: some PostgresEncodable) {
        let start = count
        append(bigEndian: Int32(-1))
        guard value.encode(into: &self) else { return }
        replace(at: start, bigEndian: Int32(clamping: count - start - 4))
    }
}
