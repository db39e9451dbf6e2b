import CSV

/// CSV that people open in a spreadsheet: nothing in it becomes a formula, or steers what shows it.
///
/// A text that begins with `=`, `+`, `-`, `@`, a tab, a carriage return or an apostrophe gets an apostrophe in front
/// (take one away to get it back); control and direction characters, but for line breaks and tabs inside a text, are
/// written as `\u{1b}`. Numbers stay numbers.
struct SpreadsheetWriter {
    enum Cell {
        case text(String?)
        case number(Int64?)
    }

    private var writer = Writer(.rfc4180)

    mutating func line(_ cells: [Cell]) throws -> [UInt8] {
        try writer.write(
            cells.map { cell in
                switch cell {
                case .text(let text): Self.harmless(text ?? "")
                case .number(let number): number.map { String($0) } ?? ""
                }
            })
        return writer.take()
    }

    static func harmless(_ text: String) -> String {
        var harmless = text
        if text.unicodeScalars.contains(where: \.steers) {
            harmless = text.unicodeScalars.reduce(into: "") { text, scalar in
                let stays = scalar == "\n" || scalar == "\t" || !scalar.steers
                text += stays ? String(scalar) : "\\u{\(String(scalar.value, radix: 16))}"
            }
        }
        // Full-width signs are taken for the plain ones by some.
        let isFormula = harmless.unicodeScalars.first.map { "=+-@\t\n\r'＝＋－＠".unicodeScalars.contains($0) } ?? false
        return isFormula ? "'" + harmless : harmless
    }
}
