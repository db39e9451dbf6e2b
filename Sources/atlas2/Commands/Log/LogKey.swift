import ArgumentParser
import AuditLog
import FoundationEssentials
import Processing
import Witnesses

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
            @OptionGroup var acting: Acting
            @OptionGroup var format: OutputFormat

            func validate() throws {
                guard origin?.isPrintable ?? true else {
                    throw ValidationError("--origin holds a character that is not shown: nobody could read the name.")
                }
            }

            func run() async throws {
                try await Installation.use { installation in
                    let scope = try await acting.scope(installation)
                    try Command(scope: scope).requireAdmin("make keys")
                    try await installation.admitSealer()
                    let tenant = try await Tenants(installation.log).find(acting.tenant)
                    _ = try await installation.createKey(of: tenant, origin: origin, isReplacing: replace)
                    _ = try await installation.sealer(of: tenant.id, announcer: scope).seal()
                    let description = try await KeyDescription(of: tenant.id, installation)
                    try description?.print(format)
                    guard !format.json else { return }
                    try await description?.sayWhatToPublish(acting.tenant, installation, scope)
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

            @OptionGroup var acting: Acting
            @OptionGroup var format: OutputFormat

            func run() async throws {
                try await Installation.use { installation in
                    let scope = try await acting.scope(installation)
                    guard let tenant = scope.tenant else { return }
                    try Command(scope: scope).requireAdmin("rotate keys")
                    try await installation.admitSealer()
                    // Refused where the log says that another key has replaced this one already.
                    _ = try await installation.sealer(of: tenant).seal()
                    _ = try await LogKeys.rotate(in: installation.sealerFolder(of: tenant))
                    _ = try await installation.sealer(of: tenant, announcer: scope).seal()
                    let description = try await KeyDescription(of: tenant, installation)
                    try description?.print(format)
                    guard !format.json else { return }
                    try await description?.sayWhatToPublish(acting.tenant, installation, scope)
                    try Output.line(
                        "The former private key is deleted here: delete it in backups, too. It stays good for what it has signed, and nothing that it signs from now on counts."
                    )
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
                    guard let description = try await KeyDescription(of: tenant, installation) else {
                        throw Failure(
                            .unknown,
                            "the log of \(log.tenant) has no key: atlas2 log key create --tenant \(log.tenant) makes one"
                        )
                    }
                    try description.print(format)
                }
            }
        }
    }
}

/// A log's public keys, as they are shown.
struct KeyDescription {
    let key: NoteVerifier
    /// The keys before, the oldest first.
    let former: [NoteVerifier]
    let folder: SealerFolder

    /// Nil where the log has no key.
    init?(of tenant: UUID, _ installation: Installation) async throws {
        folder = installation.sealerFolder(of: tenant)
        let signing = try await installation.log.keyHistory(of: tenant).signing
        guard let key = folder.hasKey ? try LogKeys(folder).current.verifier : signing.last else { return nil }
        self.key = key
        former = signing.filter { $0 != key }
    }

    func print(_ format: OutputFormat) throws {
        if format.json {
            return try Output.line(
                .object([
                    ("origin", .string(key.name)), ("key", .string(key.vkey)),
                    ("former", .strings(former.map(\.vkey))),
                    ("folder", .optional(folder.hasKey ? folder.path : nil)),
                ]))
        }
        try Output.line("origin  \(key.name)".printable)
        try Output.line("key     \(key.vkey)".printable)
        for key in former { try Output.line("former  \(key.vkey)".printable) }
        try Output.line("signs   \(folder.hasKey ? "here, from \(folder.path)" : "elsewhere")".printable)
    }

    /// Who has to learn of the key.
    func sayWhatToPublish(_ slug: String, _ installation: Installation, _ scope: Scope) async throws {
        let witnesses = try await WitnessOverview.read(installation.app, as: scope).witnesses.map(\.witness.name)
        let operators =
            witnesses.isEmpty ? "" : ", and give it to the operators of \(witnesses.joined(separator: ", "))"
        let place = "where people who verify look for it, not only in the log (a web site, contracts)"
        try Output.line("Publish the line key \(place)\(operators).".printable)
        guard !former.isEmpty else { return }
        try Output.line(
            "Leave the former there, too: what it has signed is verified with both (atlas2 log verify --key FORMER --key KEY)."
        )
    }
}
