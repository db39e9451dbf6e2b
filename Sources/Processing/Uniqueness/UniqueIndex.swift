/// Finds out where a key was first seen, among any number of keys in bounded memory.
///
/// Exact (see ``KeyFingerprint``). Keys are kept in memory up to the budget; beyond it they go to sorted runs in temporary
/// files without names, which vanish with the process. A question costs nothing on disk while all keys are in memory;
/// afterwards a read of 4 KiB for a key that was spilled, and one in about ten questions for a new key. Runs of like size
/// are merged, so that there are never more than eight, and each entry is written a logarithmic number of times.
///
/// Memory: the budget, plus 11 bits for every key on disk (twice that for those being merged), plus 600 KiB while merging.
/// Disk: 32 bytes a key (twice that for those being merged).
package final class UniqueIndex {
    /// Where a key was first seen.
    package struct Occurrence: Sendable, Hashable {
        /// Number of the row.
        package let row: Int
        /// Line of the file on which the row starts.
        package let line: Int
    }

    /// Bytes (32 MiB): some 790,000 keys.
    package static let defaultBudget = 32 << 20
    /// Runs that are kept beside one another.
    package static let maxRuns = 8

    /// Different keys seen.
    package private(set) var count = 0
    /// Runs on disk.
    package var runCount: Int { runs.count }

    private let folder: String
    private let mixer = KeyMixer()
    private var table: KeyTable
    /// The oldest and largest first.
    private var runs: [SortedRun] = []
    private let page = UnsafeMutableBufferPointer<KeyEntry>.allocate(capacity: SortedRun.pageEntries)
    /// The key that was last found to be new, until a key is added.
    private var missing: KeyFingerprint?
    /// Set once keys may have been lost: from then on nothing is answered.
    private var failure: FileError?

    /// - Parameters:
    ///   - folder: Where temporary files go; better a disk than a file system in memory.
    ///   - budget: Bytes of memory for keys; at least 32 KiB.
    package init(folder: String = "/var/tmp", budget: Int = defaultBudget) {
        self.folder = folder
        table = KeyTable(budget: budget, mixer: mixer)
    }

    deinit { page.deallocate() }

    /// Where the key was first seen, or nil; remembers nothing.
    package func first(of key: [UInt8]) throws(FileError) -> Occurrence? {
        let key = KeyFingerprint(key)
        let found = try find(key, hash: mixer.hash(key))
        missing = found == nil ? key : nil
        return found
    }

    /// Where the key was first seen; where it is new, remembers it and returns nil.
    ///
    /// Behind ``first(of:)`` with the same key, it does not look a second time. Throws a ``FileError`` when the temporary
    /// folder is full or unusable, and the same one ever after.
    @discardableResult
    package func insert(_ key: [UInt8], row: Int, line: Int) throws(FileError) -> Occurrence? {
        let key = KeyFingerprint(key)
        let hash = mixer.hash(key)
        if missing != key, let found = try find(key, hash: hash) { return found }
        if let failure { throw failure }
        missing = nil
        if table.isFull { try orFail { () throws(FileError) in try spill() } }
        table.add(KeyEntry(key: key, row: row, line: line), hash: hash)
        count += 1
        return nil
    }

    private func find(_ key: KeyFingerprint, hash: UInt64) throws(FileError) -> Occurrence? {
        if let failure { throw failure }
        if let entry = table.find(key, hash: hash) { return Occurrence(row: entry.row, line: entry.line) }
        return try orFail { () throws(FileError) in
            for run in runs {
                if let entry = try run.find(key, hash: hash, page: page) {
                    return Occurrence(row: entry.row, line: entry.line)
                }
            }
            return nil
        }
    }

    private func orFail<Result>(_ body: () throws(FileError) -> Result) throws(FileError) -> Result {
        do throws(FileError) {
            return try body()
        } catch {
            failure = error
            throw error
        }
    }

    private func spill() throws(FileError) {
        var writer = SortedRunWriter(try TemporaryFile(folder: folder), capacity: table.count, mixer: mixer)
        try table.drain { entries throws(FileError) in try writer.append(entries) }
        runs.append(writer.finish())
        guard runs.count > Self.maxRuns else { return }
        // From the first run on that is no larger than all behind it together: so entries meet others of like number.
        var start = runs.count - 2
        var behind = 0
        for index in runs.indices.reversed() {
            if runs[index].count <= behind { start = index }
            behind += runs[index].count
        }
        let merged = try RunMerge.merge(runs[start...], folder: folder, mixer: mixer)
        runs.replaceSubrange(start..., with: CollectionOfOne(merged))
    }
}
