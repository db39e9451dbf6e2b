import Postgres
import Processing

extension Job {
    var json: JSONValue {
        .object([
            ("id", .string(id.text)), ("status", .string(status.rawValue)), ("file_name", .optional(fileName)),
            ("file_sha256", .optional(fileSHA256)), ("file_size", .integer(fileSize)),
            ("mapping", .optional(mappingName)), ("mapping_version", .integer(mappingVersion)),
            ("user_id", .optional(owner?.text)), ("rows", .integer(rows)), ("accepted", .integer(accepted)),
            ("rejected", .integer(rejected)), ("skipped", .integer(skipped)),
            ("preamble_lines", .integer(preambleLines)),
            ("footer_lines", .integer(footerLines)), ("dates", .array(dates.map(\.json))),
            ("attempts", .integer(Int64(attempts))),
            ("reason", .optional(reason)),
            ("message", .optional(message)), ("created_at", .optional(createdAt?.description)),
            ("finished_at", .optional(finishedAt?.description)),
        ])
    }
}

extension JobResults.Row {
    var json: JSONValue {
        switch self {
        case .accepted(let row, let output, let warnings):
            .object([
                ("row", .integer(row)), ("status", .string("accepted")), ("output", .text(output)),
                ("errors", .array(warnings?.errors.map { $0.json(row: row, line: warnings?.line ?? 0) } ?? [])),
            ])
        case .rejected(let row, let rejected):
            .object([
                ("row", .integer(row)), ("status", .string("rejected")), ("output", .null),
                ("errors", .array(rejected.errors.map { $0.json(row: row, line: rejected.line) })),
                ("cells", .strings(rejected.cells)),
            ])
        case .skipped(let row, let skipped):
            .object([
                ("row", .integer(row)), ("status", .string("skipped")), ("output", .null), ("errors", .array([])),
                (
                    "skipped",
                    .object([
                        ("line", .integer(skipped.line)), ("field", .optional(skipped.field)),
                        ("rule", .string(skipped.rule)),
                    ])
                ),
            ])
        case .erased(let row):
            .object([
                ("row", .integer(row)), ("status", .string("erased")), ("output", .null), ("errors", .array([])),
            ])
        }
    }

    /// A line for people.
    var words: String {
        switch self {
        case .accepted(let row, let output, let warnings):
            "\(row) accepted \(String(decoding: output, as: UTF8.self))"
                + Self.words(for: "repaired", warnings?.errors.filter { $0.rule == "csv" })
                + Self.words(for: "left blank", warnings?.errors.filter { $0.rule != "csv" })
        case .rejected(let row, let rejected):
            "\(row) rejected (line \(rejected.line)) "
                + rejected.errors.map(\.sentence).joined(separator: "; ").printable
        case .skipped(let row, let skipped):
            "\(row) skipped (line \(skipped.line)) by \(skipped.rule)"
                + (skipped.field.map { " of \($0)" } ?? "").printable
        case .erased(let row): "\(row) erased"
        }
    }

    private static func words(for what: String, _ reasons: [JobResults.Rejected.Reason]?) -> String {
        guard let reasons, !reasons.isEmpty else { return "" }
        return "; \(what): " + reasons.map(\.sentence).joined(separator: "; ").printable
    }
}

extension JobResults.Rejected.Reason {
    func json(row: Int, line: Int) -> JSONValue {
        .object([
            ("row", .integer(row)), ("line", .integer(line)), ("column", .optional(column)),
            ("field", .optional(field)),
            ("rule", .string(rule)), ("code", .string(code)), ("value", .optional(value)),
            ("message", .string(message)),
        ])
    }

    func words(row: Int, line: Int) -> String { "row \(row), line \(line): \(sentence)".printable }

    /// What was wrong with what.
    fileprivate var sentence: String {
        var text = field ?? ""
        if let column { text += (text.isEmpty ? "" : " ") + "(column \(column))" }
        if let value { text += " \"\(value.shortened(to: 60))\"" }
        return (text.isEmpty ? "" : text + ": ") + "\(message) [\(rule): \(code)]"
    }
}
