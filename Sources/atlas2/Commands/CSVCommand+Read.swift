import ArgumentParser
import AuditLog
import CSV

extension CSVCommand {
    struct Read: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a file's records as a job would read them.",
            discussion: """
                As CSV it is written by RFC 4180 in UTF-8; as JSON, an object a line. Records that cannot be read are left \
                out and named on standard error, and the exit code is then 2. "-" reads standard input.

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

        func run() throws {
            let input = try InputFile(file)
            let sample = try input.read(Detection.sampleSize)
            let found = try Detection.detect(
                sample, isWholeFile: sample.count < Detection.sampleSize, fixed: dialect.fixed())
            var reader = Reader(found.dialect)
            var printer = RecordPrinter(to, found, file: input.name)
            var piece = sample
            while !piece.isEmpty {
                reader.feed(piece)
                try printer.print(&reader)
                piece = try input.read(1 << 18)
            }
            reader.finish()
            try printer.print(&reader)
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
    private let names: [[UInt8]]
    private var writer: Writer
    private var record = Record()
    private var faults = 0

    init(_ target: CSVCommand.Read.Target, _ found: Detection, file: String) {
        self.target = target
        self.file = file
        names = found.columnNames.map { JSONValue.string($0).bytes + [UInt8(ascii: ":")] }
        writer = Writer(.rfc4180, recordEnd: found.recordEnd.value ?? .lf)
    }

    mutating func print(_ reader: inout Reader) throws {
        while reader.next(into: &record) {
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
                if record.number > 0 { try Output.write(object()) }
            }
        }
        try Output.write(writer.take())
    }

    /// Says how many faults were not named; returns how many there were.
    func finish() -> Int {
        if faults > Self.namedFaults {
            StandardError.say("\(file): \((faults - Self.namedFaults).grouped) more records cannot be read")
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
