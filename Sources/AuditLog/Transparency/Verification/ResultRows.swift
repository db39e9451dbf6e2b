import Crypto

/// The rows of a result chunk as its tree hashes them (RFC 6962): what remains of them after an erasure, too.
///
/// The attachment is `{"fields":[…],"rows":[…]}`, or, once redacted, `{"fields":[…],"rows":[…],"opening":[…]}` with `null` in
/// the place of each erased row. A leaf's data is a nonce of 16 bytes and the row's bytes. The nonces follow from the salt;
/// of a redacted chunk, whose first salt is gone, they stand in the opening, and for an erased row its leaf hash.
package struct ResultRows: Sendable {
    /// The target fields, a JSON array.
    package let fields: ArraySlice<UInt8>
    /// The rows as they stand in the attachment; nil for one that was erased.
    package let rows: [ArraySlice<UInt8>?]
    /// For each row its nonce (16 bytes) or, where it was erased, its leaf hash (32 bytes); nil for a chunk that is whole.
    package let opening: [[UInt8]]?

    /// Reads an attachment; nil for what is no result chunk.
    package init?(_ attachment: [UInt8]) {
        var text = JSONText(bytes: attachment)
        guard text.skip(#"{"fields":"#), let fields = text.skipValue(), text.skip(#","rows":["#) else { return nil }
        var rows: [ArraySlice<UInt8>?] = []
        if !text.skip("]") {
            repeat {
                guard let row = text.skipValue() else { return nil }
                rows.append(row.elementsEqual("null".utf8) ? nil : row)
            } while text.skip(",")
            guard text.skip("]") else { return nil }
        }
        var opening: [[UInt8]]?
        if text.skip(#","opening":["#) {
            var hashes: [[UInt8]] = []
            repeat {
                guard let word = text.skipValue(), word.count > 2,
                    let bytes = [UInt8](hexadecimal: String(decoding: word.dropFirst().dropLast(), as: UTF8.self))
                else { return nil }
                hashes.append(bytes)
            } while text.skip(",")
            guard text.skip("]"), hashes.count == rows.count else { return nil }
            guard zip(rows, hashes).allSatisfy({ $1.count == ($0 == nil ? 32 : 16) }) else { return nil }
            opening = hashes
        }
        guard text.skip("}"), text.isAtEnd, opening != nil || !rows.contains(where: { $0 == nil }) else { return nil }
        self.fields = fields
        self.rows = rows
        self.opening = opening
    }

    /// The nonce of a row: the first 16 bytes of SHA-256(salt ‖ row number as a big-endian uint64).
    package static func nonce(salt: [UInt8], row: Int) -> [UInt8] {
        var hash = SHA256()
        hash.update(data: salt)
        withUnsafeBytes(of: UInt64(row).bigEndian) { hash.update(bufferPointer: $0) }
        return Array(hash.finalize().prefix(16))
    }

    /// The nonce of each row or, where it was erased, its leaf hash.
    ///
    /// - Parameters:
    ///   - salt: the event's; not looked at where the chunk has an opening.
    ///   - firstRow: the number of the first row.
    package func opening(salt: [UInt8], firstRow: Int) -> [[UInt8]] {
        opening ?? rows.indices.map { Self.nonce(salt: salt, row: firstRow + $0) }
    }

    /// The leaf hash of each row.
    package func leaves(salt: [UInt8], firstRow: Int) -> [MerkleHash] {
        zip(rows, opening(salt: salt, firstRow: firstRow)).map { row, opening in
            row.map { .leaf(opening + $0) } ?? MerkleHash(opening) ?? .empty
        }
    }

    /// The root over the rows.
    package func root(salt: [UInt8], firstRow: Int) -> MerkleHash {
        var tree = MerkleTree()
        for leaf in leaves(salt: salt, firstRow: firstRow) { tree.append(leaf: leaf) }
        return tree.root
    }

    /// The attachment without the rows of these numbers, and with an opening in the salt's place: what is left can be
    /// proved, and nothing be guessed of what is gone, once the salt is gone too.
    package func redacted(erasing erased: Set<Int> = [], salt: [UInt8], firstRow: Int) -> [UInt8] {
        var (body, words) = (Array(#"{"fields":"#.utf8) + fields + Array(#","rows":["#.utf8), [UInt8]())
        for (index, hidden) in opening(salt: salt, firstRow: firstRow).enumerated() {
            if index > 0 {
                body.append(UInt8(ascii: ","))
                words.append(UInt8(ascii: ","))
            }
            var word = hidden
            if let row = rows[index], !erased.contains(firstRow + index) {
                body += row
            } else {
                body += "null".utf8
                if let row = rows[index] { word = MerkleHash.leaf(hidden + row).bytes }
            }
            words.append(UInt8(ascii: "\""))
            words.append(hexadecimal: word)
            words.append(UInt8(ascii: "\""))
        }
        return body + Array(#"],"opening":["#.utf8) + words + Array("]}".utf8)
    }
}

/// Walks over JSON text that the database knows to be JSON, or that came from anywhere: it ends where it makes no sense.
private struct JSONText {
    let bytes: [UInt8]
    private var offset = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { offset == bytes.count }

    /// Passes over the text if it stands here.
    mutating func skip(_ text: StaticString) -> Bool {
        let end = offset + text.utf8CodeUnitCount
        let expected = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard end <= bytes.count, bytes[offset..<end].elementsEqual(expected) else { return false }
        offset = end
        return true
    }

    /// Passes over a value and returns its bytes; nil where none stands.
    mutating func skipValue() -> ArraySlice<UInt8>? {
        let start = offset
        var depth = 0
        while offset < bytes.count {
            switch bytes[offset] {
            case UInt8(ascii: "\""): guard skipString() else { return nil }
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                depth += 1
                offset += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                if depth == 0 { return end(start) }
                depth -= 1
                offset += 1
                if depth == 0 { return end(start) }
            case UInt8(ascii: ",") where depth == 0: return end(start)
            default: offset += 1
            }
        }
        return nil
    }

    private func end(_ start: Int) -> ArraySlice<UInt8>? {
        offset > start ? bytes[start..<offset] : nil
    }

    private mutating func skipString() -> Bool {
        offset += 1
        while offset < bytes.count {
            switch bytes[offset] {
            case UInt8(ascii: "\""):
                offset += 1
                return true
            case UInt8(ascii: "\\"): offset += 2
            default: offset += 1
            }
        }
        return false
    }
}
