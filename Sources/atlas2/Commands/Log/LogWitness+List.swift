import ArgumentParser
import AuditLog
import Postgres
import Processing
import Witnesses

extension Log.Witness {
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the log's witnesses: what each has cosigned, and what is wrong with it.",
            discussion: "Examples:\n  atlas2 log witness list\n  atlas2 log witness list --json")

        @OptionGroup var log: Log.OfTenant
        @OptionGroup var format: OutputFormat

        func run() async throws {
            try await Installation.use { installation in
                let scope = try await log.scope(installation)
                let overview = try await WitnessOverview.read(installation.app, as: scope)
                let size = overview.latest?.size ?? 0
                for (key, reason) in overview.unusable { StandardError.say("\(key) is not asked: \(reason)".printable) }
                if format.json {
                    for status in overview.witnesses { try Output.line(status.json(latest: size)) }
                    return
                }
                var table = Table("Witness", "Address", ">Cosigned", ">Of", "At", "State")
                for status in overview.witnesses {
                    table.add(
                        status.witness.name, status.witness.url, (status.cosignedSize ?? 0).grouped, size.grouped,
                        status.cosignedAt?.forPeople ?? "never", status.state(latest: size))
                }
                try table.print()
            }
        }
    }
}

extension WitnessStatus {
    fileprivate func state(latest: Int64) -> String {
        if let trouble { return "\(trouble.code.rawValue) since \(trouble.since.forPeople)" }
        if let forgedSize { return "forged line for \(forgedSize.grouped)" }
        return cosignedSize ?? 0 >= latest ? "ok" : "behind"
    }

    fileprivate func json(latest: Int64) -> JSONValue {
        let failure = trouble.map { trouble in
            JSONValue.object([
                ("code", .string(trouble.code.rawValue)), ("message", .string(trouble.message)),
                ("since", .string(trouble.since.description)), ("at", .string(trouble.failedAt.description)),
            ])
        }
        return .object([
            ("name", .string(witness.name)), ("url", .string(witness.url)), ("key", .string(witness.key.vkey)),
            ("cosigned_size", .integer(cosignedSize ?? 0)), ("cosigned_at", .optional(cosignedAt?.description)),
            ("checkpoint_size", .integer(latest)), ("forged_size", .optional(forgedSize)),
            ("failure", failure ?? .null),
        ])
    }
}
