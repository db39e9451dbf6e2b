/// The lines of a piece of a stored file as their tree hashes them (RFC 6962): what stays when some of them are blanked.
///
/// A leaf's data is a nonce of 16 bytes and the line's bytes, line breaks included. The nonces follow from the event's salt
/// as those of result rows do, by the line's number in the piece, from 0. When that salt is gone they stand in the
/// attachment, which then is:
///
/// - `atlas2/file-lines/v1\n`, and the number of lines (4 bytes, the highest first);
/// - for each line 36 bytes: 0, or 1 where it was blanked; its length (3 bytes); its nonce and 16 zeros or, where it was
///   blanked, its leaf hash;
/// - the piece, not compressed, as many bytes as it always had. A blanked line has no letter and no digit but `x`.
package struct FileLines: Sendable {
    package struct Line: Sendable, Equatable {
        /// In `content`.
        package var range: Range<Int>
        package var isBlank: Bool
        /// The nonce (16 bytes) or, where the line is blank, its leaf hash (32 bytes).
        package var opening: [UInt8]
    }

    package private(set) var content: [UInt8]
    package private(set) var lines: [Line]

    private static let label = Array("atlas2/file-lines/v1\n".utf8)
    private static let head = 36

    /// The lines of a piece of which nothing was blanked.
    ///
    /// - Parameters:
    ///   - starts: where each line begins; ascending, from 0.
    ///   - salt: the event's.
    package init(_ content: [UInt8], starts: [Int], salt: [UInt8]) {
        self.content = content
        lines = starts.indices.map { index in
            let end = index + 1 < starts.count ? starts[index + 1] : content.count
            return Line(
                range: starts[index]..<end, isBlank: false, opening: ResultRows.nonce(salt: salt, row: index))
        }
    }

    /// Whether the attachment has this form at all, and not that of a piece that is whole.
    package static func isForm(of attachment: [UInt8]) -> Bool {
        attachment.starts(with: label)
    }

    /// Reads an attachment; nil for what is not of this form, byte for byte.
    package init?(_ attachment: [UInt8]) {
        let start = Self.label.count + 4
        guard Self.isForm(of: attachment), attachment.count >= start else { return nil }
        let count = attachment[Self.label.count..<start].reduce(0) { $0 << 8 | Int($1) }
        guard count <= (attachment.count - start) / Self.head else { return nil }
        content = Array(attachment[(start + count * Self.head)...])
        lines = []
        lines.reserveCapacity(count)
        var end = 0
        for index in 0..<count {
            let head = attachment[(start + index * Self.head)..<(start + (index + 1) * Self.head)]
            let length = head.dropFirst().prefix(3).reduce(0) { $0 << 8 | Int($1) }
            guard head.first ?? 2 <= 1, length > 0, length <= content.count - end else { return nil }
            let isBlank = head.first == 1
            let range = end..<(end + length)
            let opening = head.dropFirst(4)
            guard isBlank ? content[range].allSatisfy(Self.isBlank) : opening.dropFirst(16).allSatisfy({ $0 == 0 })
            else { return nil }
            lines.append(Line(range: range, isBlank: isBlank, opening: Array(isBlank ? opening : opening.prefix(16))))
            end += length
        }
        guard end == content.count else { return nil }
    }

    /// What a blanked line may hold: `x`, and what separates cells and lines.
    private static func isBlank(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "x"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), 0, 0x80...:
            false
        default: true
        }
    }

    /// The leaf hash of each line.
    package var leaves: [MerkleHash] {
        lines.map { line in
            line.isBlank ? MerkleHash(line.opening) ?? .empty : .leaf(line.opening + content[line.range])
        }
    }

    /// The root over the lines.
    package var root: MerkleHash {
        var tree = MerkleTree()
        for leaf in leaves { tree.append(leaf: leaf) }
        return tree.root
    }

    /// Puts other bytes, as many, over a range of the piece: all lines that it touches are blank from now on.
    ///
    /// - Parameter bytes: nothing of what stood there, as ``init(_:)`` will check.
    package mutating func blank(_ range: Range<Int>, with bytes: ArraySlice<UInt8>) {
        for index in lines.indices where lines[index].range.overlaps(range) && !lines[index].isBlank {
            lines[index].opening = MerkleHash.leaf(lines[index].opening + content[lines[index].range]).bytes
            lines[index].isBlank = true
        }
        content.replaceSubrange(range, with: bytes)
    }

    /// The attachment.
    package var attachment: [UInt8] {
        var bytes = Self.label
        bytes.reserveCapacity(bytes.count + 4 + lines.count * Self.head + content.count)
        bytes += withUnsafeBytes(of: UInt32(lines.count).bigEndian, Array.init)
        for line in lines {
            bytes.append(line.isBlank ? 1 : 0)
            bytes += withUnsafeBytes(of: UInt32(line.range.count).bigEndian) { Array($0.dropFirst()) }
            bytes += line.opening
            bytes += repeatElement(0, count: Self.head - 4 - line.opening.count)
        }
        return bytes + content
    }
}
