import ArgumentParser
import AuditLog
import Processing

/// `atlas2 log`
struct Log: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prove the log: sign it, hand out what is signed, verify it.",
        discussion: """
            Examples:
              atlas2 log verify
              atlas2 log checkpoint
              atlas2 log key show
            """,
        subcommands: [
            Verify.self, Prove.self, Export.self, Checkpoint.self, Seal.self, Key.self, Witness.self,
        ])

    /// Whose log it is.
    struct OfTenant: ParsableArguments {
        @OptionGroup var acting: Acting

        var tenant: String { acting.tenant }

        /// Who looks at which log. The tables of tenants and users need not know either: they may be what is broken.
        func scope(_ installation: Installation) async throws -> Scope {
            let scope = try await acting.recoveryScope(installation)
            guard try await installation.log.size(as: scope) > 0 else {
                throw Failure(
                    .unknown, "there is no log of a tenant \(tenant): atlas2 tenants list shows those there are")
            }
            return scope
        }
    }
}
