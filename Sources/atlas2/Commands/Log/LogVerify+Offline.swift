import ArgumentParser
import AuditLog
import Foundation
import Postgres
import Processing

extension Log.Verify {
    /// What is verified without any database: an export, or a proof.
    struct Offline: ParsableArguments {
        @Option(
            help: ArgumentHelp("Verify an export in this folder; no database is needed.", valueName: "folder"))
        var from: String?
        @Option(
            help: ArgumentHelp(
                "Verify a file that atlas2 log prove made; no database is needed.", valueName: "file"))
        var proof: String?
        @Option(
            help: ArgumentHelp(
                "With --proof and a consistency proof: the older checkpoint.", valueName: "file"))
        var old: String?
        @Flag(help: "With --from: fail unless the payload of every event is there.")
        var requirePayloads = false

        /// Whether anything of this is asked for.
        var isWanted: Bool { from != nil || proof != nil }

        func validate() throws {
            guard from == nil || proof == nil else { throw ValidationError("--from and --proof exclude each other.") }
            guard proof != nil || old == nil else { throw ValidationError("--old goes with --proof.") }
            guard from != nil || !requirePayloads else { throw ValidationError("--require-payloads goes with --from.") }
        }

        /// Verifies, prints what was found, and ends the command with 1 where something is wrong.
        func run(
            _ trust: ProofTrust, _ kept: [KeptCheckpoint], _ report: String?, _ arguments: [String],
            _ format: OutputFormat,
            _ terminal: Terminal
        ) async throws {
            if let proof {
                try verify(proof: proof, trust, old.map { try Log.Verify.checkpoint($0) }, format, terminal)
            }
            if let from { try await verify(export: from, trust, kept, report, arguments, format, terminal) }
        }

        private func verify(
            proof path: String, _ trust: ProofTrust, _ old: SignedCheckpoint?, _ format: OutputFormat,
            _ terminal: Terminal
        ) throws {
            let report: ProofReport
            do {
                report = try ProofFile(parsing: InputFile(path).read(atMost: Self.longestProof)).check(trust, old: old)
            } catch  where error is ProofError || error is NoteError {
                if let error = error as? ProofError, error.code == .unknown {
                    throw Failure(.value, "\(error): give it by --old")
                }
                return try Self.refuse("the proof does NOT hold: \(error)", "proof", "\(error)", format, terminal)
            }
            try format.json ? Output.line(report.json) : report.print(terminal)
        }

        /// A proof holds at most one event, whose attachment may be a piece of a file.
        private static let longestProof = 1 << 28

        private func verify(
            export path: String, _ trust: ProofTrust, _ kept: [KeptCheckpoint], _ report: String?,
            _ arguments: [String], _ format: OutputFormat, _ terminal: Terminal
        ) async throws {
            let start = Timestamp.now
            let progress = ProgressBar("verifying", unit: "events")
            let finding: ExportFinding
            do {
                finding = try await ExportFolder(path)
                    .verify(trust, kept: kept, readers: ProcessInfo.processInfo.activeProcessorCount) {
                        progress.update($0, of: $1)
                    }
                progress.finish()
            } catch  where error is ProofError || error is NoteError {
                progress.finish()
                // What cannot be read says nothing against it.
                if let error = error as? ProofError, error.code == .folder { throw error }
                return try Self.refuse("the export is NOT sound: \(error)", "export", "\(error)", format, terminal)
            }
            var unmet = finding.unusable.map { "the checkpoint \($0)" }
            if requirePayloads, finding.payloadsMissing > 0 {
                unmet.append("the payloads of \(finding.payloadsMissing.counting("event")) are not in the export")
            }
            if let report {
                let page = ExportReport(
                    finding: finding, unmet: unmet, keys: trust.keys, startedAt: start,
                    command: ExportReport.command(arguments))
                try page.write(to: report)
            }
            try format.json ? Output.line(finding.json(unmet)) : finding.print(unmet, terminal)
            guard finding.isSound, unmet.isEmpty else { throw ExitCode.failure }
        }

        private static func refuse(
            _ words: String, _ kind: String, _ reason: String, _ format: OutputFormat, _ terminal: Terminal
        ) throws {
            let problem = JSONValue.object([
                ("position", .null), ("verdict", .string("refused")), ("detail", .string(reason)),
            ])
            try format.json
                ? Output.line(
                    .object([
                        ("kind", .string(kind)), ("sound", .bool(false)), ("problem_count", .integer(1)),
                        ("problems", .array([problem])),
                    ]))
                : Output.line(terminal.paint(words.printable, .red))
            throw ExitCode.failure
        }
    }
}

extension ProofReport {
    fileprivate func print(_ terminal: Terminal) throws {
        try Output.line("log         \(checkpoint.origin)".printable)
        try Output.line("checkpoint  \(checkpoint.size.counting("event")), root \(checkpoint.root.hexadecimal)")
        for cosignature in cosignatures {
            try Output.line(
                "witness     \(cosignature.witness.name), at \(Timestamp(unixSeconds: cosignature.timestamp).forPeople)"
                    .printable)
        }
        if let entry {
            try Output.line("position    \(entry.position): \(entry.type) on \(entry.stream)".printable)
        }
        for part in parts {
            let verdict = part.verdict.rawValue.replacing("_", with: " ")
            try Output.line("\(part.name): \(verdict)\(part.detail.isEmpty ? "" : ": \(part.detail)")".printable)
        }
        try Output.line(terminal.paint("the proof holds", .green))
    }

