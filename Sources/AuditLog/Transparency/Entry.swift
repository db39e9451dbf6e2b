import FoundationEssentials
import Postgres

/// The canonical bytes of an event, version 1 (RFC 8785 JSON): what a Merkle leaf hashes.
///
/// Made from the event's row alone and independently of the database's own function, so that the two check each other.
package struct Entry {
    /// Appends the entry of `event` to `bytes`.
    package static func append(_ event: RecordedEvent, to bytes: inout [UInt8]) {
        event.withRow { append($0, to: &bytes) }
    }

    /// Appends the entry of a borrowed row to `bytes`.
    static func append(_ row: LogRow, to bytes: inout [UInt8]) {
        withUnsafeTemporaryAllocation(byteCount: longest(of: row), alignment: 8) { buffer in
            let count = write(row, to: buffer)
            bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    /// At least as many bytes as the entry of a row takes.
    static func longest(of row: LogRow) -> Int {
        // Names, quotes, six ids, four numbers and a time, and the commitment: some 600 bytes.
        768 + row.streamType.count + row.type.count + 2 * row.commitment.count
    }

    /// Writes the entry of a row into at least `longest(of:)` bytes; returns how many it took.
    static func write(_ row: LogRow, to buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard let start = buffer.baseAddress else { return 0 }
        var writer = EntryWriter(next: start)
        writer.put(#"{"actor":"#)
        writer.put(row.actor)
        writer.put(#","at":""#)
        writer.put(row.recordedAt)
        writer.put(#"","causation":"#)
        writer.put(row.causation)
        writer.put(#","commitment":""#)
        writer.put(hexadecimal: row.commitment)
        writer.put(#"","correlation":"#)
        writer.put(row.correlation)
        writer.put(#","id":""#)
        writer.put(row.id)
        writer.put(#"","position":"#)
        writer.put(row.position)
        writer.put(#","schema":"#)
        writer.put(Int64(row.schemaVersion))
        writer.put(#","stream":""#)
        writer.put(row.streamType)
        writer.put("/")
        writer.put(row.streamID)
        writer.put(#"","tenant":""#)
        writer.put(row.tenant)
        writer.put(#"","type":""#)
        writer.put(row.type)
        writer.put(#"","v":1,"version":"#)
        writer.put(row.version)
        writer.put("}")
        return writer.next - start
    }
}

/// Writes ASCII into memory that is known to be large enough.
private struct EntryWriter {
    var next: UnsafeMutableRawPointer

    @inline(__always)
    mutating func put(_ text: StaticString) {
        next.copyMemory(from: text.utf8Start, byteCount: text.utf8CodeUnitCount)
        next += text.utf8CodeUnitCount
    }

    mutating func put(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        next.copyMemory(from: start, byteCount: bytes.count)
        next += bytes.count
    }

    mutating func put(_ time: Timestamp) {
        let buffer = UnsafeMutableRawBufferPointer(start: next, count: Timestamp.longestText)
        next += buffer.withMemoryRebound(to: UInt8.self) { time.writeText(to: $0) }
    }

    mutating func put(_ number: Int64) {
        if number < 0 { put("-") }
        var rest = number.magnitude
        var place = 1
        var power: UInt64 = 10
        // At most 2^63: ten to the 19th is greater, and still a UInt64.
        while rest >= power {
            place += 1
            power *= 10
        }
        for offset in stride(from: place - 1, through: 0, by: -1) {
            next.storeBytes(of: UInt8(ascii: "0") + UInt8(rest % 10), toByteOffset: offset, as: UInt8.self)
            rest /= 10
        }
        next += place
    }

    /// The id in quotes, or null.
    mutating func put(_ id: UUID?) {
        guard let id else { return put("null") }
        put("\"")
        put(id)
        put("\"")
    }

    mutating func put(_ id: UUID) {
        withUnsafeBytes(of: id.uuid) { bytes in
            put(fourBytes: bytes, 0)
            put("-")
            put(twoBytes: bytes, 4)
            put("-")
            put(twoBytes: bytes, 6)
            put("-")
            put(twoBytes: bytes, 8)
            put("-")
            put(twoBytes: bytes, 10)
            put(fourBytes: bytes, 12)
        }
    }

    mutating func put(hexadecimal bytes: UnsafeRawBufferPointer) {
        var offset = 0
        while offset + 4 <= bytes.count {
            put(fourBytes: bytes, offset)
            offset += 4
        }
        for byte in bytes[offset...] {
            let digits = UInt64(byte).eightDigits
            next.storeBytes(of: UInt16(truncatingIfNeeded: digits >> 48), as: UInt16.self)
            next += 2
        }
    }

    @inline(__always)
    private mutating func put(fourBytes bytes: UnsafeRawBufferPointer, _ offset: Int) {
        let word = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        next.storeBytes(of: UInt64(word).eightDigits, as: UInt64.self)
        next += 8
    }

    @inline(__always)
    private mutating func put(twoBytes bytes: UnsafeRawBufferPointer, _ offset: Int) {
        let word = UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
        next.storeBytes(of: UInt32(truncatingIfNeeded: UInt64(word).eightDigits >> 32), as: UInt32.self)
        next += 4
    }
}

extension UInt64 {
    /// The eight hexadecimal digits of the lower 32 bits, in lower case, the first in the byte that lies first in memory.
    @inline(__always)
    fileprivate var eightDigits: UInt64 {
        // Each step doubles the distance of neighbours, until every byte holds half a one.
        var digits = (self & 0xFFFF_0000) << 16 | self & 0xFFFF
        digits = (digits & 0x0000_FF00_0000_FF00) << 8 | digits & 0x0000_00FF_0000_00FF
        digits = (digits & 0x00F0_00F0_00F0_00F0) << 4 | digits & 0x000F_000F_000F_000F
        let letters = (digits &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        return (digits &+ 0x3030_3030_3030_3030 &+ letters &* 39).bigEndian
    }
}
