import FoundationEssentials
import Postgres

/// Reads the members of an entry in their order, out of borrowed bytes.
struct EntryReader {
    private let bytes: UnsafeRawBufferPointer
    private var offset = 0

    private init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// Lends what an entry says, as a row whose content is empty; nil for what is no entry.
    ///
    /// Only the one text that an event's head has is taken for an entry: it is written again, and compared.
    static func read<Result>(_ bytes: UnsafeRawBufferPointer, _ body: (LogRow) -> Result) -> Result? {
        var reader = EntryReader(bytes)
        var commitment = MerkleHash.empty
        guard let row = reader.row(&commitment) else { return nil }
        return commitment.withBytes { commitment in
            var row = row
            row.commitment = commitment
            let isCanonical = withUnsafeTemporaryAllocation(byteCount: Entry.longest(of: row), alignment: 8) { buffer in
                let count = Entry.write(row, to: buffer)
                return UnsafeRawBufferPointer(rebasing: buffer[..<count]).isEqual(to: bytes)
            }
            return isCanonical ? body(row) : nil
        }
    }

    private mutating func row(_ commitment: inout MerkleHash) -> LogRow? {
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        guard skip(#"{"actor":"#), let actor = optionalID(), skip(#","at":""#), let time = Timestamp(text: text()),
            time.isFinite,
            skip(#"","causation":"#), let causation = optionalID(), skip(#","commitment":""#),
            let hash = MerkleHash(hexadecimal: text()), skip(#"","correlation":"#), let correlation = optionalID(),
            skip(#","id":""#), let id = UUID(text: text()), skip(#"","position":"#), let position = number(),
            skip(#","schema":"#), let schema = number().flatMap({ Int32(exactly: $0) }), skip(#","stream":""#)
        else { return nil }
        let stream = text()
        guard let slash = stream.firstIndex(of: UInt8(ascii: "/")),
            let streamID = UUID(text: UnsafeRawBufferPointer(rebasing: stream[(slash + 1)...])),
            skip(#"","tenant":""#), let tenant = UUID(text: text()), skip(#"","type":""#)
        else { return nil }
        let type = text()
        guard skip(#"","v":1,"version":"#), let version = number(), skip("}"), offset == bytes.count else { return nil }
        commitment = hash
        return LogRow(
            tenant: tenant, position: position, id: id, recordedAt: time,
            streamType: UnsafeRawBufferPointer(rebasing: stream[..<slash]), streamID: streamID, version: version,
            type: type, schemaVersion: schema, actor: actor, correlation: correlation, causation: causation,
            payload: nothing, personal: nil, attachment: nil, salt: nil, erasableHash: nothing, commitment: nothing,
            leafHash: nothing)
    }

    private mutating func skip(_ text: StaticString) -> Bool {
        let end = offset + text.utf8CodeUnitCount
        guard end <= bytes.count,
            UnsafeRawBufferPointer(rebasing: bytes[offset..<end])
                .isEqual(to: UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        else { return false }
        offset = end
        return true
    }

    /// What stands in front of the next quotation mark; the values of an entry need no escapes.
    private mutating func text() -> UnsafeRawBufferPointer {
        let start = offset
        while offset < bytes.count, bytes[offset] != UInt8(ascii: "\""), bytes[offset] != UInt8(ascii: "\\"),
            (0x20..<0x7F).contains(bytes[offset])
        { offset += 1 }
        return UnsafeRawBufferPointer(rebasing: bytes[start..<offset])
    }

    private mutating func number() -> Int64? {
        var value: Int64 = 0
        let start = offset
        while offset < bytes.count, bytes[offset] &- UInt8(ascii: "0") < 10 {
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflowToo) = tens.addingReportingOverflow(Int64(bytes[offset] - UInt8(ascii: "0")))
            guard !overflow, !overflowToo else { return nil }
            value = sum
            offset += 1
        }
        return offset > start ? value : nil
    }

    /// An id or null; nil for neither.
    private mutating func optionalID() -> UUID?? {
        if skip("null") { return .some(nil) }
        guard skip("\""), let id = UUID(text: text()), skip("\"") else { return nil }
        return id
    }
}
