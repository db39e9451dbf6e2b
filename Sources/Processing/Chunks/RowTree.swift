import Crypto

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
        // One buffer for what is hashed (hashing one run of bytes is cheapest), and one for the hashes of a level.
        var input = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        let hashes = UnsafeMutableRawBufferPointer.allocate(byteCount: 32 * max(1, starts.count), alignment: 32)
        defer {
            input.deallocate()
            hashes.deallocate()
        }
        var seed = SaltedRowNumber(salt: salt)
        for (index, start) in starts.enumerated() {
            let row = start..<(index + 1 < starts.count ? starts[index + 1] - separator : end)
            input.reserve(17 + row.count, keeping: 0)
            input[0] = 0
            seed.hash(row: firstRow + index, into: UnsafeMutableRawBufferPointer(rebasing: input[1..<17]))
            UnsafeMutableRawBufferPointer(rebasing: input[17...])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[row]))
            SHA256.hash(input, count: 17 + row.count, into: hashes, at: index)
        }
        return root(over: hashes, count: starts.count)
    }

    /// Hashes level by level in place. Pairing from the left and carrying a last odd node up gives RFC 6962's tree.
    private static func root(over hashes: UnsafeMutableRawBufferPointer, count leaves: Int) -> [UInt8] {
        withUnsafeTemporaryAllocation(byteCount: 65, alignment: 8) { node in
            if leaves == 0 { SHA256.hash(node, count: 0, into: hashes, at: 0) }
            node[0] = 1
            var count = leaves
            while count > 1 {
                for pair in 0..<(count / 2) {
                    UnsafeMutableRawBufferPointer(rebasing: node[1...])
                        .copyMemory(from: UnsafeRawBufferPointer(rebasing: hashes[(64 * pair)..<(64 * pair + 64)]))
                    SHA256.hash(node, count: 65, into: hashes, at: pair)
                }
                if count % 2 == 1 {
                    UnsafeMutableRawBufferPointer(rebasing: hashes[(16 * (count - 1))...])
                        .copyMemory(from: UnsafeRawBufferPointer(rebasing: hashes[(32 * (count - 1))..<(32 * count)]))
                }
                count = (count + 1) / 2
            }
            return [UInt8](hashes[..<32])
        }
    }
}

/// What hides a row's content from those who see only its hash.
private struct SaltedRowNumber {
    private var bytes: [UInt8]
    private let saltCount: Int

    init(salt: [UInt8]) {
        bytes = salt + [UInt8](repeating: 0, count: 8)
        saltCount = salt.count
    }

    /// Writes the first bytes of SHA-256(salt ‖ row number as a big-endian uint64), as many as the target has.
    mutating func hash(row: Int, into target: UnsafeMutableRawBufferPointer) {
        bytes.withUnsafeMutableBytes { bytes in
            bytes.storeBytes(of: UInt64(row).bigEndian, toByteOffset: saltCount, as: UInt64.self)
            SHA256.hash(bufferPointer: UnsafeRawBufferPointer(bytes)).withUnsafeBytes {
                target.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<target.count]))
            }
        }
    }
}

extension SHA256 {
    fileprivate static func hash(bufferPointer: UnsafeRawBufferPointer) -> SHA256Digest {
        var hash = SHA256()
        hash.update(bufferPointer: bufferPointer)
        return hash.finalize()
    }

    /// Writes the hash of the first `count` bytes as the `index`th of a row of hashes.
    fileprivate static func hash(
        _ input: UnsafeMutableRawBufferPointer, count: Int, into hashes: UnsafeMutableRawBufferPointer, at index: Int
    ) {
        hash(bufferPointer: UnsafeRawBufferPointer(rebasing: input[..<count])).withUnsafeBytes {
            UnsafeMutableRawBufferPointer(rebasing: hashes[(32 * index)...]).copyMemory(from: $0)
        }
    }
}
