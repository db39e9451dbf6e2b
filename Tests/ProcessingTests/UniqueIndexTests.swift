import Glibc
import Testing

@testable import Processing

@Suite struct UniqueIndexTests {
    /// Keys of several kinds and lengths, also empty ones and ones that differ in zeros only.
    static func key(_ number: Int) -> [UInt8] {
        switch number % 5 {
        case 0: Array("\(number)".utf8)
        case 1: Array("customer-number-\(number)@example.com".utf8)
        case 2: [UInt8](repeating: 0, count: number / 5 % 40)
        case 3: withUnsafeBytes(of: number) { [UInt8]($0) }
        default: Array("ééé\u{0}\(number)".utf8)
        }
    }

    @Test(
        "every answer is a dictionary's, however often keys go to disk and runs are merged",
        .timeLimit(.minutes(10)),
        arguments: [(2_000_000, 1 << 20, 3_000_000), (300_000, 32 << 10, 400_000), (200_000, 32 << 20, 100_000)])
    func dictionary(_ rows: Int, _ budget: Int, _ keys: Int) throws {
        let folder = try TemporaryFolder()
        let index = UniqueIndex(folder: folder.path, budget: budget)
        var generator = SeededGenerator(UInt64(rows))
        var known: [[UInt8]: Int] = [:]
        var wrong = 0
        var mostRuns = 0
        for row in 1...rows {
            let key = Self.key(Int.random(in: 0..<keys, using: &generator))
            let first = try index.insert(key, row: row, line: 2 * row)
            if first?.row != known[key] || first?.line != known[key].map({ 2 * $0 }) { wrong += 1 }
            if known[key] == nil { known[key] = row }
            mostRuns = max(mostRuns, index.runCount)
        }
        #expect(wrong == 0)
        #expect(index.count == known.count)
        #expect(mostRuns <= UniqueIndex.maxRuns)
        #expect((mostRuns == 0) == (budget == 32 << 20), "a small budget goes to disk, a large one does not")
        #expect(folder.names.isEmpty, "temporary files have no names")
        for (key, row) in known where try index.first(of: key)?.row != row { wrong += 1 }
        for number in 0..<10_000 where try index.first(of: Array("never-seen-\(number)".utf8)) != nil { wrong += 1 }
        #expect(wrong == 0)
    }

    @Test("a duplicate is found at every distance", arguments: [1, 2, 100, 767, 768, 769, 5_000, 20_000])
    func distances(_ distance: Int) throws {
        let folder = try TemporaryFolder()
        let index = UniqueIndex(folder: folder.path, budget: 32 << 10)
        var wrong = 0
        for row in 0..<30_000 {
            if row >= distance {
                let old = row - distance
                if try index.insert(Self.distinct(old), row: -1, line: -1)?.row != old { wrong += 1 }
            }
            if try index.insert(Self.distinct(row), row: row, line: row) != nil { wrong += 1 }
        }
        #expect(wrong == 0)
        #expect(index.count == 30_000)
    }

    private static func distinct(_ number: Int) -> [UInt8] {
        Array(number % 2 == 0 ? "\(number)".utf8 : "a key longer than fifteen bytes \(number)".utf8)
    }

    @Test("asking remembers nothing, and inserting behind it is the same as without")
    func firstThenInsert() throws {
        let folder = try TemporaryFolder()
        let index = UniqueIndex(folder: folder.path, budget: 32 << 10)
        for row in 1...5_000 {
            let key = Self.distinct(row)
            #expect(try index.first(of: key) == nil)
            #expect(try index.first(of: key) == nil)
            #expect(try index.insert(key, row: row, line: row) == nil)
            #expect(try index.insert(key, row: 0, line: 0)?.row == row)
            #expect(try index.first(of: key)?.row == row)
        }
        #expect(index.count == 5_000)
    }

