import AuditLog
import Mapping
import Processing

/// What an import of an API did, or would do.
struct ImportedAPI {
    private static let mostNotes = 40
    private static let mostNames = 20

    private let api: API
    private let notes: [Diagnostic]
    private let operation: Specification.Operation
    private let change: APIChange
    private let isDryRun: Bool

    init(_ result: Specification.Import, _ operation: Specification.Operation, _ change: APIChange, isDryRun: Bool) {
        api = result.api
        notes = result.notes
        self.operation = operation
        self.change = change
        self.isDryRun = isDryRun
    }

    private var fields: [Field] { api.fields ?? [] }

    func print() throws {
        let required = fields.count(where: \.isRequired)
        try Output.line(
            "\(operation.route) as \(api.name): \(fields.count.counting("field")), \(required) required".printable)
        try Output.line("  address     \(api.baseURL ?? "none")".printable)
        try Output.line("  signs in by \(api.authentication?.rawValue ?? "none")")
        for (sign, names) in [("+", change.added), ("-", change.removed), ("~", change.changed)] where !names.isEmpty {
            let more = names.count > Self.mostNames ? " and \(names.count - Self.mostNames) more" : ""
            try Output.line(
                "  \(sign) \(names.prefix(Self.mostNames).joined(separator: ", "))\(more)".printable)
        }
        try Output.line("  \(outcome)")
        if !notes.isEmpty { try Output.line("") }
        for note in notes.prefix(Self.mostNotes) { try Output.line("note: \(note)".printable) }
        if notes.count > Self.mostNotes {
            try Output.line("and \(notes.count - Self.mostNotes) more notes: --json has them all")
        }
    }

    private var outcome: String {
        if change.isNothing { return "nothing to change: it is registered so" }
        let what =
            change.isNew
            ? "registered"
            : change.added.isEmpty && change.removed.isEmpty && change.changed.isEmpty
                ? change.isInOtherOrder ? "fields in another order" : "described anew" : "fields changed"
        return isDryRun ? "dry run, not done: \(what)" : what
    }

    var json: JSONValue {
        .object([
            ("api", .string(api.name)), ("operation", .optional(operation.id)), ("method", .string(operation.method)),
            ("path", .string(operation.path)), ("base_url", .optional(api.baseURL)),
            ("auth_type", .string(api.authentication?.rawValue ?? "none")), ("dry_run", .bool(isDryRun)),
            ("is_new", .bool(change.isNew)), ("is_changed", .bool(!change.isNothing)),
            ("added", .strings(change.added)), ("removed", .strings(change.removed)),
            ("changed", .strings(change.changed)),
            ("fields", .array(fields.map { .text(Array($0.json.utf8)) })),
            (
                "notes",
                .array(
                    notes.map { note in
                        .object([
                            ("file", .string(note.location.file)), ("line", .integer(note.location.line)),
                            ("column", .integer(note.location.column)), ("code", .string(note.code.rawValue)),
                            ("message", .string(note.message)), ("advice", .string(note.advice)),
                        ])
                    })
            ),
        ])
    }
}
