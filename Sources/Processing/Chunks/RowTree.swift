import AuditLog

/// The Merkle tree over the rows of a result chunk, or the lines of a piece of a file (RFC 6962, section 2.1).
///
/// A leaf's data is the first 16 bytes of SHA-256(salt ‖ row number as a big-endian uint64), then the row's bytes. So a
/// row can be shown with its 16 bytes, and those tell nothing about the salt or the other rows.
package enum RowTree {
    /// The root (32 bytes) over rows that lie one after the other.
    ///
    /// - Parameters:
    ///   - starts: Where each row begins in `bytes`.
    ///   - separator: How many bytes lie between two rows.
    ///   - end: The offset just behind the last row.
    ///   - firstRow: Number of the first row.
    package static func root(
        of bytes: UnsafeRawBufferPointer, starts: [Int], separator: Int = 1, end: Int, firstRow: Int, salt: [UInt8]
    ) -> [UInt8] {
        // What is hashed lies in one buffer: hashing one run of bytes is cheapest.
        var leaf = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        let number = UnsafeMutableRawBufferPointer.allocate(byteCount: salt.count + 8, alignment: 8)
        defer {
            leaf.deallocate()
            number.deallocate()
        }
        number.copyBytes(from: salt)
        var tree = MerkleTree()
        for (index, start) in starts.enumerated() {
            let row = start..<(index + 1 < starts.count ? starts[index + 1] - separator : end)
            leaf.reserve(17 + row.count, keeping: 0)
            leaf[0] = 0
            number.storeBytes(
                of: UInt64(firstRow + index).bigEndian, toByteOffset: salt.count, as: UInt64.self)
            MerkleHash(sha256: UnsafeRawBufferPointer(number)).withBytes {
                UnsafeMutableRawBufferPointer(rebasing: leaf[1...])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<16]))
            }
            UnsafeMutableRawBufferPointer(rebasing: leaf[17...])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[row]))
            tree.append(leaf: MerkleHash(sha256: UnsafeRawBufferPointer(rebasing: leaf[..<(17 + row.count)])))
        }
        return tree.root.bytes
    }
}
