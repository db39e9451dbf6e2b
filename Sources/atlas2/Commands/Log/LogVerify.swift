import ArgumentParser
import AuditLog
import Foundation
import Postgres
import Processing

extension Log {
    /// `atlas2 log verify`
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Recompute every hash of a tenant's log, and name what was changed, cut or reordered.",
            discussion: """
                Reads every event with its attachment and computes commitments, leaf hashes and the Merkle tree apart from \
                the database's own functions. The tree is compared with the stored tiles and signed checkpoints, with the \
                sealer's record where you may read it, and with every checkpoint that you give: one that somebody kept \
                shows what an administrator with the signing key could still hide. Exits with 1 when something is wrong.

                Examples:
                  atlas2 log verify
                  atlas2 log verify --tenant acme --json
                  atlas2 log verify --key 'example.com/logs/acme+1a2b3c4d+AbCd…' --checkpoint kept.txt
                  atlas2 log verify --report verification.html
                  atlas2 log verify --from exported --key 'example.com/logs/acme+1a2b3c4d+AbCd…'
                  atlas2 log verify --proof 17.json --key 'example.com/logs/acme+1a2b3c4d+AbCd…'
                """)

        @Option(help: ArgumentHelp("The tenant whose log is verified.", valueName: "slug"))
        var tenant = Tenants.defaultSlug

        @Option(
            help: ArgumentHelp(
                "A key that is known to be the log's, as atlas2 log key show prints it; without it the sealer's, where that can be read.",
                valueName: "vkey"))
        var key: [String] = []

        @Option(
            help: ArgumentHelp(
                "A checkpoint that somebody kept: the log must be a continuation of it. May be given several times.",
                valueName: "file"))
        var checkpoint: [String] = []

        @Option(
            help: ArgumentHelp(
                "Write a report for people who were not there: .html (one file, no scripts) or .json.",
                valueName: "file"))
        var report: String?

        @OptionGroup var offline: Offline
        @OptionGroup var format: OutputFormat

        func validate() throws {
            guard let report else { return }
            guard !offline.isWanted else {
                throw ValidationError("--report is about the database: it goes with neither --from nor --proof")
            }
            guard VerificationReport.Format(path: report) != nil else {
                throw ValidationError("--report takes a file that ends in .html or .json")
            }
        }

        func run() async throws {
            if offline.isWanted {
                let terminal = try Composition().terminal
                return try offline.run(keys: key, checkpoints: checkpoint, format, terminal)
            }
            var evidence = Evidence()
            evidence.keys = try key.map { try Self.key($0) }
            evidence.checkpoints = try checkpoint.map { (name: $0, checkpoint: try Self.checkpoint($0)) }
            let given = evidence
            try await Installation.use(nil, .asItIs) { installation in
                var evidence = given
                // Not looked up among the tenants: their table may be what is broken.
                let tenant = Scope(tenant: Tenants.id(of: tenant), role: .system)
                let size = try await installation.log.size(as: tenant)
                let record = sealerRecord(installation)
                guard size > 0 || record != nil || !evidence.checkpoints.isEmpty else {
                    throw Failure(
                        .unknown,
                        "there is no log of a tenant \(self.tenant): atlas2 tenants list shows those there are")
                }
                evidence.sealer = record.map { ($0.size, $0.edge.tree.root) }
                if evidence.keys.isEmpty, let announced = record?.announced {
                    evidence.keys = [try Self.key(announced)]
                }
                let progress = ProgressBar("verifying", unit: "events")
                let start = Timestamp.now
                // The system sees every event, which a verification must.
                let found = try await installation.log.verify(
                    as: tenant, against: evidence, readers: min(8, ProcessInfo.processInfo.activeProcessorCount + 1)
                ) {
                    progress.update($0, of: $1)
                }
                progress.finish()
                let result = VerificationReport(found, tenant: self.tenant, at: start, arguments: arguments)
                if let report { try result.write(to: report) }
                try format.json
                    ? Output.line(result.json) : Self.print(found, installation.composition.terminal, report: report)
                guard found.isSound else { throw ExitCode.failure }
            }
        }

        /// What the sealer of this machine last signed, where this user may read it.
        private func sealerRecord(_ installation: Installation) -> SealerState? {
            let folder = installation.sealerFolder(of: Tenants.id(of: tenant))
            do {
                guard let text = try folder.read(.state) else { return nil }
                return try SealerState(parsing: text, path: folder.path(.state))
            } catch {
                StandardError.say("the sealer's record is left out: \(error)")
                return nil
            }
        }

        /// The command that repeats the verification.
        private var arguments: [String] {
            ["atlas2", "log", "verify", "--tenant", tenant] + key.flatMap { ["--key", $0] }
                + checkpoint.flatMap { ["--checkpoint", $0] }
        }

        private static func key(_ text: String) throws -> NoteVerifier {
            do {
                return try NoteVerifier(vkey: text)
            } catch {
                throw Failure(.value, "--key \(text): \(error)")
            }
        }

        private static func checkpoint(_ path: String) throws -> SignedCheckpoint {
            guard let bytes = FileManager.default.contents(atPath: path) else {
                throw Failure(.file, "\(path) cannot be read")
            }
            do {
                return try SignedCheckpoint(parsing: Array(bytes))
            } catch {
                throw Failure(.file, "\(path) is no checkpoint: \(error)")
            }
        }

        private static func print(_ found: Verification, _ terminal: Terminal, report: String?) throws {
            let shown = 20
            for problem in found.problems.prefix(shown) {
                try Output.line(
                    "position \(problem.position): \(problem.verdict.rawValue): \(problem.detail)".printable)
            }
            if found.problemCount > shown {
                try Output.line("… and \((found.problemCount - Int64(shown)).grouped) more problems")
            }
            func line(_ name: String, _ value: String) throws {
                try Output.line(name + String(repeating: " ", count: 11 - name.count) + value)
            }
            try line("events", found.events.grouped)
            try line("verified", found.verified.grouped + ", right and sealed")
            try line("not sealed", found.unsealed.grouped + ", right by themselves")
            try line("erased", found.erased.grouped)
            try line("redacted", found.redacted.grouped)
            for (name, count) in [
                ("unproved", found.unproved), ("modified", found.modified), ("missing", found.missing),
                ("disordered", found.disordered),
                ("restored", found.restored),
            ] where count > 0 { try line(name, count.grouped) }
            try line("root", found.root.hexadecimal)
            for agreement in found.agreements { try line("agrees", "with \(agreement.description)".printable) }
            for key in found.keys.suffix(1) { try line("key", key.printable) }
            for sentence in found.notProved { try line("not proved", sentence) }
            if let report { try line("report", report.printable) }
            try Output.line(
                found.isSound
                    ? terminal.paint("the log is sound" + found.exception, .green)
                    : terminal.paint(
                        "the log is NOT sound: \(found.problemCount.counting("problem")), the first at position \(found.problems.first?.position ?? 0)",
                        .red))
        }
    }
}
