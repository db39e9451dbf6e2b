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
                valueName: "vkey"),
            transform: Self.vkey)
        var key: [NoteVerifier] = []

        @Option(
            help: ArgumentHelp(
                "A checkpoint that somebody kept: the log must be a continuation of it. May be given several times.",
                valueName: "file"))
        var checkpoint: [String] = []

        @Option(
            help: ArgumentHelp(
                "A key that is known to be a witness's: it must have cosigned. May be given several times.",
                valueName: "vkey"),
            transform: Self.vkey)
        var witness: [NoteVerifier] = []

        @Option(
            help: ArgumentHelp(
                "How many of the witnesses must have cosigned; all of those given, or as the setting witness_quorum says where none is.",
                valueName: "count"))
        var quorum: Int?

        @Option(
            help: ArgumentHelp(
                "Write a report for people who were not there: .html (one file, no scripts) or .json.",
                valueName: "file"))
        var report: String?

        @OptionGroup var offline: Offline
        @OptionGroup var format: OutputFormat

        func validate() throws {
            guard !offline.isWanted || !key.isEmpty else {
                throw ValidationError(
                    "--key is needed with --from and --proof: whoever made these files could have made a key for them. atlas2 log key show prints it where the log is."
                )
            }
            guard offline.proof == nil || checkpoint.isEmpty else {
                throw ValidationError(
                    "--checkpoint goes with a log or an export; the older checkpoint of a proof of growth is given by --old."
                )
            }
            let most = witness.isEmpty && !offline.isWanted ? 100 : witness.count
            guard (0...most).contains(quorum ?? 0) else {
                throw ValidationError("--quorum is a number of the witnesses that are given by --witness.")
            }
            guard let report else { return }
            guard offline.proof == nil else {
                throw ValidationError("--report is about a log or an export: it does not go with --proof")
            }
            guard VerificationFormat(path: report) != nil else {
                throw ValidationError("--report takes a file that ends in .html or .json")
            }
        }

        func run() async throws {
            let kept = try checkpoint.map { KeptCheckpoint(name: $0, checkpoint: try Self.checkpoint($0)) }
            if offline.isWanted {
                let trust: ProofTrust
                do {
                    trust = try ProofTrust(keys: key, witnesses: witness, quorum: quorum)
                } catch {
                    throw Failure(.value, "--key and --witness: \(error)")
                }
                return try await offline.run(trust, kept, report, arguments, format, Composition().terminal)
            }
            var evidence = Evidence()
            evidence.keys = key
            evidence.checkpoints = kept
            evidence.witnesses = witness
            evidence.quorum = quorum ?? witness.count
            evidence.requiresQuorum = quorum != nil || !witness.isEmpty
            let given = evidence
            try await Installation.use(nil, .asItIs) { installation in
                // Not looked up among the tenants: their table may be what is broken.
                let tenant = Scope(tenant: Tenants.id(of: tenant), role: .system)
                let size = try await installation.log.size(as: tenant)
                let record = installation.sealerRecord(of: Tenants.id(of: self.tenant))
                guard size > 0 || record != nil || !given.checkpoints.isEmpty else {
                    throw Failure(
                        .unknown,
                        "there is no log of a tenant \(self.tenant): atlas2 tenants list shows those there are")
                }
                let start = Timestamp.now
                let found = try await installation.verifyLog(as: tenant, against: given, record: record)
                var result = VerificationReport(found, tenant: self.tenant, at: start, arguments: arguments)
                if let report {
                    result.surroundings = await .read(installation.log, as: tenant)
                    try result.write(to: report)
                }
                try format.json
                    ? Output.line(result.json) : Self.print(found, installation.composition.terminal, report: report)
                guard found.isSound, found.unmet.isEmpty else { throw ExitCode.failure }
            }
        }

        /// The command that repeats the verification.
        private var arguments: [String] {
            var arguments = ["atlas2", "log", "verify"]
            arguments += offline.from.map { ["--from", $0] } ?? ["--tenant", tenant]
            for vkey in key { arguments += ["--key", vkey.vkey] }
            for path in checkpoint { arguments += ["--checkpoint", path] }
            for vkey in witness { arguments += ["--witness", vkey.vkey] }
            if let quorum { arguments += ["--quorum", String(quorum)] }
            if offline.requirePayloads { arguments.append("--require-payloads") }
            return arguments
        }

        /// A malformed key is wrong usage.
        private static func vkey(_ text: String) throws -> NoteVerifier {
            do {
                return try NoteVerifier(vkey: text)
            } catch {
                throw ValidationError("\(error): a key looks like example.com/log+1a2b3c4d+AbCd…".printable)
            }
        }

        /// - Throws: `Failure` for a file that is no checkpoint.
        static func checkpoint(_ path: String) throws -> SignedCheckpoint {
            let bytes = try InputFile(path).read(atMost: 1 << 20)
            do {
                return try SignedCheckpoint(parsing: bytes)
            } catch {
                throw Failure(
                    .file,
                    "\(path) is not a checkpoint (\(error)): give what atlas2 log checkpoint printed, unchanged")
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
            for witness in found.witnesses {
                let when = witness.time.map { " at \(Timestamp(unixSeconds: $0).forPeople)" } ?? ""
                let what = witness.size.map { "cosigned \($0.counting("event"))\(when)" } ?? "has cosigned nothing"
                let whose = witness.isGiven ? "given" : witness.isAnnounced ? "named by the log" : "no more asked"
                try line("witness", "\(witness.key.name), \(whose), \(what)".printable)
            }
            if found.quorum > 0 {
                try line("quorum", "of \(found.quorum), reached for \(found.witnessedSize.counting("event"))")
            }
            for key in found.keys.suffix(1) { try line("key", key.printable) }
            for sentence in found.notProved { try line("not proved", sentence) }
            if let report { try line("report", report.printable) }
            for sentence in found.unmet { try line("NOT DONE", sentence.printable) }
            try Output.line(
                found.isSound && !found.unmet.isEmpty
                    ? terminal.paint(
                        "nothing speaks against the log, but not all that was asked for could be done", .red)
                    : terminal.paint(found.verdict, found.isSound ? .green : .red))
        }
    }
}
