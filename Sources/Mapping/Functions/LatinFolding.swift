/// The plain letter of every Latin letter with an accent, a stroke or a tail, and the two letters of a ligature.
///
/// Generated from the canonical decompositions of Unicode 14 for U+00C0–U+024F and U+1E00–U+1EFF, with what has none
/// added by hand (ø, ł, đ, ß, æ, þ …): `.` stays as it is, `+` has several letters.
enum LatinFolding {
    private static let first: StaticString = """
        AAAAAA+CEEEEIIIIDNOOOOO.OUUUUY++aaaaaa+ceeeeiiiidnooooo.ouuuuy+yAaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGg\
        GgGgHhHhIiIiIiIiIi++JjKkqLlLlLlLlLlNnNnNn+NnOoOoOo++RrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs\
        bB.......DD......FfG...IKkl..NnOOo..Pp.....tTtTUu.VYyZz.............+++++++++AaIiOoUuUuUuUuUu.Aa\
        Aa++GgGgKkOoOo..j+++Gg..NnAa++OoAaAaEeEeIiIiOoOoRrRrUuUuSsTt..HhNd..ZzAaEeOoOoOoOoYylntj..ACcLTs\
        z..B..EeJj..RrYy
        """
    private static let additional: StaticString = """
        AaBbBbBbCcDdDdDdDdDdEeEeEeEeEeFfGgHhHhHhHhHhIiIiKkKkKkLlLlLlLlMmMmMmNnNnNnNnOoOoOoOoPpPpRrRrRrRr\
        SsSsSsSsSsTtTtTtTtUuUuUuUuUuVvVvWwWwWwWwWwXxXxYyZzZzZzhtwyasss+dAaAaAaAaAaAaAaAaAaAaAaAaEeEeEeEe\
        EeEeEeEeIiIiOoOoOoOoOoOoOoOoOoOoOoOoUuUuUuUuUuUuUuYyYyYyYy++..Yy
        """

    private static let several: [UInt32: StaticString] = [
        0xC6: "AE", 0xDE: "Th", 0xDF: "ss", 0xE6: "ae", 0xFE: "th", 0x132: "IJ", 0x133: "ij", 0x149: "'n",
        0x152: "OE", 0x153: "oe", 0x1C4: "DZ", 0x1C5: "Dz", 0x1C6: "dz", 0x1C7: "LJ", 0x1C8: "Lj", 0x1C9: "lj",
        0x1CA: "NJ", 0x1CB: "Nj", 0x1CC: "nj", 0x1E2: "AE", 0x1E3: "ae", 0x1F1: "DZ", 0x1F2: "Dz", 0x1F3: "dz",
        0x1FC: "AE", 0x1FD: "ae", 0x1E9E: "SS", 0x1EFA: "LL", 0x1EFB: "ll",
    ]

    /// The plain letters in ASCII, or `nil` where the scalar stays as it is.
    static func letters(of scalar: UInt32) -> Bytes? {
        let table: StaticString
        let offset: Int
        switch scalar {
        case 0xC0...0x24F: (table, offset) = (first, Int(scalar - 0xC0))
        case 0x1E00...0x1EFF: (table, offset) = (additional, Int(scalar - 0x1E00))
        default: return nil
        }
        guard offset < table.utf8CodeUnitCount else { return nil }
        let letter = Bytes(start: table.utf8Start + offset, count: 1)
        switch letter[0] {
        case UInt8(ascii: "."): return nil
        case UInt8(ascii: "+"): return several[scalar].map { Bytes(start: $0.utf8Start, count: $0.utf8CodeUnitCount) }
        default: return letter
        }
    }

    /// Whether the scalar is a mark that combines with the letter before it (U+0300–U+036F).
    static func isCombiningMark(_ scalar: UInt32) -> Bool { 0x300...0x36F ~= scalar }

    /// Latin letters plain; marks behind them go, all else stays.
    static func apply(to bytes: Bytes, _ workspace: Workspace) -> Value {
        guard bytes.contains(where: { $0 >= 0x80 }) else { return .blankable(bytes) }
        // Every letter that becomes two or three takes at least two bytes before.
        let capacity = bytes.count * 2
        let target = workspace.allocate(capacity)
        var count = 0
        var index = 0
        var isBehindLatin = false
        while index < bytes.count {
            let (scalar, length) = decodeScalar(bytes, at: index)
            if let letters = letters(of: scalar) {
                for letter in letters {
                    target[count] = letter
                    count += 1
                }
                isBehindLatin = true
            } else if !(isBehindLatin && isCombiningMark(scalar)) {
                for offset in 0..<length { target[count + offset] = bytes[index + offset] }
                count += length
                isBehindLatin = (scalar | 0x20) &- 0x61 < 26
            }
            index += length
        }
        workspace.giveBack(capacity - count)
        return .blankable(target, count: count)
    }
}
