/// Reads numbers to add them up: digits with a sign, one decimal mark, and the other mark, spaces or apostrophes between groups
/// of three.
enum PlainNumber {
    /// Millionths; nil for anything else, and for what is too large.
    static func read(_ cell: ArraySlice<UInt8>, decimalMark: UInt8) -> Int? {
        var cell = cell.drop { $0 == 0x20 }
        while cell.last == 0x20 { cell.removeLast() }
        let isNegative = cell.first == UInt8(ascii: "-")
        if isNegative || cell.first == UInt8(ascii: "+") { cell.removeFirst() }
        let parts = cell.split(separator: decimalMark, maxSplits: 2, omittingEmptySubsequences: false)
        guard let whole = parts.first, parts.count <= 2, !whole.isEmpty else { return nil }
        let other = decimalMark == UInt8(ascii: ".") ? UInt8(ascii: ",") : UInt8(ascii: ".")
        let groups = whole.split(omittingEmptySubsequences: false) { $0 == other || $0 == 0x20 || $0 == 0x27 }
        guard groups.count == 1 || (1...3 ~= groups[0].count && groups.dropFirst().allSatisfy { $0.count == 3 }) else {
            return nil
        }
        var fraction = parts.count == 2 ? parts[1] : []
        guard parts.count == 1 || 1...6 ~= fraction.count else { return nil }
        fraction += [UInt8](repeating: 0x30, count: 6 - fraction.count)
        var value = 0
        for digit in groups.joined() + fraction {
            guard digit &- 0x30 < 10 else { return nil }
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            guard !overflow, tens <= Int.max - 9 else { return nil }
            value = tens + Int(digit &- 0x30)
        }
        return isNegative ? -value : value
    }
}
