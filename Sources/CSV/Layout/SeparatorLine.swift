/// The line `sep=;` at the start of a file, by which spreadsheets are told the delimiter.
struct SeparatorLine {
    let delimiter: UInt8

    /// The line that a sample starts with, behind a byte order mark if there is one.
    init?(_ sample: [UInt8]) {
        let line = (ByteOrderMark(sample) == .utf8 ? sample.dropFirst(3) : sample[...]).prefix(8).prefix {
            $0 != 0x0A && $0 != 0x0D
        }
        let text = line.first == UInt8(ascii: "\"") && line.last == line.first ? line.dropFirst().dropLast() : line
        guard text.count == 5, text.dropLast().elementsEqual("sep=".utf8), let delimiter = text.last,
            (try? Dialect(delimiter: delimiter, quote: nil)) != nil
        else { return nil }
        self.delimiter = delimiter
    }

    var property: Detection.Property<Delimiter> {
        Detection.Property(
            value: Delimiter(delimiter), confidence: 0.99,
            evidence: "the first line says that it is \(Dialect.describe(delimiter))")
    }

    static let preamble = Detection.Property(
        value: 1, confidence: 0.99, evidence: "the first line tells spreadsheets the delimiter", runnerUp: 0)
}
