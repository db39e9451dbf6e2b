import ArgumentParser
import AuditLog
import Postgres
import Processing

/// `atlas2 hold`
struct HoldCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold",
        abstract: "Keep things from being erased while a legal matter is open.",
        discussion: """
            What is held cannot be erased by anybody until the hold is released. Holds are events of the log themselves.

            Examples:
              atlas2 hold add --job 4be7 --matter 2026-17 --reason "claim of Muster GmbH"
              atlas2 hold list
              atlas2 hold release 9c1e --reason "settled"
            """,
        subcommands: [Add.self, Release.self, List.self], defaultSubcommand: List.self)

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Hold a resource, a job, or the whole log.")

        @Option(help: ArgumentHelp("The resource: type/id, or type/name.", valueName: "type/id"))
        var stream: String?
        @Option(help: "A job's id, the beginning of one, or last.")
        var job: String?
        @Flag(help: "Everything that the tenant's log has and will have.")
        var all = false
        @Option(help: "Why, in words.")
        var reason: String
        @Option(help: "The matter, as a code such as a file number; it is never erased.")
        var matter: String?
        @OptionGroup var acting: Acting
        @OptionGroup var format: OutputFormat

        func validate() throws {
            guard [stream != nil, job != nil, all].count(where: { $0 }) == 1 else {
                throw ValidationError("say what to hold: one of --stream, --job and --all")
            }
        }

        func run() async throws {
            try await Installation.use { installation in
                let scope = try await acting.scope(installation)
                var held: StreamID?
                if let stream { held = try await Resource.find(stream, installation.app, as: scope) }
                if let job {
                    held = StreamID(type: "job", id: try await Jobs(installation.log).find(job, as: scope).id)
                }
                let holds = Holds(installation.log)
                let id = try await holds.place(on: held, matter: matter, reason: reason, as: Command(scope: scope))
                try await installation.catchUp(as: scope)
                let hold = try await holds.find(id.text, as: scope)
                try format.json
                    ? Output.line(hold.json)
                    : Output.line("\(id.text) holds \(hold.words): atlas2 hold release \(id.text) --reason …".printable)
            }
        }
    }

    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let go of what a hold holds.")

        @Argument(help: ArgumentHelp("The hold's id, or the beginning of one.", valueName: "hold"))
        var hold: String
        @Option(help: "Why, in words.")
        var reason: String
        @OptionGroup var acting: Acting
        @OptionGroup var format: OutputFormat

        func run() async throws {
            try await Installation.use { installation in
                let scope = try await acting.scope(installation)
                let holds = Holds(installation.log)
                let hold = try await holds.find(hold, as: scope)
                try await holds.release(hold, reason: reason, as: Command(scope: scope))
                try await installation.catchUp(as: scope)
                try format.json
                    ? Output.line(try await holds.find(hold.id.text, as: scope).json)
                    : Output.line("\(hold.id.text) holds \(hold.words) no more".printable)
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the holds.")

        @Flag(help: "Also those that were released.")
        var released = false
        @OptionGroup var acting: Acting
        @OptionGroup var format: OutputFormat

        func run() async throws {
            try await Installation.use { installation in
                let scope = try await acting.scope(installation)
                let holds = try await Holds(installation.log).list(released: released, as: scope)
                if format.json {
                    for hold in holds { try Output.line(hold.json) }
                } else if holds.isEmpty {
                    try Output.line("nothing is held")
                } else {
                    var table = Table("Hold", "Holds", "Matter", "Since", "By", "Reason", "Released", "By", "Reason")
                    for hold in holds {
                        table.add(
                            hold.id.text, hold.words, hold.matter ?? "", hold.placedAt?.forPeople ?? "",
                            hold.placedBy ?? "system", hold.reason ?? "(erased)", hold.releasedAt?.forPeople ?? "",
                            hold.isActive ? "" : hold.releasedBy ?? "system",
                            hold.isActive ? "" : hold.releaseReason ?? "(erased)")
                    }
                    try table.print()
                }
            }
        }
    }
}

extension Holds.Hold {
    /// What it holds.
    fileprivate var words: String { stream ?? "the whole log" }

    fileprivate var json: JSONValue {
        .object([
            ("id", .string(id.text)), ("stream", .optional(stream)), ("matter", .optional(matter)),
            ("reason", .optional(reason)), ("placed_by", .optional(placedBy)),
            ("placed_at", .optional(placedAt?.description)), ("released_at", .optional(releasedAt?.description)),
            ("released_by", .optional(releasedBy)), ("release_reason", .optional(releaseReason)),
        ])
    }
}
