import ArgumentParser
import AuditLog
import Processing
import Projections

extension ProjectionsCommand {
    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a projection of one's own, with its tables.",
            discussion: """
                Take its file away first. The log keeps every event: putting the file back brings the tables back. What depends \
                on the tables, such as views of your own, stops the removal unless --cascade takes it along.

                Examples:
                  atlas2 projections remove setting_changes
                  atlas2 projections remove setting_changes --cascade
                """)

        @Argument(help: "The projection.")
        var name: String

        @Flag(help: "Drop what depends on its tables, too.")
        var cascade = false

        @OptionGroup var acting: Acting
        @OptionGroup var format: OutputFormat

        func run() async throws {
            try await Installation.use { installation in
                let command = Command(scope: try await acting.scope(installation))
                try command.requireAdmin("remove projections")
                let remover = ProjectionRemover(owner: try await installation.owner(), library: installation.library)
                let removal = try await remover.remove(name, cascade: cascade, as: command)
                try await installation.catchUp(as: command.scope)
                if format.json {
                    return try Output.line(
                        .object([
                            ("name", .string(removal.name)), ("version", .integer(Int64(removal.version))),
                            ("tables", .strings(removal.tables)), ("dependents", .strings(removal.dependents)),
                        ]))
                }
                try Output.line("removed \(name) with \(removal.tables.joined(separator: ", "))")
                for dependent in removal.dependents { try Output.line("and \(dependent)".printable) }
            }
        }
    }
}
