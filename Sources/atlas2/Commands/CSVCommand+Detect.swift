import ArgumentParser
import CSV

extension CSVCommand {
    struct Detect: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say how a file is written, with the evidence.",
            discussion: """
                Every property comes with its evidence, a confidence from 0 to 1, and the runner-up. What is given is not \
                guessed. "-" reads standard input.

                Examples:
                  atlas2 csv detect customers.csv
                  atlas2 csv detect export.dat --delimiter semicolon --json
                """)

        @Argument(help: "The file.", completion: .file())
        var file: String

        @OptionGroup var dialect: DialectOptions
        @OptionGroup var limits: LimitOptions
        @OptionGroup var format: OutputFormat

        func run() throws {
            let found = try SampledFile(file).detect(dialect.fixed(), limits.limits)
            try format.json ? Output.line(Self.json(found)) : Self.print(found)
        }

        private static func print(_ found: Detection) throws {
            var table = Table("property", "value", ">confidence", "runner-up", "evidence")
            func add<Value>(_ name: String, _ property: Detection.Property<Value>, _ spell: (Value) -> String) {
                table.add(
                    name, spell(property.value), percent(property.confidence), property.runnerUp.map(spell) ?? "",
                    property.evidence)
            }
            add("encoding", found.encoding) { $0.rawValue }
            add("delimiter", found.delimiter) { Dialect.describe($0) }
            add("quote", found.quote) { $0.map { Dialect.describe($0) } ?? "none" }
            add("escape", found.escape) { $0.rawValue }
            add("record end", found.recordEnd) { $0?.rawValue ?? "none" }
            add("preamble lines", found.preambleLines) { String($0) }
            add("header", found.header) { $0 ? "yes" : "no" }
            add("header rows", found.headerRows) { String($0) }
            add("footer lines", found.footerLines) { String($0) }
            add("second table", found.secondTable) { $0 ? "yes" : "no" }
            add("columns", found.columns) { String($0) }
            add("nulls", found.nulls) { $0.isEmpty ? "none" : $0.joined(separator: ", ").printable }
            try table.print()
            try Output.line("names: " + found.columnNames.joined(separator: ", ").printable)
            let kinds = found.dialect.columnKinds
            if !kinds.isEmpty { try Output.line("kinds: " + kinds.map(\.name).joined(separator: ", ")) }
        }

        private static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }

        private static func json(_ found: Detection) -> JSONValue {
            func property<Value>(
                _ property: Detection.Property<Value>, _ spell: (Value) -> JSONValue
            ) -> JSONValue {
                .object([
                    ("value", spell(property.value)), ("confidence", .decimal(property.confidence)),
                    ("evidence", .string(property.evidence)), ("runner_up", property.runnerUp.map(spell) ?? .null),
                ])
            }
            func character(_ byte: UInt8) -> JSONValue { .string(String(Character(UnicodeScalar(byte)))) }
            return .object([
                ("encoding", property(found.encoding) { .string($0.rawValue) }),
                ("delimiter", property(found.delimiter) { .string($0.text) }),
                ("quote", property(found.quote) { $0.map(character) ?? .null }),
                ("escape", property(found.escape) { .string($0.rawValue) }),
                ("record_end", property(found.recordEnd) { .optional($0?.rawValue) }),
                ("preamble_lines", property(found.preambleLines) { .integer($0) }),
                ("header", property(found.header) { .bool($0) }),
                ("header_rows", property(found.headerRows) { .integer($0) }),
                ("footer_lines", property(found.footerLines) { .integer($0) }),
                ("second_table", property(found.secondTable) { .bool($0) }),
                ("columns", property(found.columns) { .integer($0) }),
                ("nulls", property(found.nulls) { .strings($0) }),
                ("column_names", .strings(found.columnNames)),
                ("column_kinds", .strings(found.dialect.columnKinds.map(\.name))),
                ("sampled_records", .integer(found.sampledRecords)),
            ])
        }
    }
}
