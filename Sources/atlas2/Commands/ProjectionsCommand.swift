import ArgumentParser
import AuditLog
import Processing
import Projections

/// `atlas2 projections`
struct ProjectionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "projections",
        abstract: "Show, verify, repair and rebuild the tables that are folded from the log.",
        discussion: """
            Examples:
              atlas2 projections status
              atlas2 projections verify
              atlas2 projections rebuild users
            """,
        subcommands: [
            List.self, Status.self, Verify.self, Repair.self, Rebuild.self, Undo.self, Abort.self,
        ])

    /// What stands in the column "state".
    static func state(of name: String, sha256: String?, in library: Library) -> String {
        guard let definition = library.projections.first(where: { $0.name == name }) else { return "no file" }
        guard let sha256 else { return "not installed" }
        return sha256 == definition.sha256 ? "current" : "changed: rebuild"
    }

    /// Refuses names that no projection has.
    static func check(_ names: [String], in library: Library) throws {
        for name in names where !library.projections.contains(where: { $0.name == name }) {
            throw Failure(.unknown, "there is no projection \(name): atlas2 projections list shows them")
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show every projection and the events that it reads.",
            discussion: "Example:\n  atlas2 projections list")

        @OptionGroup var acting: Acting
        @OptionGroup var format: OutputFormat

        func run() async throws {
            try await Installation.use(nil, .asItIs) { installation in
                let scope = try await acting.recoveryScope(installation)
                let library = installation.library
                let installed = try await Projections(installation.app).status(as: scope)
                var table = Table("name", ">version", "mode", "tables", "events", "state")
                for projection in installed {
                    let state = ProjectionsCommand.state(of: projection.name, sha256: projection.sha256, in: library)
                    if format.json {
                        try Output.line(
                            .object([
                                ("name", .string(projection.name)), ("version", .integer(Int64(projection.version))),
                                ("mode", .string(projection.mode)), ("tables", .strings(projection.tables)),
                                ("events", .strings(projection.events)), ("sha256", .string(projection.sha256)),
                                ("state", .string(state)),
                            ]))
                    } else {
                        table.add(
                            projection.name, String(projection.version), projection.mode,
                            projection.tables.joined(separator: ", "), projection.events.joined(separator: ", "), state)
                    }
                }
                if !format.json { try table.print() }
            }
        }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show how far every projection has read a tenant's log.",
            discussion: "Example:\n  atlas2 projections status --json")

        @OptionGroup var acting: Acting
        @OptionGroup var format: OutputFormat

        func run() async throws {
            try await Installation.use(nil, .asItIs) { installation in
                let scope = try await acting.recoveryScope(installation)
                var table = Table("name", "mode", ">read", ">of", ">behind", "state")
                for projection in try await Projections(installation.app).status(as: scope) {
                    let state = ProjectionsCommand.state(
                        of: projection.name, sha256: projection.sha256, in: installation.library)
                    if format.json {
                        try Output.line(
                            .object([
                                ("name", .string(projection.name)), ("mode", .string(projection.mode)),
                                ("position", .integer(projection.position)), ("log_size", .integer(projection.head)),
                                ("lag", .integer(projection.lag)), ("state", .string(state)),
                            ]))
                    } else {
                        table.add(
                            projection.name, projection.mode, projection.position.grouped, projection.head.grouped,
                            projection.lag.grouped, state)
                    }
                }
                if !format.json { try table.print() }
            }
        }
    }
}
