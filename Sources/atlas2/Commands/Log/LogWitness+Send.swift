import ArgumentParser
import AuditLog
import Processing
import Witnesses

extension Log.Witness {
    struct Send: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send the latest checkpoint to the witnesses now.",
            discussion: """
                What atlas2 work does by itself. Exits with 1 when a witness did not cosign.

                Examples:
                  atlas2 log witness send
                  atlas2 log witness send witness.example/w1
                """)

        @Argument(help: "Name, key or address of one; without it all.")
        var name: String?
        @OptionGroup var log: Log.OfTenant
        @OptionGroup var format: OutputFormat

        private struct Answer {
            var witness: Witnesses.Witness
            var outcome: WitnessSender.Outcome
        }

        func run() async throws {
            try await Installation.use { installation in
                let scope = try await log.scope(installation)
                let one = try await only(installation, scope)
                let overview = try await WitnessOverview.read(installation.app, as: scope)
                let witnesses = overview.witnesses.filter { one == nil || $0.witness == one }
                guard !witnesses.isEmpty else {
                    throw Failure(
                        .unknown, "the log of \(log.tenant) has no witnesses: atlas2 log witness add URL VKEY")
                }
                guard let latest = overview.latest, latest.size > 0 else {
                    throw Failure(.state, "the log of \(log.tenant) is not sealed yet: atlas2 log seal")
                }
                let answers = try await send(latest, to: witnesses, installation, scope)
                for answer in answers { try print(answer, latest) }
                guard answers.allSatisfy({ if case .failed = $0.outcome { false } else { true } }) else {
                    throw ExitCode.failure
                }
            }
        }

        private func only(_ installation: Installation, _ scope: Scope) async throws -> Witnesses.Witness? {
            guard let name else { return nil }
            return try await LogWitnesses(installation.log).find(name, as: scope)
        }

        /// Asks all at once; the answers in the order of the witnesses.
        private func send(
            _ latest: LogCheckpoint, to witnesses: [WitnessStatus], _ installation: Installation, _ scope: Scope
        ) async throws -> [Answer] {
            try await WitnessTransport.use { transport in
                let sender = WitnessSender(installation.sealing.database, transport)
                return try await withThrowingTaskGroup(of: (Int, Answer).self) { tasks in
                    for (index, status) in witnesses.enumerated() {
                        tasks.addTask {
                            let isDone = status.cosignedSize ?? 0 >= latest.size
                            let outcome =
                                isDone
                                ? .cosigned(latest.size) : try await sender.send(latest, to: status, as: scope)
                            return (index, Answer(witness: status.witness, outcome: outcome))
                        }
                    }
                    var answers: [(Int, Answer)] = []
                    for try await answer in tasks { answers.append(answer) }
                    return answers.sorted { $0.0 < $1.0 }.map(\.1)
                }
            }
        }

        private func print(_ answer: Answer, _ latest: LogCheckpoint) throws {
            let name = answer.witness.name
            let (isCosigned, failure): (Bool, SubmissionFailure?) =
                switch answer.outcome {
                case .cosigned: (true, nil)
                case .overtaken: (false, nil)
                case .failed(let failure): (false, failure)
                }
            if format.json {
                return try Output.line(
                    .object([
                        ("name", .string(name)), ("size", .integer(latest.size)), ("cosigned", .bool(isCosigned)),
                        ("code", .optional(failure?.code.rawValue)), ("message", .optional(failure?.description)),
                    ]))
            }
            if let failure { return StandardError.say("\(failure)".printable) }
            try Output.line(
                isCosigned
                    ? "\(name) has cosigned \(latest.size.counting("event"))".printable
                    : "\(name) has seen a later checkpoint meanwhile".printable)
        }
    }
}
