import ArgumentParser
import AuditLog
import Processing

extension Log {
    /// `atlas2 log key`
    struct Key: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "key",
            abstract: "Make, show and rotate the key that signs a log's checkpoints.",
            discussion: """
                Examples:
                  atlas2 log key create --origin example.com/logs/acme --tenant acme
                  atlas2 log key show
                  atlas2 log key rotate
                """,
            subcommands: [Create.self, Show.self, Rotate.self], defaultSubcommand: Show.self)

        struct Create: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Make a log's key, in a file that you alone can read, and sign the log.",
                discussion: """
                    The origin is the log's name, for good: a line without spaces and "+" that nobody else's log has, such \
                    as a domain name and a path. The embedded database makes keys by itself.

                    Examples:
                      atlas2 log key create --origin example.com/logs/acme --tenant acme
                      ATLAS2_SEALER=/var/lib/sealer atlas2 log key create
                    """)

            @Option(help: "The log's name; without it one is made of the tenant's and the key.")
            var origin: String?
            @Flag(help: "The key before is lost for good: go on with a new one, which it cannot vouch for.")
            var replace = false
            @OptionGroup var log: OfTenant
            @OptionGroup var format: OutputFormat

            func run() async throws {
                try await Installation.use { installation in
                    let tenant = try await Tenants(installation.log).find(log.tenant)
                    let keys = try await installation.createKey(of: tenant, origin: origin, isReplacing: replace)
                    try await Key.seal(tenant, installation)
                    try Key.print(
                        keys.current.verifier.vkey, keys.origin, installation.sealerFolder(of: tenant.id), format)
                }
            }
        }

        struct Rotate: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Replace a log's key by a new one; both sign the change.",
                discussion: """
                    The log's name stays. An event announces the new key, the first checkpoint that covers it bears the \
                    signatures of both, and the old key is removed.

                    Example:
                      atlas2 log key rotate
                    """)

            @OptionGroup var log: OfTenant
            @OptionGroup var format: OutputFormat

            func run() async throws {
                try await Installation.use { installation in
                    let tenant = try await Tenants(installation.log).find(log.tenant)
                    let folder = installation.sealerFolder(of: tenant.id)
                    // Refused where the log says that another key has replaced this one already.
                    _ = try await installation.sealer(of: tenant.id).seal()
                    let keys = try await LogKeys.rotate(in: folder)
                    try await Key.seal(tenant, installation)
                    try Key.print(keys.current.verifier.vkey, keys.origin, folder, format)
                }
            }
        }

        struct Show: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Print the public key that verifies a log's checkpoints.",
                discussion: """
                    What verifiers and witnesses are given; the private key is never printed.

                    Examples:
                      atlas2 log key show
                      atlas2 log key show --tenant acme --json
                    """)

            @OptionGroup var log: OfTenant
            @OptionGroup var format: OutputFormat

            func run() async throws {
                try await Installation.use(nil, .asItIs) { installation in
                    guard let tenant = try await log.scope(installation).tenant else { return }
                    let folder = installation.sealerFolder(of: tenant)
                    let key =
                        folder.hasKey
                        ? try LogKeys(folder).current.verifier.vkey
                        : try await installation.log.announcedKeys(of: tenant).last
                    guard let key else {
                        throw Failure(
                            .unknown, "the log of \(log.tenant) has no key: atlas2 log key create makes one")
                    }
                    try Key.print(key, try NoteVerifier(vkey: key).name, folder, format)
                }
            }
        }

        /// Signs the log with the keys that there are now.
        private static func seal(_ tenant: Tenants.Tenant, _ installation: Installation) async throws {
            _ = try await installation.sealer(of: tenant.id).seal()
        }

        private static func print(
            _ key: String, _ origin: String, _ folder: SealerFolder, _ format: OutputFormat
        ) throws {
            if format.json {
                return try Output.line(
                    .object([
                        ("origin", .string(origin)), ("key", .string(key)),
                        ("folder", .optional(folder.hasKey ? folder.path : nil)),
                    ]))
            }
            try Output.line("origin  \(origin)".printable)
            try Output.line("key     \(key)".printable)
            try Output.line("signs   \(folder.hasKey ? "here, from \(folder.path)" : "elsewhere")".printable)
        }
    }
}
