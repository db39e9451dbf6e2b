/// A value that can be read from a column, in PostgreSQL's binary form.
package protocol PostgresDecodable {
    /// Reads a value that is not NULL.
    ///
    /// - Parameters:
    ///   - bytes: valid during the call only.
    ///   - type: the column's type, which several Swift types can read and one Swift type can read several of.
    /// - Returns: nil when the type cannot be read as this, or the bytes are not a value of it.
    static func decode(_ bytes: UnsafeRawBufferPointer, _ type: PostgresType) -> Self?

    /// What NULL becomes; nil means that it is an error.
    static var null: Self? { get }
}

extension PostgresDecodable {
    package static var null: Self? { nil }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    package static func decode(_ bytes: UnsafeRawBufferPointer, _ type: PostgresType) -> Wrapped?? {
        Wrapped.decode(bytes, type).map { .some($0) }
    }

    package static var null: Wrapped?? { .some(nil) }
}

extension Bool: PostgresDecodable {
    package static func decode(_ bytes: UnsafeRawBufferPointer, _ type: PostgresType) -> Bool? {
        guard type == .bool, bytes.count == 1 else { return nil }
        return bytes[0] != 0
    }
}

extension FixedWidthInteger {
    /// Reads int2, int4, int8 and oid, if the value fits.
    fileprivate static func decodeInteger(_ bytes: UnsafeRawBufferPointer, _ type: PostgresType) -> Self? {
        switch (type, bytes.count) {
        case (.int2, 2): Self(exactly: Int16(bigEndian: bytes.loadUnaligned(as: Int16.self)))
        case (.int4, 4): Self(exactly: Int32(bigEndian: bytes.loadUnaligned(as: Int32.self)))
        case (.int8, 8): Self(exactly: Int64(bigEndian: bytes.loadUnaligned(as: Int64.self)))
        case (.oid, 4): Self(exactly: UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self)))
        default: nil
        }
    }
}

extension Int16: PostgresDecodable {
    package static func decode(_ bytes: UnsafeRawBufferPointer, _ type: PostgresType) -> Int16? {
        decodeInteger(bytes, type)
    }
}

extension Int32: PostgresDecodable {
    package static func decode(_ bytes: UnsafeRawBufferPointer, _ type: PostgresType) -> Int32? {
        decodeInteger(bytes, type)
    }
}

extension UInt32: PostgresDecodable {
    package static func decode(_ bytes: UnsafeRawBufferPointer, _ type: PostgresType) -> UInt32? {
        decodeInteger(bytes, type)
    }
}

extension Int64: PostgresDecodable {
    package static func decode(_ bytes: UnsafeRawBufferPointer, _ type: PostgresType) -> Int64? {
        decodeInteger(bytes, type)
    }
}

extension Int: PostgresDecodable {
    package static func decode(_ bytes: UnsafeRawBufferPointer, _ type: PostgresType) -> Int? {
        decodeInteger(bytes, type)
    }
}

extension Double: PostgresDecodable {
    package static func decode(_ bytes: UnsafeRawBufferPointer, _ type: PostgresType) -> Double? {
        guard type == .float8, bytes.count == 8 else { return nil }
        return Double(bitPattern: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)))
    }
}

extension String: PostgresDecodable {
    /// Reads the text types, json and jsonb, and user-defined types whose binary form is text, such as enums.
    package static func decode(_ bytes: UnsafeRawBufferPointer, _ type: PostgresType) -> String? {
        switch type {
        case .text, .varchar, .bpchar, .name, .char, .unknown, .json, .xml:
            return String(validating: bytes, as: UTF8.self)
        case .jsonb:
            guard bytes.first == JSONB.version else { return nil }
            return String(validating: UnsafeRawBufferPointer(rebasing: bytes[1...]), as: UTF8.self)
        default:
            // Text never holds a zero byte; the binary form of composites and numbers does.
            guard type.oid >= PostgresType.firstUserDefined, !bytes.contains(0) else { return nil }
            return String(validating: bytes, as: UTF8.self)
        }
    }
}
