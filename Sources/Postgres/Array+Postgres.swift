/// What a one-dimensional array holds.
package protocol PostgresElement {
    static var arrayType: PostgresType { get }
    static func encodeArray(_ values: [Self], into bytes: inout [UInt8])
    static func decodeArray(_ bytes: UnsafeRawBufferPointer, _ type: PostgresType) -> [Self]?
}

extension Array: PostgresEncodable where Element: PostgresElement {
    package static var postgresType: PostgresType { Element.arrayType }

    package func encode(into bytes: inout [UInt8]) -> Bool {
        Element.encodeArray(self, into: &bytes)
        return true
    }
}

extension Array: PostgresDecodable where Element: PostgresElement {
    package static func decode(_ bytes: UnsafeRawBufferPointer, _ type: PostgresType) -> [Element]? {
        Element.decodeArray(bytes, type)
    }
}

// Source: array_recv in PostgreSQL's src/backend/utils/adt/arrayfuncs.c: dimensions, a flag for NULLs, the element's
// type; for each dimension its length and its first index; then the elements, each after its length.
extension PostgresElement where Self: PostgresEncodable & PostgresDecodable {
    package static func encodeArray(_ values: [Self], into bytes: inout [UInt8]) {
        let start = bytes.count
        bytes.append(bigEndian: Int32(values.isEmpty ? 0 : 1))
        bytes.append(bigEndian: Int32(0))
        bytes.append(bigEndian: postgresType.oid)
        guard !values.isEmpty else { return }
        bytes.append(bigEndian: Int32(clamping: values.count))
        bytes.append(bigEndian: Int32(1))
        var hasNull = false
        for value in values {
            let length = bytes.count
            bytes.append(bigEndian: Int32(-1))
            if value.encode(into: &bytes) {
                bytes.replace(at: length, bigEndian: Int32(clamping: bytes.count - length - 4))
            } else {
                hasNull = true
            }
        }
        if hasNull { bytes.replace(at: start + 4, bigEndian: 1) }
    }

    package static func decodeArray(_ bytes: UnsafeRawBufferPointer, _ type: PostgresType) -> [Self]? {
        guard bytes.count >= 12 else { return nil }
        let dimensions = Int32(bigEndian: bytes.loadUnaligned(as: Int32.self))
        if dimensions == 0 { return [] }
        guard dimensions == 1, bytes.count >= 20 else { return nil }
        let element = PostgresType(oid: UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self)))
        let count = Int(Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: 12, as: Int32.self)))
        guard count >= 0, count <= (bytes.count - 20) / 4 else { return nil }
        var values: [Self] = []
        values.reserveCapacity(count)
        var offset = 20
        for _ in 0..<count {
            guard offset + 4 <= bytes.count else { return nil }
            let length = Int(Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self)))
            offset += 4
            guard length >= 0 else {
                guard let value = Self.null else { return nil }
                values.append(value)
                continue
            }
            guard offset + length <= bytes.count else { return nil }
            let slice = UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length])
            guard let value = Self.decode(slice, element) else { return nil }
            values.append(value)
            offset += length
        }
        return values
    }
}

/// Bytes are no array to PostgreSQL: `[UInt8]` is one value, `bytea`.
extension UInt8: PostgresElement {
    package static var arrayType: PostgresType { .bytea }

    package static func encodeArray(_ values: [UInt8], into bytes: inout [UInt8]) {
        bytes += values
    }

    package static func decodeArray(_ bytes: UnsafeRawBufferPointer, _ type: PostgresType) -> [UInt8]? {
        type == .bytea ? [UInt8](bytes) : nil
    }
}

extension Array: PostgresElement where Element == UInt8 {
    package static var arrayType: PostgresType { .byteaArray }
}

extension Optional: PostgresElement where Wrapped: PostgresElement & PostgresEncodable & PostgresDecodable {
    package static var arrayType: PostgresType { Wrapped.arrayType }
}

extension Bool: PostgresElement { package static var arrayType: PostgresType { .boolArray } }
extension Int16: PostgresElement { package static var arrayType: PostgresType { .int2Array } }
extension Int32: PostgresElement { package static var arrayType: PostgresType { .int4Array } }
extension Int64: PostgresElement { package static var arrayType: PostgresType { .int8Array } }
extension Int: PostgresElement { package static var arrayType: PostgresType { .int8Array } }
extension Double: PostgresElement { package static var arrayType: PostgresType { .float8Array } }
extension String: PostgresElement { package static var arrayType: PostgresType { .textArray } }
