import ArgumentParser
import AuditLog
import Processing
import Witnesses

extension Log {
    /// `atlas2 log witness`
    struct Witness: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Have others remember what the log said: they cosign its checkpoints.",
            discussion: """
                A witness (C2SP tlog-witness) keeps the last checkpoint it saw and cosigns only what extends it: with its \
                word, nobody can be shown another history. atlas2 work sends each new checkpoint; a witness that is away \
                stops nothing, and atlas2 doctor shows it. How many are enough says the setting witness_quorum.

                Examples:
                  atlas2 log witness add https://witness.example/ witness.example/w1+1a2b3c4d+BKm…
                  atlas2 settings set witness_quorum 2
                  atlas2 log checkpoint --witnessed
                """,
            subcommands: [Add.self, List.self, Remove.self, Send.self], defaultSubcommand: List.self)

        struct Add: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Send the log's checkpoints to a witness from now on.",
                discussion: """
                    Prints what the witness's operator has to be given: until the witness knows the log, it refuses it. \
                    With the key of a witness that is there already, its address is changed.

                    Example:
                      atlas2 log witness add https://witness.example/ witness.example/w1+1a2b3c4d+BKm…
                    """)

            @Argument(help: "Address that /add-checkpoint is put behind: http or https.")
            var url: String
            @Argument(help: "The witness's verifier key, as its operator gives it.")
            var vkey: String
            @OptionGroup var acting: Acting
            @OptionGroup var format: OutputFormat

            func run() async throws {
                let witness = try Witnesses.Witness(url: url, vkey: vkey)
                guard witness.name.isPrintable else {
                    throw Failure(
                        .value, "the name \(witness.name) holds a character that is not shown: ask its operator")
                }
                try await Installation.use { installation in
                    let scope = try await acting.scope(installation)
                    guard let tenant = scope.tenant else { return }
                    let isNew = try await LogWitnesses(installation.log).add(witness, as: Command(scope: scope))
                    try await installation.catchUp(as: scope)
                    let key = try await installation.log.keyHistory(of: tenant).signing.last
                    try print(witness, isNew: isNew, logKey: key)
                }
            }

            private func print(_ witness: Witnesses.Witness, isNew: Bool, logKey: NoteVerifier?) throws {
                if format.json {
                    return try Output.line(
                        .object([
                            ("name", .string(witness.name)), ("url", .string(witness.url)),
                            ("key", .string(witness.key.vkey)), ("added", .bool(isNew)),
                            ("origin", .optional(logKey?.name)), ("log_key", .optional(logKey?.vkey)),
                        ]))
                }
                try Output.line(
                    isNew
                        ? "checkpoints go to the witness \(witness.name) from now on".printable
                        : "checkpoints go to the witness \(witness.name) already".printable)
                guard let logKey else {
                    return try Output.line(
                        "nothing is signed yet, so that there is none: atlas2 log key create --tenant \(acting.tenant) makes a key and signs"
                    )
                }
                try Output.line("Its operator needs:")
                try Output.line("origin  \(logKey.name)".printable)
                try Output.line("key     \(logKey.vkey)".printable)
            }
        }

        struct Remove: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Send nothing more to a witness; what it has cosigned stays.",
                discussion: "Example:\n  atlas2 log witness remove witness.example/w1")

            @Argument(help: "Its name, key or address.")
            var name: String
            @OptionGroup var acting: Acting
            @OptionGroup var format: OutputFormat

            func run() async throws {
                try await Installation.use { installation in
                    let scope = try await acting.scope(installation)
                    let key = try await LogWitnesses(installation.log).remove(name, as: Command(scope: scope))
                    try await installation.catchUp(as: scope)
                    let quorum = try await Settings.load(installation.app, as: scope).witnessQuorum
                    let rest = try await WitnessOverview.read(installation.app, as: scope).witnesses.count
                    if rest < quorum {
                        StandardError.say(
                            "warning: \(rest.counting("witness", "witnesses")) \(rest == 1 ? "is" : "are") left, and witness_quorum is \(quorum): no checkpoint reaches it any more; atlas2 log witness add another, or atlas2 settings set witness_quorum \(rest)"
                        )
                    }
                    try format.json
                        ? Output.line(
                            .object([
                                ("key", .string(key)), ("witnesses", .integer(Int64(rest))),
                                ("quorum", .integer(Int64(quorum))), ("quorum_reachable", .bool(rest >= quorum)),
                            ]))
                        : Output.line("checkpoints go to the witness \(key) no more".printable)
                }
            }
        }
    }
}
