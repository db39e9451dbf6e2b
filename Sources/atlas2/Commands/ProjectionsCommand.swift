import ArgumentParser
import AuditLog
import Processing
import Projections

/// `atlas2 projections`
struct ProjectionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "projections",
        abstract: "Show, verify, repair, rebuild, check and remove the tables that are folded from the log.",
        discussion: """
            Examples:
              atlas2 projections status
              atlas2 projections verify
              atlas2 projections rebuild users
              atlas2 projections skip job_statistics --reason "a test that went into the log"
            """,
        subcommands: [
            List.self, Status.self, Retry.self, Skip.self, Verify.self, Repair.self, Rebuild.self, Undo.self,
            Abort.self,
            Check.self, Remove.self,
        ])

    /// What stands in the column "state".
    static func state(of name: String, sha256: String?, in library: Library) -> String {
        if library.faulty.contains(where: { ($0.projection ?? $0.path) == name }) {
            return "faulty file: projections check \(name)"
        }
        guard let definition = library.projections.first(where: { $0.name == name }) else { return "no file" }
        guard let sha256 else { return "not installed: projections check \(name)" }
        return sha256 == definition.sha256 ? "current" : "changed: rebuild"
    }

    /// Names of projections whose files are there and which are not installed, also for a mistake in the file.
    static func notInstalled(_ library: Library, _ installed: [ProjectionStatus]) -> [String] {
        let names = Set(library.projections.map(\.name)).union(library.faulty.map { $0.projection ?? $0.path })
        return names.subtracting(installed.map(\.name)).sorted()
    }

    /// Refuses names that no projection has.
    static func check(_ names: [String], in library: Library) throws {
        for name in names where !library.projections.contains(where: { $0.name == name }) {
            if let file = library.faulty.first(where: { $0.projection == name }) {
                throw Failure(.state, "the file of \(name) is faulty: \(file.summary)")
            }
            throw Failure(
                .unknown,
                "there is no projection \(name): atlas2 projections list shows them; ATLAS2_PROJECTIONS says where files of one's own are"
            )
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show every projection and the events that it reads.",
            discussion: "Example:\n  atlas2 projections list")

        @OptionGroup var acting: Acting
        @OptionGroup var format: OutputFormat

        func run() async throws {
            try await Installation.use(nil, .projections) { installation in
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
                for name in ProjectionsCommand.notInstalled(library, installed) {
                    let state = ProjectionsCommand.state(of: name, sha256: nil, in: library)
                    if format.json {
                        try Output.line(.object([("name", .string(name)), ("state", .string(state))]))
                    } else {
                        table.add(name, "", "", "", "", state)
                    }
                }
                if !format.json { try table.print() }
            }
        }
    }
}
