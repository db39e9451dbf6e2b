import Glibc

extension FileChunk {
    /// Where each line of the piece begins: behind each run of line breaks, and behind a byte order mark at the start.
    ///
    /// CR, LF and CR LF are not told apart, and empty lines belong to the one in front of them: a record of the file is made
    /// of whole lines however its dialect ends records, and bytes that are blanked leave the lines where they are.
    static func lineStarts(_ bytes: [UInt8]) -> [Int] {
        guard !bytes.isEmpty else { return [] }
        var starts = [0]
        starts.reserveCapacity(bytes.count / 64)
        if bytes.count > 3, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { starts.append(3) }
        bytes.withUnsafeBufferPointer { bytes in
            // Most files have no CR at all; looking for one break at a time is then left to the C library.
            var cr = Self.first(0x0D, in: bytes, from: 0)
            var lf = Self.first(0x0A, in: bytes, from: 0)
            while true {
                var index = min(cr, lf)
                while index < bytes.count, bytes[index] == 0x0A || bytes[index] == 0x0D { index += 1 }
                guard index < bytes.count else { return }
                starts.append(index)
                if cr < index { cr = Self.first(0x0D, in: bytes, from: index) }
                if lf < index { lf = Self.first(0x0A, in: bytes, from: index) }
            }
        }
        return starts
    }

    /// Where the byte is met first, or the end.
    private static func first(_ byte: UInt8, in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        guard let base = bytes.baseAddress, start < bytes.count,
            let found = memchr(base + start, Int32(byte), bytes.count - start)
        else { return bytes.count }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }

    /// What the payload states of the piece's lines: how many, and the root over them (32 bytes; see ``RowTree``).
    ///
    /// - Parameter salt: 16 bytes that nobody can guess.
    package func lines(salt: [UInt8]) -> (count: Int, root: [UInt8]) {
        let starts = Self.lineStarts(bytes)
        let root = bytes.withUnsafeBytes {
            RowTree.root(of: $0, starts: starts, separator: 0, end: bytes.count, firstRow: 0, salt: salt)
        }
        return (starts.count, root)
    }
}