    @Test("keys that differ in length, zeros or one bit only are different")
    func nearKeys() throws {
        let index = UniqueIndex()
        var keys: [[UInt8]] = (0...64).map { [UInt8](repeating: 0, count: $0) }
        for length in [1, 8, 14, 15, 16, 17, 32, 64] {
            for bit in 0..<(8 * length) {
                var key = [UInt8](repeating: 0, count: length)
                key[bit / 8] = 1 << (bit % 8)
                keys.append(key)
            }
        }
        for (row, key) in keys.enumerated() { #expect(try index.insert(key, row: row, line: row) == nil) }
        for (row, key) in keys.enumerated() { #expect(try index.insert(key, row: 0, line: 0)?.row == row) }
    }

    @Test("a temporary folder that cannot be used is named, and nothing is answered from then on")
    func unusableFolder() throws {
        let index = UniqueIndex(folder: "/nowhere/at/all", budget: 32 << 10)
        var failure: FileError?
        for row in 0..<10_000 where failure == nil {
            do throws(FileError) {
                try index.insert(Self.distinct(row), row: row, line: row)
            } catch {
                failure = error
            }
        }
        #expect(failure?.code == .temporaryFolderUnusable)
        #expect(
            failure?.message == """
                cannot make a temporary file in /nowhere/at/all: No such file or directory; it must be a folder that can \
                be written
                """)
        #expect(throws: FileError.self) { try index.insert(Self.distinct(0), row: 0, line: 0) }
        #expect(throws: FileError.self) { try index.first(of: Self.distinct(0)) }
    }

    @Test("a full disk is an error that says so")
    func diskFull() throws {
        let full = open("/dev/full", O_RDWR | O_CLOEXEC)
        try #require(full >= 0)
        var writer = SortedRunWriter(TemporaryFile(descriptor: full, folder: "/tmp"), capacity: 1, mixer: KeyMixer())
        let entry = [KeyEntry(key: KeyFingerprint([1]), row: 1, line: 1)]
        var failure: FileError?
        do throws(FileError) {
            try entry.withUnsafeBufferPointer { entries throws(FileError) in try writer.append(entries) }
        } catch {
            failure = error
        }
        #expect(failure?.code == .diskFull)
        #expect(
            failure?.message == """
                cannot write a temporary file in /tmp: No space left on device; free some space there and try again
                """)
    }

    @Test("a full table has used its budget and no more", arguments: [32 << 10, 100_000, 1 << 20, 5_000_000, 32 << 20])
    func memory(_ budget: Int) {
        let mixer = KeyMixer()
        var table = KeyTable(budget: budget, mixer: mixer)
        var most = 0
        while !table.isFull {
            let key = KeyFingerprint(withUnsafeBytes(of: table.count) { [UInt8]($0) })
            table.add(KeyEntry(key: key, row: 0, line: 0), hash: mixer.hash(key))
            most = max(most, table.byteCount)
        }
        #expect(most <= budget)
        #expect(most > budget * 6 / 10)
    }
}

@Suite struct KeyEntrySortTests {
    @Test("entries are sorted by key, whatever the keys have in common", arguments: [0, 1, 2, 31, 33, 1000, 50_000])
    func sorts(_ count: Int) {
        var generator = SeededGenerator(UInt64(count))
        let kinds: [(Int) -> [UInt8]] = [
            { Array("\($0)".utf8) }, { _ in generator.bytes(16) }, { Array("2024-01-\($0 % 28)".utf8) }, { _ in [] },
            { Array("the same long beginning of all keys \($0)".utf8) }, { [UInt8](repeating: 0, count: $0 % 16) },
        ]
        for kind in kinds {
            var entries = (0..<count).map { KeyEntry(key: KeyFingerprint(kind($0)), row: $0, line: -$0) }.shuffled()
            let expected = entries.map(\.key).sorted()
            entries.withUnsafeMutableBufferPointer { $0.sortByKey() }
            #expect(entries.map(\.key) == expected)
            #expect(Set(entries.map(\.row)).count == count, "nothing is lost or doubled")
            #expect(entries.allSatisfy { $0.line == -$0.row })
        }
    }
}

@Suite struct BloomFilterTests {
    @Test("a filter passes every key it holds, and fewer than 2 % of the others", arguments: [1, 100, 1_000_000])
    func rates(_ count: Int) {
        let mixer = KeyMixer()
        var filter = BloomFilter(capacity: count)
        func hash(_ number: Int) -> UInt64 { mixer.hash(KeyFingerprint(Array("\(number)".utf8))) }
        for number in 0..<count { filter.insert(hash: hash(number)) }
        var missed = 0
        var passed = 0
        for number in 0..<count where !filter.mayContain(hash: hash(number)) { missed += 1 }
        for number in count..<(count + 200_000) where filter.mayContain(hash: hash(number)) { passed += 1 }
        #expect(missed == 0)
        #expect(passed < 4_000)
    }
}
