/// Writes a sorted run.
struct SortedRunWriter: ~Copyable {
    private let file: TemporaryFile
    private let mixer: KeyMixer
    private var filter: BloomFilter
    private var pageFirsts: [KeyFingerprint] = []
    private var count = 0

    /// - Parameter capacity: Entries to come, all in all.
    init(_ file: consuming TemporaryFile, capacity: Int, mixer: KeyMixer) {
        self.file = file
        self.mixer = mixer
        filter = BloomFilter(capacity: capacity)
        pageFirsts.reserveCapacity(capacity / SortedRun.pageEntries + 1)
    }

    /// Appends entries whose keys come after all before.
    mutating func append(_ entries: UnsafeBufferPointer<KeyEntry>) throws(FileError) {
        for entry in entries {
            if count % SortedRun.pageEntries == 0 { pageFirsts.append(entry.key) }
            filter.insert(hash: mixer.hash(entry.key))
            count += 1
        }
        try file.write(UnsafeRawBufferPointer(entries))
    }

    consuming func finish() -> SortedRun {
        SortedRun(file: file, count: count, filter: filter, pageFirsts: pageFirsts)
    }
}