    fileprivate var json: JSONValue {
        let parts = self.parts.map { part in
            JSONValue.object([
                ("name", .string(part.name)), ("verdict", .string(part.verdict.rawValue)),
                ("detail", .string(part.detail)),
            ])
        }
        return .object([
            ("kind", .string("proof")), ("sound", .bool(true)), ("origin", .string(checkpoint.origin)),
            ("log_size", .integer(checkpoint.size)),
            ("root", .string(checkpoint.root.hexadecimal)), ("position", .optional(entry?.position)),
            ("old_size", .optional(oldSize)), ("parts", .array(parts)), ("witnesses", cosignatures.json),
            ("problem_count", .integer(0)),
            ("problems", .array([])),
        ])
    }
}

extension ExportFinding {
    fileprivate func print(_ unmet: [String], _ terminal: Terminal) throws {
        for problem in events.problems.prefix(20) {
            try Output.line("position \(problem.position): \(problem.verdict.rawValue): \(problem.detail)".printable)
        }
        if events.problemCount > 20 { try Output.line("… and \((events.problemCount - 20).counting("more problem"))") }
        for fault in (contradicted + faults).prefix(20) { try Output.line(fault.printable) }
        if faults.count > 20 { try Output.line("… and \((faults.count - 20).grouped) more") }
        try Output.line("log         \(checkpoint.origin)".printable)
        try Output.line("checkpoint  \(checkpoint.size.counting("event")), root \(checkpoint.root.hexadecimal)")
        if followedKeyChange {
            try Output.line("key         changed since the one given, which signed the change")
        }
        for cosignature in cosignatures {
            let when = Timestamp(unixSeconds: cosignature.timestamp).forPeople
            try Output.line("witness     \(cosignature.witness.name), at \(when)".printable)
        }
        for kept in kept where kept.outcome == .agrees {
            try Output.line(
                "agrees      with the checkpoint of \(kept.size.counting("event")) in \(kept.name)".printable)
        }
        try Output.line("entries     \(events.events.grouped)")
        try Output.line("payloads    \(payloads.grouped) of \(events.size.grouped)")
        try Output.line("erased      \(events.erased.grouped)")
        try Output.line("redacted    \(events.redacted.grouped)")
        if events.unproved > 0 { try Output.line("unproved    \(events.unproved.grouped)") }
        if payloadsMissing > 0 {
            try Output.line(
                "not shown   payloads of \(payloadsMissing.counting("event")): the entries prove their hashes, not what they said"
            )
        }
        if withheld > 0 {
            try Output.line(
                "not shown   personal parts and attachments of \(withheld.counting("event")): hashes stand for them")
        }
        for sentence in unmet { try Output.line("NOT DONE    \(sentence)".printable) }
        try Output.line(
            !isSound
                ? terminal.paint("the export is NOT sound: \(problemCount.counting("problem"))", .red)
                : unmet.isEmpty
                    ? terminal.paint("the export is sound" + events.exception, .green)
                    : terminal.paint(
                        "nothing speaks against the export, but not all that was asked for could be done", .red))
    }

    func json(_ unmet: [String]) -> JSONValue {
        let ofEvents = events.problems.map { problem in
            JSONValue.object([
                ("position", .integer(problem.position)), ("verdict", .string(problem.verdict.rawValue)),
                ("detail", .string(problem.detail)),
            ])
        }
        let ofAll = [("contradicted", contradicted), ("export", faults)].flatMap { verdict, details in
            details.map { detail in
                JSONValue.object([
                    ("position", .null), ("verdict", .string(verdict)), ("detail", .string(detail)),
                ])
            }
        }
        return .object([
            ("kind", .string("export")), ("sound", .bool(isSound)), ("unmet", .strings(unmet)),
            ("origin", .string(checkpoint.origin)), ("log_size", .integer(events.size)),
            ("events", .integer(events.events)), ("root", .string(events.root.hexadecimal)),
            ("erased", .integer(events.erased)), ("redacted", .integer(events.redacted)),
            ("unproved", .integer(events.unproved)), ("payloads", .integer(payloads)),
            ("payloads_not_shown", .integer(payloadsMissing)),
            ("personal_not_shown", .integer(withheld)), ("problem_count", .integer(problemCount)),
            ("problems", .array(ofAll + ofEvents)), ("followed_key_change", .bool(followedKeyChange)),
            ("witnesses", cosignatures.json),
        ])
    }
}

extension Timestamp {
    /// The time that a witness states; what no calendar holds is the end of the last year that has four digits.
    init(unixSeconds: UInt64) {
        self.init(microseconds: (Int64(min(unixSeconds, 253_402_300_799)) - 946_684_800) * 1_000_000)
    }
}

extension InputFile {
    /// All of a file that somebody else may have made.
    ///
    /// - Throws: `Failure` for one that is larger.
    func read(atMost limit: Int) throws -> [UInt8] {
        let bytes = try read(limit + 1)
        guard bytes.count <= limit else {
            throw Failure(.file, "\(name) has more than \(limit >> 20) MiB: that is none of the files of a log")
        }
        return bytes
    }
}

extension [Cosignature] {
    fileprivate var json: JSONValue {
        .array(
            map { cosignature in
                .object([
                    ("name", .string(cosignature.witness.name)), ("key", .string(cosignature.witness.vkey)),
                    ("time", .string(Timestamp(unixSeconds: cosignature.timestamp).description)),
                ])
            })
    }
}
