/// A key and where it was first seen; 32 bytes, in memory as on disk.
struct KeyEntry {
    let key: KeyFingerprint
    let row: Int
    let line: Int
}

extension UnsafeMutableBufferPointer<KeyEntry> {
    /// Sorts by key in place, without memory beyond the stack: by one byte after the other, the most significant first
    /// (American flag sort), and small parts by insertion.
    func sortByKey(from place: Int = 0) {
        guard count > 32, place < 16 else { return insertionSort() }
        withUnsafeTemporaryAllocation(of: Int.self, capacity: 512) { limits in
            // limits[b] is where the next entry with byte b goes; limits[256 + b] is where its part ends.
            limits.initialize(repeating: 0)
            for entry in self { limits[256 + entry.key.byte(place)] += 1 }
            var sum = 0
            for byte in 0..<256 {
                limits[byte] = sum
                sum += limits[256 + byte]
                limits[256 + byte] = sum
            }
            for byte in 0..<256 {
                while limits[byte] < limits[256 + byte] {
                    let target = self[limits[byte]].key.byte(place)
                    if target != byte { swapAt(limits[byte], limits[target]) }
                    limits[target] += 1
                }
            }
            var start = 0
            for byte in 0..<256 {
                let end = limits[256 + byte]
                if end - start > 1 {
                    UnsafeMutableBufferPointer(rebasing: self[start..<end]).sortByKey(from: place + 1)
                }
                start = end
            }
        }
    }

    private func insertionSort() {
        for index in indices.dropFirst() {
            let entry = self[index]
            var hole = index
            while hole > 0, entry.key < self[hole - 1].key {
                self[hole] = self[hole - 1]
                hole -= 1
            }
            self[hole] = entry
        }
    }
}
