import CSV

/// A file that nobody would write, with a way of reading it; the same number makes the same one.
struct FuzzInput {
    let bytes: [UInt8]
    let dialect: Dialect
    let limits: Limits

    init(_ number: UInt64) throws {
        var random = SeededGenerator(seed: number)
        let delimiters = [",", ";", "\t", "|", " ", ":", ", ", "||", "::", ",;", "~^"]
        let quotes: [UInt8?] = [UInt8(ascii: "\""), UInt8(ascii: "\""), UInt8(ascii: "'"), nil]
        let text = delimiters.randomElement(using: &random) ?? ","
        let quote = quotes.randomElement(using: &random) ?? nil
        let encoding = Dialect.Encoding.allCases.randomElement(using: &random) ?? .utf8
        let plain = try Dialect(
            delimiter: Delimiter(text) ?? Delimiter(44), quote: quote,
            escape: Dialect.Escape.allCases.randomElement(using: &random) ?? .doubledQuote, encoding: encoding)
        var file =
            Bool.random(using: &random)
            ? Self.noise(text, quote, &random) : Self.table(text, quote, &random)
        Self.mutate(&file, &random)
        bytes = Self.encode(file, encoding, &random)
        let isWhole = Bool.random(using: &random)
        dialect = plain.with(
            Layout(
                preambleLines: Int.random(in: -4...3, using: &random),
                headerRows: Int.random(in: 0...2, using: &random),
                endOffset: isWhole ? nil : Int.random(in: 0...bytes.count + 2, using: &random) & ~1))
        limits =
            Bool.random(using: &random)
            ? Limits(columns: 40)
            : Limits(
                cellBytes: Int.random(in: 1...12, using: &random), recordBytes: Int.random(in: 1...30, using: &random),
                columns: Int.random(in: 1...6, using: &random))
    }

    /// Pieces of everything that means something.
    private static func noise(_ delimiter: String, _ quote: UInt8?, _ random: inout SeededGenerator) -> [UInt8] {
        let mark = quote.map { String(UnicodeScalar($0)) } ?? "\""
        let parts = [
            delimiter, delimiter, String(delimiter.prefix(1)), mark, mark, mark + delimiter, delimiter + mark,
            mark + mark,
            "\n", "\n", "\r", "\r\n", "\\", "\\" + mark, "a", "12", "é", "日", "🦀", "\0", "\u{FEFF}", " ", "12345678",
            "x y",
        ]
        return (0..<Int.random(in: 0...60, using: &random)).flatMap { _ in
            Array((parts.randomElement(using: &random) ?? "").utf8)
        }
    }

    /// A report with a title, a table, sums and remarks, or some of these.
    private static func table(_ delimiter: String, _ quote: UInt8?, _ random: inout SeededGenerator) -> [UInt8] {
        let mark = quote.map { String(UnicodeScalar($0)) } ?? ""
        let width = Int.random(in: 1...6, using: &random)
        let end = ["\n", "\r\n", "\r"].randomElement(using: &random) ?? "\n"
        let values = [
            "1", "22,5", "2024-01-31", "Ann", "a@b.org", "", "NULL", "Zoë 🦀", "Lee\(delimiter)Ann", "10:30", "yes",
        ]
        func line(_ cells: [String]) -> String {
            cells.map { $0.contains(delimiter) ? mark + $0 + mark : $0 }.joined(separator: delimiter) + end
        }
        var text =
            ["", "", "\u{FEFF}", "sep=\(delimiter)\(end)", "Title\(end)\(end)"].randomElement(using: &random) ?? ""
        text += line((0..<width).map { "name \($0)" })
        let kinds = (0..<width).map { _ in values.randomElement(using: &random) ?? "" }
        for _ in 0..<Int.random(in: 0...12, using: &random) {
            text += line(
                kinds.map {
                    Int.random(in: 0..<5, using: &random) == 0 ? values.randomElement(using: &random) ?? "" : $0
                })
        }
        let tails = [
            "", "", "\(end)Source: us", line(["Total"] + kinds.dropFirst()),
            "\(end)x\(delimiter)y\(end)1\(delimiter)2\(end)",
        ]
        return Array((text + (tails.randomElement(using: &random) ?? "")).utf8)
    }

    /// Changes, drops, repeats or adds some bytes.
    private static func mutate(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        for _ in 0..<Int.random(in: 0...4, using: &random) where !bytes.isEmpty {
            let at = Int.random(in: 0..<bytes.count, using: &random)
            let end = min(bytes.count, at + Int.random(in: 1...9, using: &random))
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.removeSubrange(at..<end)
            case 2: bytes.insert(contentsOf: bytes[at..<end], at: at)
            default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: at)
            }
        }
    }

    /// In UTF-16 some code units are replaced as well, and the last one may be cut.
    private static func encode(
        _ bytes: [UInt8], _ encoding: Dialect.Encoding, _ random: inout SeededGenerator
    ) -> [UInt8] {
        guard encoding.isUTF16 else { return bytes }
        var units = Array(String(decoding: bytes, as: UTF8.self).utf16)
        for index in units.indices where Int.random(in: 0..<50, using: &random) == 0 {
            units[index] = UInt16.random(in: 0xD700...0xE0FF, using: &random)
        }
        let wide = units.flatMap { unit in
            let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xFF))
            return encoding == .utf16BE ? [high, low] : [low, high]
        }
        return Int.random(in: 0..<8, using: &random) == 0 ? Array(wide.dropLast()) : wide
    }
}
