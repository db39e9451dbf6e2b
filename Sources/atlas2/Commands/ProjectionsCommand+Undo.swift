import ArgumentParser
import AuditLog
import Processing
import Projections

extension ProjectionsCommand {
    struct Undo: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Go back to the tables that a projection had before its definition changed.",
            discussion: """
                For a day after a rebuild replaced them. They are brought up to the head by the fold that they had, and put \
                back with views, keys, policies and grants. The file is not built again by itself; "projections rebuild" \
                builds it when you ask for it.

                Example:
                  atlas2 projections undo users
                """)

        @Argument(help: "The projection.")
        var name: String

        @OptionGroup var acting: Acting
        @OptionGroup var format: OutputFormat

        func run() async throws {
            try await Installation.use(nil, .asItIs) { installation in
                try ProjectionsCommand.check([name], in: installation.library)
                let command = Command(scope: try await acting.recoveryScope(installation))
                try command.requireAdmin("undo a rebuild")
                let rebuilder = ProjectionRebuilder(
                    owner: try await installation.owner(), library: installation.library)
                let display = RebuildDisplay()
                let undone = try await rebuilder.undo(name, as: command, progress: display.show)
                display.finish()
                try await installation.catchUp(as: command.scope)
                RebuildPrinting.warn(undone.lostViews)
                if format.json {
                    return try Output.line(
                        .object([
                            ("name", .string(undone.name)), ("version", .integer(Int64(undone.version))),
                            ("from", .integer(Int64(undone.from))),
                        ]))
                }
                try Output.line(
                    "\(undone.name) is back at version \(undone.version); atlas2 projections rebuild \(undone.name) builds the file again"
                )
            }
        }
    }

    struct Abort: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Drop what is being built, and end whoever builds it.",
            discussion: """
                Live tables stay as they are: an exchange of tables, or the correction of a row, happens whole or not at all.

                Examples:
                  atlas2 projections abort
                  atlas2 projections abort users
                """)

        @Argument(help: "The projections; without names all that are being built.")
        var names: [String] = []

        @OptionGroup var acting: Acting
        @OptionGroup var format: OutputFormat

        func run() async throws {
            try await Installation.use(nil, .asItIs) { installation in
                let command = Command(scope: try await acting.recoveryScope(installation))
                try command.requireAdmin("abort a rebuild")
                let rebuilder = ProjectionRebuilder(
                    owner: try await installation.owner(), library: installation.library)
                let dropped = try await rebuilder.abort(names)
                if format.json { return try Output.line(.object([("dropped", .strings(dropped))])) }
                try Output.line(
                    dropped.isEmpty
                        ? "nothing is being built"
                        : "dropped what was built of \(dropped.joined(separator: ", ")); the live tables are as they were"
                )
            }
        }
    }
}
