import ArgumentParser
import AuditLog
import Postgres
import Projections

/// `atlas2 history`
struct History: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what happened to one resource: who, when, what, from which value to which.",
        discussion: """
            The id may be shortened. Instead of an id, a setting may be named by its key, a user by their address, a tenant \
            by its slug, a mapping, an API or a projection by its name, the newest job by "last", and the log by "log". \
            --at leaves out what came later. \(MomentText.help)

            Examples:
              atlas2 history user ann@example.com
              atlas2 history setting max_file_size --at 2026-03-31
              atlas2 history job last
              atlas2 history log log
            """)

    @Argument(help: "user, tenant, setting, api, mapping, job, hold, projection, log …")
    var type: String

    @Argument(help: "The resource's id, or its name.")
    var id: String

    @Option(help: ArgumentHelp("Only what had happened by then.", valueName: "moment"))
    var at: String?

    @OptionGroup var acting: Acting
    @OptionGroup var format: OutputFormat

    func validate() throws {
        if let at { _ = try MomentText.read(at, "--at") }
    }

    func run() async throws {
        try await Installation.use { installation in
            let scope = try await acting.scope(installation)
            let stream = try await Resource.find(type: type, id: id, installation.app, as: scope)
            let moment = try at.map { try MomentText.read($0, "--at") }
            for entry in try await ResourceHistory(of: stream, installation.app, as: scope).entries {
                if let moment, !entry.isUp(to: moment) { break }
                try format.json ? Output.line(Self.json(entry)) : Self.print(entry)
            }
        }
    }

    private static func print(_ entry: ResourceHistory.Entry) throws {
        try Output.line(entry.heading.printable)
        for value in entry.values {
            let new = value.new.shortened(to: 200)
            let before = value.old.flatMap {
                $0 == value.new ? nil : $0 == "null" ? "(erased)" : $0.shortened(to: 200)
            }
            try Output.line("    \(value.name): \(before.map { "\($0) → " } ?? "")\(new)".printable)
        }
        let erased = entry.erasedNames.filter { $0 != "login" }
        for name in erased { try Output.line("    \(name): (erased)".printable) }
        if entry.erasure == "erased", entry.erasedNames.isEmpty {
            try Output.line("    (all that was personal was erased)")
        }
        if let cause = entry.cause {
            try Output.line(
                "    caused by \(cause.action) at position \(cause.position), on \(cause.resource)".printable)
        } else if let causation = entry.causation {
            try Output.line("    caused by the event \(causation)")
        }
    }

    private static func json(_ entry: ResourceHistory.Entry) -> JSONValue {
        let cause = entry.cause.map { cause in
            JSONValue.object([
                ("position", .integer(cause.position)), ("action", .string(cause.action)),
                ("resource", .string(cause.resource)),
            ])
        }
        return .object(
            entry.json + [
                ("old_values", entry.old.map { .text($0.bytes) } ?? .null),
                ("new_values", .text(entry.new.bytes)), ("erasure", .optional(entry.erasure)),
                ("erased", .strings(entry.erasedNames)), ("correlation_id", .optional(entry.correlation)),
                ("causation_id", .optional(entry.causation)), ("cause", cause ?? .null),
            ])
    }
}
