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
                """)

        @Option(help: "The one of this size; without it the latest.")
        var size: Int64?
        @OptionGroup var log: OfTenant
        @OptionGroup var format: OutputFormat

        func run() async throws {
            try await Installation.use(nil, .asItIs) { installation in
                let scope = try await log.scope(installation)
                guard let checkpoint = try await installation.log.checkpoint(size: size, as: scope) else {
                    throw Failure(
                        .unknown,
                        size.map { "there is no checkpoint of size \($0): not every size is signed" }
                            ?? "the log of \(log.tenant) is not sealed yet: atlas2 log key create makes its key")
                }
                guard format.json else { return try Output.write(Array(checkpoint.signedNote.utf8)) }
                let cosignatures = checkpoint.cosignatures.map { cosignature in
                    JSONValue.object([
                        ("witness", .string(cosignature.witness)), ("signature", .string(cosignature.signature)),
                    ])
                }
                try Output.line(
                    .object([
                        ("size", .integer(checkpoint.size)), ("root", .string(checkpoint.root.hexadecimal)),
                        ("sealed_at", .string(checkpoint.sealedAt.description)),
                        ("note", .string(checkpoint.signedNote)), ("cosignatures", .array(cosignatures)),
                    ]))
            }
        }
    }
}
