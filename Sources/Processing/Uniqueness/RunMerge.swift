/// Merges sorted runs, which have no key in common, into one.
///
/// Memory: 64 KiB a run, and the new run's filter beside the old ones.
struct RunMerge {
    /// A place in a run and the entries read ahead.
    private struct Cursor {
        let run: SortedRun
        let buffer: UnsafeMutableBufferPointer<KeyEntry>
        var entries = UnsafeBufferPointer<KeyEntry>(start: nil, count: 0)
        var index = 0
        var read = 0

        /// Reads on where nothing is left; false at the run's end.
        mutating func fill() throws(FileError) -> Bool {
            guard index == entries.count else { return true }
            guard read < run.count else { return false }
            entries = try run.read(from: read, into: buffer)
            read += entries.count
            index = 0
            return true
        }
    }

    private static let bufferEntries = 2048

    static func merge(_ runs: ArraySlice<SortedRun>, folder: String, mixer: KeyMixer) throws(FileError) -> SortedRun {
        var writer = SortedRunWriter(
            try TemporaryFile(folder: folder), capacity: runs.reduce(0) { $0 + $1.count }, mixer: mixer)
        let memory = UnsafeMutableBufferPointer<KeyEntry>.allocate(capacity: bufferEntries * (runs.count + 1))
        defer { memory.deallocate() }
        func buffer(_ number: Int) -> UnsafeMutableBufferPointer<KeyEntry> {
            UnsafeMutableBufferPointer(rebasing: memory[(number * bufferEntries)..<((number + 1) * bufferEntries)])
        }
        var cursors = runs.enumerated().map { Cursor(run: $1, buffer: buffer($0)) }
        let output = buffer(runs.count)
        var written = 0
        for index in cursors.indices.reversed() where try !cursors[index].fill() { cursors.remove(at: index) }
        while !cursors.isEmpty {
            var least = 0
            var key = cursors[0].entries[cursors[0].index].key
            for index in cursors.indices.dropFirst() {
                let other = cursors[index].entries[cursors[index].index].key
                if other < key { (least, key) = (index, other) }
            }
            output[written] = cursors[least].entries[cursors[least].index]
            cursors[least].index += 1
            written += 1
            if written == output.count {
                try writer.append(UnsafeBufferPointer(output))
                written = 0
            }
            if try !cursors[least].fill() { cursors.remove(at: least) }
        }
        try writer.append(UnsafeBufferPointer(rebasing: output[..<written]))
        return writer.finish()
    }
}
