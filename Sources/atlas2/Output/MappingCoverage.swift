import AuditLog
import Mapping
import Processing

/// What a mapping covers: the fields of its API, the columns of a file, and what becomes of the file's rows.
struct MappingCoverage {
    private let document: Document
    private let fields: [Field]
    /// On the rows of a file, if there is one.
    var trial: Trial?
    /// In which formats the file writes dates that are different days in several.
    var dates: [JobDates] = []
    /// Lookup tables that could not be looked into.
    var uncheckedTables: [String] = []

    init(_ document: Document, fields: [Field]) {
        self.document = document
        self.fields = fields
    }

    /// The fields of the API that nothing is mapped to; required ones are mistakes of the document.
    private var unmapped: [Field] {
        fields.filter { field in !document.mappings.contains { $0.target.isSpelled(field.name) } }
    }

    private var unusedColumns: [String]? {
        let used = document.ruleDescriptions(fields: fields).flatMap(\.columns)
        return trial?.program.columns.filter { column in !used.contains { $0.isSpelled(column) } }.sorted()
    }

    // MARK: - JSON

    var json: JSONValue {
        let (required, optional) = (unmapped.filter(\.isRequired), unmapped.filter { !$0.isRequired })
        return .object([
            ("ok", .bool(true)), ("name", .string(document.name)), ("api", .string(document.api.name)),
            ("targets", .integer(document.mappings.count)), ("fields", .integer(fields.count)),
            ("unmapped_required", .strings(required.map(\.name))),
            ("unmapped_optional", .strings(optional.map(\.name))),
            ("unused_columns", unusedColumns.map(JSONValue.strings) ?? .null),
            ("unchecked_tables", .strings(uncheckedTables)), ("errors", .array([])),
            ("dates", trial.map { _ in .array(dates.map(\.json)) } ?? .null),
            ("sample", trial.map { json(of: $0) } ?? .null),
        ])
    }

    private func json(of trial: Trial) -> JSONValue {
        .object([
            ("rows", .integer(trial.rows)), ("accepted", .integer(trial.accepted)),
            ("skipped", .integer(trial.skipped)), ("repaired", .integer(trial.repaired)),
            ("row_failures", trial.rowFailures.json), ("targets", .array(trial.targets.map { json(of: $0, trial) })),
        ])
    }

    private func json(of target: TargetTrial, _ trial: Trial) -> JSONValue {
        let columns = target.columns.map { trial.program.columns[$0] }
        let samples = target.samples.map { sample -> JSONValue in
            var members: [(String, JSONValue)] = [
                ("row", .integer(sample.row)), ("line", .integer(sample.line)), ("before", .strings(sample.before)),
            ]
            switch sample.after {
            case .value(let value): members.append(("after", .text(value)))
            case .refused(let rejection):
                members += [
                    ("rule", .string(rejection.rule)), ("code", .string(rejection.code)),
                    ("message", .string(rejection.message)),
                ]
            }
            return .object(members)
        }
        return .object([
            ("target", .string(target.name)), ("columns", .strings(columns)), ("accepted", .integer(target.accepted)),
            ("blank", .integer(target.blank)), ("failed", .integer(target.failures.total)),
            ("failures", target.failures.json), ("samples", .array(samples)),
        ])
    }

    // MARK: - Text

    func print() throws {
        try Output.line(
            "\(document.name): \(document.mappings.count.counting("field")) of \(document.api.name), no mistakes"
                .printable)
        let names = unmapped.map(\.name)
        if !names.isEmpty {
            try Output.line("  optional fields that nothing is mapped to: \(names.joined(separator: ", "))".printable)
        }
        if let unused = unusedColumns, !unused.isEmpty {
            try Output.line("  columns that nothing uses: \(unused.joined(separator: ", "))".printable)
        }
        if !uncheckedTables.isEmpty {
            try Output.line(
                "  tables that were not checked, because there is no database: \(uncheckedTables.joined(separator: ", "))"
                    .printable)
        }
        guard let trial else { return }
        for dates in dates { try Output.line("  dates: \(dates.words)".printable) }
        let rejected = trial.rows - trial.accepted - trial.skipped
        let skipped = trial.skipped == 0 ? "" : ", \(trial.skipped.grouped) skipped"
        try Output.line(
            "  of the first \(trial.rows.counting("row")), \(trial.accepted.grouped) accepted, \(rejected.grouped) rejected\(skipped)"
        )
        if trial.repaired > 0 {
            try Output.line("  rows with too few or too many cells that were repaired: \(trial.repaired.grouped)")
        }
        if trial.rowFailures.total > 0 {
            try Output.line("  rows refused as a whole: \(trial.rowFailures.text)".printable)
        }
        guard trial.rows > 0 else { return }
        try Output.line("")
        try printShares(trial)
        try Output.line("")
        try printSamples(trial)
    }

    private func printShares(_ trial: Trial) throws {
        var table = Table("Target", ">Value", ">Blank", ">Failed", "By")
        for target in trial.targets {
            let shares = [target.accepted, target.blank, target.failures.total].map { Self.share($0, of: trial.rows) }
            table.add([target.name] + shares + [target.failures.text])
        }
        try table.print()
    }

    private func printSamples(_ trial: Trial) throws {
        var table = Table("Target", ">Row", "Before", "After")
        for target in trial.targets {
            for sample in target.samples {
                let after =
                    switch sample.after {
                    case .value(let value): String(decoding: value, as: UTF8.self)
                    case .refused(let rejection): "\(rejection.rule) \(rejection.code)"
                    }
                let before = sample.before.map { $0.shortened(to: 40) }.joined(separator: ", ")
                table.add(target.name, String(sample.row), before, after.shortened(to: 40))
            }
        }
        if !table.isEmpty { try table.print() }
    }

    /// In percent with one decimal; some of many are never none.
    private static func share(_ count: Int, of rows: Int) -> String {
        let tenths = (count * 1_000 + rows / 2) / rows
        if tenths == 0, count > 0 { return "<0.1 %" }
        if tenths == 1_000, count < rows { return ">99.9 %" }
        return "\(tenths / 10).\(tenths % 10) %"
    }
}

extension FailureCounts {
    var json: JSONValue {
        .array(
            entries.map {
                .object([("rule", .string($0.rule)), ("code", .string($0.code)), ("count", .integer($0.count))])
            })
    }

    fileprivate var text: String {
        entries.map { "\($0.rule) \($0.code) (\($0.count.grouped))" }.joined(separator: ", ")
    }
}
