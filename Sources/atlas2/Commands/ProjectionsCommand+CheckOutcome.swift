import AuditLog
import Projections

extension ProjectionsCommand.Check {
    /// What there is to say of one file.
    struct Outcome {
        var file: String
        var name: String?
        var findings: [Finding]
        /// What came of folding a part of the log; nil where it was not folded.
        var sample: SampleFold.Result?
        var remark: String?

        var isFaulty: Bool { findings.contains { $0.severity == .error } }
        var isFine: Bool { !isFaulty && sample?.isEqual ?? true }

        func print() throws {
            for finding in findings { try Output.line(String(describing: finding).printable) }
            for difference in sample?.differences ?? [] { try Output.line(difference.sentence.printable) }
            let verdict =
                if isFaulty {
                    "faulty: it is not installed so"
                } else if let sample, !sample.isEqual {
                    "NOT equal: its rows depend on how the log is folded"
                } else if let sample, sample.events == 0 {
                    "nothing is wrong with it; the log has none of its events yet"
                } else if let sample {
                    "equal: \(sample.events.counting("event")) folded at once, in batches of 7 and one by one give the same \(sample.rows.counting("row"))"
                } else {
                    "nothing is wrong with it; \(remark ?? "")"
                }
            try Output.line("\(name ?? file): \(verdict)".printable)
        }

        var json: JSONValue {
            .object([
                ("file", .string(file)), ("name", .optional(name)), ("ok", .bool(isFine)),
                ("findings", .array(findings.map(\.json))),
                (
                    "sample",
                    sample.map { sample in
                        .object([
                            ("events", .integer(sample.events)), ("rows", .integer(sample.rows)),
                            ("equal", .bool(sample.isEqual)),
                            ("differences", .array(sample.differences.map(\.json))),
                        ])
                    } ?? .null
                ),
            ])
        }
    }
}

extension Finding {
    fileprivate var json: JSONValue {
        .object([
            ("file", .string(file)), ("line", .integer(Int64(line))), ("column", .optional(column.map(Int64.init))),
            ("severity", .string(severity.rawValue)), ("message", .string(message)), ("advice", .string(advice)),
        ])
    }
}

extension SampleFold.Difference {
    fileprivate var sentence: String {
        let row = table.map { "\($0) \(key ?? "")\(column.map { " \($0)" } ?? "")" }
        let values = row == nil ? found ?? "" : "expected \(expected ?? "no row"), found \(found ?? "no row")"
        return "\(way): \(row.map { "\($0): " } ?? "")\(values): \(reason)"
    }

    fileprivate var json: JSONValue {
        .object([
            ("way", .string(way)), ("table", .optional(table)), ("key", key.map { .text(Array($0.utf8)) } ?? .null),
            ("column", .optional(column)), ("expected", .optional(expected)), ("found", .optional(found)),
            ("reason", .string(reason)),
        ])
    }
}
