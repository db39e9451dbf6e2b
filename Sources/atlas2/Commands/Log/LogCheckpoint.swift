import ArgumentParser
import AuditLog
import Postgres
import Processing

extension Log {
    /// `atlas2 log checkpoint`
    struct Checkpoint: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a signed checkpoint: the log's name, size and root, and who signed them.",
            discussion: """
                A C2SP tlog-checkpoint in a signed note, byte for byte, with the signatures of witnesses. Whoever keeps one \
                can prove later that the log of today is a continuation of it.

                Examples:
                  atlas2 log checkpoint > checkpoint.txt
                  atlas2 log checkpoint --size 1000
                  atlas2 log checkpoint --witnessed
                  atlas2 log checkpoint --list --limit 100
                """)

        @Option(help: "The one of this size; without it the latest.")
        var size: Int64?
        @Flag(help: "The latest that as many witnesses have cosigned as the setting witness_quorum says.")
        var witnessed = false
        @Flag(help: "Sizes and times of the latest, the latest first; of each, --size prints it.")
        var list = false
        @Option(help: "How many are listed at most; 0 for all.")
        var limit = 20
        @OptionGroup var log: OfTenant
        @OptionGroup var format: OutputFormat

        func validate() throws {
            guard [witnessed, size != nil, list].count(where: { $0 }) <= 1 else {
                throw ValidationError("--witnessed, --size and --list do not go together.")
            }
            guard limit >= 0 else { throw ValidationError("--limit is a whole number, not below 0.") }
        }

        func run() async throws {
            try await Installation.use(nil, .asItIs) { installation in
                let scope = try await log.scope(installation)
                if list { return try await printList(installation, scope) }
                try await warn(installation, scope)
                let found =
                    witnessed
                    ? try await installation.witnessedCheckpoint(as: scope)
                    : try await installation.log.checkpoint(size: size, as: scope)
                guard let checkpoint = found else {
                    throw Failure(
                        .unknown,
                        size.map { "there is no checkpoint of size \($0): not every size is signed" }
                            ?? "the log of \(log.tenant) is not sealed yet: \(Self.advice(log.tenant, installation))")
                }
                guard format.json else { return try Output.write(Array(checkpoint.signedNote.utf8)) }
                let cosignatures = checkpoint.cosignatures.map { cosignature in
                    JSONValue.object([
                        ("witness", .string(cosignature.witness)), ("signature", .string(cosignature.signature)),
                    ])
                }
                let round = PatrolRound(installation.sealerFolder(of: Tenants.id(of: log.tenant)))
                let since = round.comparedSince.map { Timestamp(unixMicroseconds: $0 * 1_000_000).description }
                try Output.line(
                    .object([
                        ("size", .integer(checkpoint.size)), ("root", .string(checkpoint.root.hexadecimal)),
                        ("sealed_at", .string(checkpoint.sealedAt.description)),
                        ("note", .string(checkpoint.signedNote)), ("cosignatures", .array(cosignatures)),
                        ("compared_since", .optional(since)),
                    ]))
            }
        }

        /// What makes the first checkpoint.
        private static func advice(_ slug: String, _ installation: Installation) -> String {
            installation.sealerFolder(of: Tenants.id(of: slug)).hasKey
                ? "atlas2 log seal --tenant \(slug)"
                : "atlas2 log key create --tenant \(slug) makes its key and signs it, or the user who has the key runs atlas2 log seal"
        }

        private func warn(_ installation: Installation, _ scope: Scope) async throws {
            guard let tenant = scope.tenant,
                let warning = try await installation.log.keyHistory(of: tenant).warning
            else { return }
            StandardError.say("warning: \(warning)")
        }

        private func printList(_ installation: Installation, _ scope: Scope) async throws {
            var (rest, before) = (limit == 0 ? Int.max : limit, Int64.max)
            var table = Table(">Size", "Signed", "Root", ">Cosignatures")
            while rest > 0 {
                let page = try await installation.log.checkpoints(below: before, limit: min(rest, 1000), as: scope)
                guard let last = page.last else { break }
                (rest, before) = (rest - page.count, last.size)
                for checkpoint in page {
                    guard format.json else {
                        table.add(
                            checkpoint.size.grouped, checkpoint.sealedAt.forPeople, checkpoint.root.hexadecimal,
                            checkpoint.cosignatures.count.grouped)
                        continue
                    }
                    try Output.line(
                        .object([
                            ("size", .integer(checkpoint.size)), ("root", .string(checkpoint.root.hexadecimal)),
                            ("sealed_at", .string(checkpoint.sealedAt.description)),
                            ("cosignatures", .integer(Int64(checkpoint.cosignatures.count))),
                        ]))
                }
            }
            if before == .max {
                throw Failure(
                    .unknown, "the log of \(log.tenant) is not sealed yet: \(Self.advice(log.tenant, installation))")
            }
            if !format.json { try table.print() }
        }
    }
}
