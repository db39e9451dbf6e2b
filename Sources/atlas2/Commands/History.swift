import ArgumentParser
import AuditLog
import Postgres

/// `atlas2 history`
struct History: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what happened to one resource: who, when, what, from which value to which.",
        discussion: """
            The id may be shortened. Instead of an id, a setting may be named by its key, a user by their address, a \
            tenant by its slug, a mapping or an API by its name.

            Examples:
              atlas2 history user ann@example.com
              atlas2 history setting max_file_size
              atlas2 history job 4be7
            """)

    @Argument(help: "user, tenant, setting, api, mapping, job, projection …")
    var type: String

    @Argument(help: "The resource's id, or its name.")
    var id: String

    @OptionGroup var acting: Acting
    @OptionGroup var format: OutputFormat

    private struct Entry: Sendable {
        var position: Int64
        var version: Int64
        var when: Timestamp
        var who: String
        var login: String?
        var action: String
        var eventID: String
        var old: JSON?
        var new: JSON
        var names: [String]
        var oldValues: [String?]
        var newValues: [String]
    }

    func run() async throws {
        try await Installation.use { installation in
            let scope = try await acting.scope(installation)
            let stream = try await Resource.find(type: type, id: id, installation.app, as: scope)
            let entries = try await read(stream, installation.app, as: scope)
            for entry in entries { try format.json ? Output.line(Self.json(entry)) : Self.print(entry) }
        }
    }

    private func read(_ stream: StreamID, _ database: Database, as scope: Scope) async throws -> [Entry] {
        guard let tenant = scope.tenant else { return [] }
        return try await database.transaction(scope.transaction(readOnly: true)) { session in
            try session.query(
                """
                SELECT t.position, t.version, t."when", t.who, t.login, t.action, t.event_id::text, t.old_values, t.new_values,
                       k.names, k.old, k.new
                FROM audit_trail t
                CROSS JOIN LATERAL (
                    SELECT coalesce(array_agg(n.key ORDER BY n.key), '{}') AS names,
                           coalesce(array_agg((t.old_values->n.key)::text ORDER BY n.key), '{}') AS old,
                           coalesce(array_agg(n.value::text ORDER BY n.key), '{}') AS new
                    FROM jsonb_each(t.new_values) n) k
                WHERE t.tenant_id = \(tenant) AND t.stream_type = \(stream.type) AND t.stream_id = \(stream.id)
                ORDER BY t.version
                """
            ) { row in
                Entry(
                    position: try row.decode(0), version: try row.decode(1), when: try row.decode(2),
                    who: try row.decode(3), login: try row.decode(4), action: try row.decode(5),
                    eventID: try row.decode(6), old: try row.decode(7), new: try row.decode(8),
                    names: try row.decode(9), oldValues: try row.decode(10), newValues: try row.decode(11))
            }
        }
    }

    private static func print(_ entry: Entry) throws {
        let login = entry.login.map { " (\($0))" } ?? ""
        try Output.line("v\(entry.version)  \(entry.when.forPeople)  \(entry.who)\(login)  \(entry.action)".printable)
        for (name, (old, new)) in zip(entry.names, zip(entry.oldValues, entry.newValues)) {
            let value = new.shortened(to: 200)
            let before = old.flatMap { $0 == new ? nil : $0 == "null" ? "(erased)" : $0.shortened(to: 200) }
            try Output.line("    \(name): \(before.map { "\($0) → " } ?? "")\(value)".printable)
        }
    }

    private static func json(_ entry: Entry) -> JSONValue {
        .object([
            ("version", .integer(entry.version)), ("when", .string(entry.when.description)),
            ("who", .string(entry.who)),
            ("login", .optional(entry.login)), ("action", .string(entry.action)),
            ("old_values", entry.old.map { .text($0.bytes) } ?? .null), ("new_values", .text(entry.new.bytes)),
            ("position", .integer(entry.position)), ("event_id", .string(entry.eventID)),
        ])
    }
}
