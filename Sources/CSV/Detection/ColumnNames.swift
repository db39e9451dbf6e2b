extension Record {
    /// The names of `count` columns, all different as bytes, from the cells of the header rows.
    ///
    /// White space around a name is removed, and white space with a line break in it becomes one space. Several rows are
    /// joined (see ``joinedNames(_:count:)``). A blank name, a missing one, and every name of a file without a header
    /// becomes `column_1`, `column_2` … by its place. A name that was there before gets `_2`, `_3` …: the first number
    /// that makes a name which no other cell has.
    package static func columnNames(headers: [Record], count: Int) -> [String] {
        let given = joinedNames(headers, count: count)
        var taken = Set(given)
        var seen: Set<[UInt8]> = []
        var next: [[UInt8]: Int] = [:]
        return given.enumerated().map { column, name in
            let base = name.isEmpty ? Array("column_\(column + 1)".utf8) : name
            let isFree = name.isEmpty ? taken.insert(base).inserted : seen.insert(base).inserted
            if isFree { return String(decoding: base, as: UTF8.self) }
            var number = next[base] ?? 2
            while !taken.insert(base + Array("_\(number)".utf8)).inserted { number += 1 }
            next[base] = number + 1
            return String(decoding: base, as: UTF8.self) + "_\(number)"
        }
    }

    /// For each column the names of the header rows, from the top, with a space between; they may be empty or repeat.
    ///
    /// A blank cell above the last row is taken for one merged with those before it, and has their name. A name that says
    /// the same as the one above it is left out.
    static func joinedNames(_ headers: [Record], count: Int) -> [[UInt8]] {
        var names = [[UInt8]](repeating: [], count: max(0, count))
        for (row, header) in headers.enumerated() {
            var last: [UInt8] = []
            for column in names.indices {
                var name = column < header.count ? normalized(header.bytes[header.range(column)]) : []
                if name.isEmpty, row < headers.count - 1 { name = last }
                last = name
                if name.isEmpty || name == names[column] { continue }
                names[column] += (names[column].isEmpty ? [] : [0x20]) + name
            }
        }
        return names
    }

    private static func normalized(_ cell: ArraySlice<UInt8>) -> [UInt8] {
        var name: [UInt8] = []
        var space: ArraySlice<UInt8> = []
        var at = cell.startIndex
        while at < cell.endIndex {
            let width = spaceWidth(cell[at...])
            if width > 0 {
                space = space.isEmpty ? cell[at..<at + width] : cell[space.startIndex..<at + width]
                at += width
                continue
            }
            if !name.isEmpty { name += space.contains { $0 == 0x0A || $0 == 0x0D } ? [0x20] : space }
            space = []
            name.append(cell[at])
            at += 1
        }
        return name
    }

    /// The length of the space at the start: ASCII white space, a no-break space or a stray byte order mark; else 0.
    private static func spaceWidth(_ bytes: ArraySlice<UInt8>) -> Int {
        if let first = bytes.first, first == 0x20 || (0x09...0x0D).contains(first) { return 1 }
        if bytes.starts(with: [0xC2, 0xA0]) { return 2 }
        return bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }
}
