import ArgumentParser
import AuditLog
import FoundationEssentials
import Postgres
import Processing
import Projections

extension Log {
    /// `atlas2 log seal`
    struct Seal: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sign what is new in the logs whose keys you can read.",
            discussion: """
                Recomputes the new events from their rows, extends the Merkle tree and signs a checkpoint; compares older \
                events with what was signed before, and refuses to sign a log that shrank or whose past changed. Commands \
                and atlas2 work do the same by themselves where they can read the key. Run it as another user, whom the \
                database's administrator is not, with the key in a folder of that user's (ATLAS2_SEALER), and the \
                administrator cannot sign.

                Examples:
                  atlas2 log seal
                  atlas2 log seal --all
                  DATABASE_URL=postgres://sealer@db/atlas2 ATLAS2_SEALER=/var/lib/sealer atlas2 log seal --follow
                """)

        @Flag(help: "Go on until told to stop: each append is sealed within a second.")
        var follow = false
        @Flag(help: "Compare everything that was sealed before, not only a part.")
        var all = false
        @Flag(
            help: ArgumentHelp(
                "Go on although the record of what was signed is lost.",
                discussion: "Everything is recomputed. What was signed and is not in the database cannot be known."))
        var adopt = false
        @Option(help: ArgumentHelp("The tenant whose log is sealed; without it all.", valueName: "slug"))
        var tenant: String?
        @OptionGroup var format: OutputFormat

        func validate() throws {
            if follow, all || adopt { throw ValidationError("--follow goes with neither --all nor --adopt.") }
        }

        func run() async throws {
            try await Installation.use { installation in
                let logs = try await logs(installation)
                try await installation.admitSealer()
                if follow {
                    let logger = installation.composition.logger
                    let one = tenant.map { Tenants.id(of: $0) }
                    return try await Services.run(
                        [
                            SealingService(installation: installation, tenant: one, logger: logger),
                            WitnessService(installation: installation, tenant: one, logger: logger),
                        ], logger)
                }
                var isRefused = false
                for log in logs {
                    do {
                        try await seal(log, installation)
                    } catch let refusal as SealRefusal {
                        isRefused = true
                        StandardError.say("\(log.name): \(refusal)")
                    }
                }
                if isRefused { throw ExitCode.failure }
            }
        }

        /// A log that is to be sealed.
        private struct TenantLog {
            var tenant: UUID
            /// The tenant's slug; of a log that is not in the database any more its origin.
            var name: String
        }

        /// The logs that are meant, and whose keys are here.
        private func logs(_ installation: Installation) async throws -> [TenantLog] {
            if let tenant {
                return [TenantLog(tenant: try await Tenants(installation.log).find(tenant).id, name: tenant)]
            }
            let all = try await Tenants(installation.log).list()
            var own = all.filter { installation.sealerFolder(of: $0.id).hasKey }
                .map { TenantLog(tenant: $0.id, name: $0.slug) }
            own += installation.vanishedLogs(besides: all.map(\.id))
                .map { TenantLog(tenant: $0.tenant, name: $0.state.origin) }
            guard !own.isEmpty else {
                throw Failure(
                    .unknown,
                    "there is no key of a log in \(installation.composition.sealer) that \(Login.user) can read. ATLAS2_SEALER says where keys are; a log that never had one gets it by atlas2 log key create --tenant, and atlas2 log key show tells whether it had"
                )
            }
            return own
        }

        private func seal(_ log: TenantLog, _ installation: Installation) async throws {
            if adopt {
                StandardError.say(
                    "\(log.name): the log is taken as it is now; what was signed and is not in the database cannot be known"
                )
            }
            let sealer = installation.sealer(of: log.tenant)
            guard let outcome = try await sealer.seal(patrol: all ? .all : .slice(1024), adopting: adopt) else {
                return
            }
            if format.json {
                return try Output.line(
                    .object([
                        ("tenant", .string(log.name)), ("size", .integer(outcome.size)),
                        ("sealed", .integer(outcome.sealed)), ("compared", .integer(outcome.patrolled)),
                        ("repairs", .strings(outcome.repairs)), ("warnings", .strings(outcome.warnings)),
                    ]))
            }
            for remark in outcome.remarks { StandardError.say("\(log.name): warning: \(remark)".printable) }
            try Output.line(
                "\(log.name): \(outcome.size.counting("event")) sealed, \(outcome.sealed.grouped) of them new; \(outcome.patrolled.grouped) older ones compared"
            )
        }
    }
}
