import ArgumentParser
import AuditLog
import Foundation
import Postgres
import Processing
import Projections

extension ProjectionsCommand {
    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check projections of one's own before they are installed.",
            discussion: """
                Reads each file for what would make its rows differ from a replay (clocks, random values, settings, undeclared \
                tables, unordered aggregates), lets the database check every statement, and folds the first events of the log \
                in batches of 1, of 7 and all at once. Nothing is installed or kept. Exits with 1 when a file is faulty or its \
                rows are not equal.

                Examples:
                  atlas2 projections check
                  atlas2 projections check my-projections/visits.sql
                  atlas2 projections check visits --json
                """)

        @Argument(
            help: ArgumentHelp("Files, or names of projections; without any, all further ones.", valueName: "file|name")
        )
        var subjects: [String] = []

        @Option(help: "Fold at most so many events.")
        var events: Int64 = 1000

        @OptionGroup var format: OutputFormat

        func validate() throws {
            guard events > 0 else { throw ValidationError("--events must be 1 or more") }
        }

        func run() async throws {
            try await Installation.use(nil, .asItIs) { installation in
                let candidates = try Self.candidates(subjects, in: installation.library)
                if candidates.isEmpty {
                    StandardError.say(
                        "there is no further projection: name a file, or set ATLAS2_PROJECTIONS to a folder")
                }
                var outcomes: [Outcome] = []
                for candidate in candidates { outcomes.append(try await examine(candidate, installation)) }
                for outcome in outcomes { try format.json ? Output.line(outcome.json) : outcome.print() }
                guard outcomes.allSatisfy(\.isFine) else { throw ExitCode.failure }
            }
        }

        /// A file, read and checked without a database.
        private struct Candidate {
            var file: String
            var definition: Definition?
            var findings: [Finding]
        }

        private static func candidates(_ subjects: [String], in library: Library) throws -> [Candidate] {
            func candidate(path: String) -> Candidate {
                let (definition, findings) = library.check(path: path)
                return Candidate(file: path, definition: definition, findings: findings)
            }
            func candidate(_ definition: Definition) -> Candidate {
                let findings = FileCheck(definition, names: library.takenNames).findings()
                return Candidate(file: definition.file, definition: definition, findings: findings)
            }
            func candidate(_ file: Library.FaultyFile) -> Candidate {
                Candidate(file: file.path, definition: nil, findings: file.findings)
            }
            guard !subjects.isEmpty else { return library.faulty.map(candidate) + library.further.map(candidate) }
            return try subjects.map { subject in
                if subject.contains("/") || subject.hasSuffix(".sql") {
                    guard FileManager.default.fileExists(atPath: subject) else {
                        throw Failure(.file, "\(subject) is not there")
                    }
                    return candidate(path: subject)
                }
                if let definition = library.projections.first(where: { $0.name == subject }) {
                    return candidate(definition)
                }
                if let file = library.faulty.first(where: { $0.projection == subject }) { return candidate(file) }
                throw Failure(
                    .unknown,
                    "there is no projection \(subject): atlas2 projections list shows them; a file is named by its path"
                )
            }
        }

        /// Lets the database look at what the file itself has nothing against.
        private func examine(_ candidate: Candidate, _ installation: Installation) async throws -> Outcome {
            var outcome = Outcome(file: candidate.file, name: candidate.definition?.name, findings: candidate.findings)
            guard let definition = candidate.definition, !outcome.isFaulty else { return outcome }
            guard try await installation.hasLog() else {
                outcome.remark = "there is no log yet to fold: atlas2 init makes the database"
                return outcome
            }
            var options = TransactionOptions(timeout: .none)
            options.settings = [("role", "atlas2_owner")]
            do {
                let limit = events
                try await installation.owner().transaction(options) { session in
                    let findings = try DatabaseCheck(definition).findings(session)
                    let isFaulty = findings.contains { $0.severity == .error }
                    throw Examined(
                        findings: findings,
                        sample: isFaulty ? nil : try SampleFold(definition, limit: limit).result(session))
                }
            } catch let examined as Examined {
                outcome.findings += examined.findings
                outcome.sample = examined.sample
            }
            return outcome
        }

        /// Ends the transaction, so that nothing stays behind.
        private struct Examined: Error {
            var findings: [Finding]
            var sample: SampleFold.Result?
        }
    }
}

extension Installation {
    /// Whether the schema is there that further projections are checked against.
    fileprivate func hasLog() async throws -> Bool {
        try await login.session { session in
            try session.first("SELECT to_regprocedure('public.projection_definitions()') IS NOT NULL") {
                try $0.decode(0)
            }
                ?? false
        }
    }
}
