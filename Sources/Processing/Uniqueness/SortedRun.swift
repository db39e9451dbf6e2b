/// Entries on disk, sorted by key, with a Bloom filter and the first key of each page in memory (11 bits a key).
final class SortedRun {
    /// Entries of a page: 4 KiB.
    static let pageEntries = 128

    let count: Int
    private let file: TemporaryFile
    private let filter: BloomFilter
    private let pageFirsts: [KeyFingerprint]

    init(file: consuming TemporaryFile, count: Int, filter: consuming BloomFilter, pageFirsts: [KeyFingerprint]) {
        self.file = file
        self.count = count
        self.filter = filter
        self.pageFirsts = pageFirsts
    }

    /// The entry with this key: at most one read of a page, and hardly ever one for a key that is not there.
    ///
    /// - Parameter page: Room for a page.
    @inline(__always)
    func find(
        _ key: KeyFingerprint, hash: UInt64, page: UnsafeMutableBufferPointer<KeyEntry>
    ) throws(FileError) -> KeyEntry? {
        guard filter.mayContain(hash: hash) else { return nil }
        return try findOnDisk(key, page)
    }

    private func findOnDisk(
        _ key: KeyFingerprint, _ page: UnsafeMutableBufferPointer<KeyEntry>
    ) throws(FileError) -> KeyEntry? {
        let number = pageFirsts.firstIndex(isBeyond: { key < $0 }) - 1
        guard number >= 0 else { return nil }
        let entries = try read(from: number * Self.pageEntries, into: page)
        let place = entries.firstIndex(isBeyond: { key < $0.key }) - 1
        guard place >= 0, entries[place].key == key else { return nil }
        return entries[place]
    }

    /// Reads entries from a number on, as many as the buffer takes.
    func read(
        from number: Int, into buffer: UnsafeMutableBufferPointer<KeyEntry>
    ) throws(FileError) -> UnsafeBufferPointer<KeyEntry> {
        let entries = UnsafeMutableBufferPointer(rebasing: buffer[..<min(buffer.count, count - number)])
        try file.read(at: number * MemoryLayout<KeyEntry>.stride, into: UnsafeMutableRawBufferPointer(entries))
        return UnsafeBufferPointer(entries)
    }
}

extension RandomAccessCollection where Index == Int {
    /// The first index whose element is beyond, where those that are beyond come last; `endIndex` if there is none.
    @inline(__always)
    fileprivate func firstIndex(isBeyond: (Element) -> Bool) -> Int {
        var low = startIndex
        var high = endIndex
        while low < high {
            let middle = (low + high) / 2
            if isBeyond(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
