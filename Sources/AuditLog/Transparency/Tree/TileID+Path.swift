extension TileID {
    /// The tile's path: `tile/<level>/<index>[.p/<width>]`.
    package var path: String { "tile/\(level)/\(place)" }

    /// The path of the entries under a tile of level 0: `tile/entries/<index>[.p/<width>]`.
    package var entriesPath: String { "tile/entries/\(place)" }

    /// The index in groups of three digits, all but the last behind an x, and the width of a partial tile.
    private var place: String {
        var text = Self.threeDigits(index % 1000)
        var rest = index / 1000
        while rest > 0 {
            text = "x\(Self.threeDigits(rest % 1000))/\(text)"
            rest /= 1000
        }
        return isFull ? text : "\(text).p/\(width)"
    }

    private static func threeDigits(_ number: Int64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: 3 - digits.count) + digits
    }

    /// The tile that `path` names; nil for anything that `path` would not write.
    package init?(path: String) {
        var parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 3, parts.count <= 12, parts[0] == "tile", let level = Int(parts[1]) else { return nil }
        var width = Self.fullWidth
        if parts[parts.count - 2].hasSuffix(".p") {
            guard let partial = Int(parts.removeLast()), partial < Self.fullWidth else { return nil }
            width = partial
            parts[parts.count - 1].removeLast(2)
        }
        var index: Int64 = 0
        for part in parts.dropFirst(2) {
            guard let group = Int64(part.drop(while: { $0 == "x" })), (0..<1000).contains(group) else { return nil }
            let (product, tooLarge) = index.multipliedReportingOverflow(by: 1000)
            let (sum, overflow) = product.addingReportingOverflow(group)
            guard !tooLarge, !overflow else { return nil }
            index = sum
        }
        self.init(level: level, index: index, width: width)
        // There is one way to write a path: signs, missing zeros and stray letters all end here.
        guard self.path.utf8.elementsEqual(path.utf8) else { return nil }
    }
}
