import ArgumentParser
import AuditLog
import CSV

extension CSVCommand {
    struct Read: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a file's records as a job would read them.",
            discussion: """
                As CSV it is written by RFC 4180 in UTF-8; as JSON, an object a line. Records that cannot be \
                read are left out and named on standard error, and the exit code is then 2. "-" reads standard input.

                Examples:
                  atlas2 csv read export.txt > clean.csv
                  atlas2 csv read customers.csv --to json --delimiter semicolon --no-header
                """)

        enum Target: String, ExpressibleByArgument, CaseIterable {
            case csv
            case json
        }

        @Argument(help: "The file.", completion: .file())
        var file: String

        @Option(help: "What to print.")
        var to = Target.csv

        @OptionGroup var dialect: DialectOptions
        @OptionGroup var limits: LimitOptions

        func run() throws {
            let input = try SampledFile(file)
            let found = try input.detect(dialect.fixed(), limits.limits)
            var reader = Reader(found.dialect, columns: found.columns.value)
            var printer = RecordPrinter(to, found, file: input.name)
            try input.forEachPiece { piece in
                reader.feed(piece)
                try printer.print(&reader)
            }
            reader.finish()
            try printer.print(&reader)
            printer.sayWhatWasLeftOut(found)
            guard printer.finish() == 0 else {
                try Output.flush()
                throw ExitCode(2)
            }
        }
    }
}

/// Prints the records that a reader delivers, and names those that have a fault.
private struct RecordPrinter {
    private static let namedFaults = 20

    private let target: CSVCommand.Read.Target
    private let file: String
    private let columnNames: [String]
    private let headerRows: Int
    private var isHeaderWritten = false
    /// As JSON, each with its colon.
    private let names: [[UInt8]]
    private var writer: Writer
    private var record = Record()
    private var faults = 0
    private var repairs = 0

    init(_ target: CSVCommand.Read.Target, _ found: Detection, file: String) {
        self.target = target
        self.file = file
        columnNames = found.columnNames
        headerRows = found.dialect.layout.headerRows
        names = columnNames.map { JSONValue.string($0).bytes + [UInt8(ascii: ":")] }
        writer = Writer(.rfc4180, recordEnd: found.recordEnd.value ?? .lf)
    }

    mutating func print(_ reader: inout Reader) throws {
        while reader.next(into: &record) {
            if record.number == 0 {
                try writeHeader()
                continue
            }
            if let repair = record.repair {
                repairs += 1
                if repairs <= Self.namedFaults { StandardError.say("\(file): \(repair.message)".printable) }
            }
            if let fault = record.fault {
                faults += 1
                if faults <= Self.namedFaults { StandardError.say("\(file): \(fault.message)".printable) }
                continue
            }
            switch target {
            case .csv:
                try writer.write(record)
                if writer.bytes.count >= 1 << 16 { try Output.write(writer.take()) }
            case .json:
                try Output.write(object())
            }
        }
        try Output.write(writer.take())
    }

    /// The header as it stands, or the columns' names where it has not a cell for each, or several rows.
    private mutating func writeHeader() throws {
        guard target == .csv, !isHeaderWritten else { return }
        isHeaderWritten = true
        if headerRows == 1, record.fault == nil { try writer.write(record) } else { try writer.write(columnNames) }
    }

    func sayWhatWasLeftOut(_ found: Detection) {
        let lines = LinesLeftOut(preamble: found.preambleLines.value, footer: found.footerLines.value)
        if let words = lines.words { StandardError.say("\(file): left out \(words)".printable) }
    }

    /// Says how many faults and repairs were not named; returns how many there were.
    func finish() -> Int {
        if faults > Self.namedFaults {
            StandardError.say("\(file): \((faults - Self.namedFaults).grouped) more records cannot be read")
        }
        if repairs > Self.namedFaults {
            StandardError.say("\(file): \((repairs - Self.namedFaults).grouped) more records were repaired")
        }
        return faults
    }

    private func object() -> [UInt8] {
        var bytes = [UInt8(ascii: "{")]
        for cell in 0..<min(record.count, names.count) {
            if cell > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += names[cell]
            bytes += JSONValue.string(record.text(cell)).bytes
        }
        return bytes + [UInt8(ascii: "}"), 0x0A]
    }
}
