import ArgumentParser
import AuditLog
import Processing

extension Log {
    /// `atlas2 log verify`
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Recompute every hash of a tenant's log, and name what was changed, cut or reordered.",
            discussion: """
                Reads every event with its attachment and computes commitments, leaf hashes and the Merkle root apart from \
                the database's own functions. Exits with 1 when something is wrong.

                Examples:
                  atlas2 log verify
                  atlas2 log verify --tenant acme --json
                """)

        @Option(help: ArgumentHelp("The tenant whose log is verified.", valueName: "slug"))
        var tenant = Tenants.defaultSlug

        @OptionGroup var format: OutputFormat

        func run() async throws {
            try await Installation.use(nil, .asItIs) { installation in
                // Not looked up among the tenants: their table may be what is broken.
                let tenant = Scope(tenant: Tenants.id(of: tenant), role: .system)
                guard try await installation.log.size(as: tenant) > 0 else {
                    throw Failure(
                        .unknown,
                        "there is no log of a tenant \(self.tenant): atlas2 tenants list shows those there are")
                }
                let progress = ProgressBar("verifying", unit: "events")
                // The system sees every event, which a verification must.
                let found = try await installation.log.verify(as: tenant) {
                    progress.update($0, of: $1)
                }
                progress.finish()
                try format.json ? Output.line(Self.json(found)) : Self.print(found, installation.composition.terminal)
                guard found.isSound else { throw ExitCode.failure }
            }
        }

        private static func print(_ found: Verification, _ terminal: Terminal) throws {
            let shown = 20
            for problem in found.problems.prefix(shown) {
                try Output.line(
                    "position \(problem.position): \(problem.verdict.rawValue): \(problem.detail)".printable)
            }
            if found.problemCount > shown {
                try Output.line("… and \((found.problemCount - Int64(shown)).grouped) more problems")
            }
            try Output.line("events   \(found.events.grouped)")
            try Output.line("erased   \(found.erased.grouped)")
            try Output.line("root     \(found.root.hexadecimal)")
            try Output.line(
                found.isSound
                    ? terminal.paint("the log is sound", .green)
                    : terminal.paint("the log is NOT sound: \(found.problemCount.counting("problem"))", .red))
        }

        private static func json(_ found: Verification) -> JSONValue {
            let problems = found.problems.map { problem in
                JSONValue.object([
                    ("position", .integer(problem.position)), ("verdict", .string(problem.verdict.rawValue)),
                    ("detail", .string(problem.detail)),
                ])
            }
            return .object([
                ("sound", .bool(found.isSound)), ("events", .integer(found.events)), ("erased", .integer(found.erased)),
                ("log_size", .integer(found.size)), ("root", .string(found.root.hexadecimal)),
                ("problem_count", .integer(found.problemCount)), ("problems", .array(problems)),
            ])
        }
    }
}
