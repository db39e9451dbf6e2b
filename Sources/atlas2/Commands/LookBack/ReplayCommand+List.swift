import AuditLog
import FoundationEssentials
import Postgres
import Processing
import Projections

extension ReplayCommand {
    /// Shows the replays that there are.
    func show(_ installation: Installation, as scope: Scope) async throws {
        let entries = try await installation.app.transaction(scope.transaction(readOnly: true)) { session in
            try session.pastSchemas().filter { !$0.isOfQuestion }
                .map { (schema: $0.schema, note: $0.note, events: try session.events(in: $0)) }
        }
        let slugs = Dictionary(
            uniqueKeysWithValues: try await Tenants(installation.log).list().map { ($0.id, $0.slug) })
        let users = Dictionary(
            uniqueKeysWithValues: try await Users(installation.log).list(as: scope).map { ($0.id.text, $0.email) })
        var table = Table("schema", "as of", "events", "projections", "made at", "by")
        for entry in entries {
            let events = entry.events.map { (slugs[$0] ?? $0.text, $1) }.sorted { $0.0 < $1.0 }
            if format.json {
                try Output.line(
                    .object([
                        ("schema", .string(entry.schema)), ("at", .optional(entry.note.at)),
                        ("events", .object(events.map { ($0, .integer($1)) })),
                        ("projections", .strings(entry.note.projections)), ("made_at", .string(entry.note.madeAt)),
                        ("made_by", .optional(entry.note.madeBy)),
                    ]))
                continue
            }
            let isWhole = entry.note.projections == installation.library.projections.map(\.name)
            table.add(
                entry.schema, entry.note.at ?? events.first.map { "position \($0.1 - 1)" } ?? "",
                events.map { "\($0) \($1.grouped)" }.joined(separator: ", "),
                isWhole ? "all" : entry.note.projections.joined(separator: ", "),
                Timestamp(entry.note.madeAt)?.forPeople ?? entry.note.madeAt,
                entry.note.madeBy.map { (users[$0] ?? nil) ?? $0 } ?? "")
        }
        if !format.json { try table.isEmpty ? Output.line("there is no replay") : table.print() }
    }
}
