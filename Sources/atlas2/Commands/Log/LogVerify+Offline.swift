import ArgumentParser
import AuditLog
import Foundation
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
        @Option(
            help: ArgumentHelp(
                "With --from or --proof: a witness that must have cosigned. May be given several times.",
                valueName: "vkey"))
        var witness: [String] = []

        /// Whether anything of this is asked for.
        var isWanted: Bool { from != nil || proof != nil }

        func validate() throws {
            guard from == nil || proof == nil else { throw ValidationError("--from and --proof exclude each other.") }
            guard isWanted || witness.isEmpty else { throw ValidationError("--witness goes with --from or --proof.") }
            guard proof != nil || old == nil else { throw ValidationError("--old goes with --proof.") }
        }

        /// Verifies, prints what was found, and ends the command with 1 where something is wrong.
        ///
        /// - Parameters:
        ///   - keys: of the log, as the user gave them.
        ///   - checkpoints: files with older checkpoints, as the user gave them.
        func run(keys: [String], checkpoints: [String], _ format: OutputFormat, _ terminal: Terminal) throws {
            guard !keys.isEmpty else {
                throw ValidationError(
                    "--key is needed: whoever made these files could have made a key for them. atlas2 log key show prints it where the log is."
                )
            }
            guard proof == nil || checkpoints.isEmpty else {
                throw ValidationError(
                    "--checkpoint goes with a log or an export; the older checkpoint of a proof of growth is given by --old."
                )
            }
            let trust: ProofTrust
            do {
                trust = try ProofTrust(
                    keys: keys.map { try NoteVerifier(vkey: $0) }, witnesses: witness.map { try NoteVerifier(vkey: $0) }
                )
            } catch {
                throw Failure(.value, "--key or --witness: \(error)")
            }
            let old = try ((self.old.map { [$0] } ?? []) + checkpoints).map { path in
                do {
                    return try SignedCheckpoint(parsing: Self.bytes(path))
                } catch let error as NoteError {
                    throw Failure(.file, "\(path) is no checkpoint: \(error)")
                }
            }
            if let proof { try verify(proof: proof, trust, old.first, format, terminal) }
            if let from { try verify(export: from, trust, old, format, terminal) }
        }

        private func verify(
            proof path: String, _ trust: ProofTrust, _ old: SignedCheckpoint?, _ format: OutputFormat,
            _ terminal: Terminal
        ) throws {
            let report: ProofReport
            do {
                report = try ProofFile(parsing: Self.bytes(path)).check(trust, old: old)
            } catch  where error is ProofError || error is NoteError {
                if let error = error as? ProofError, error.code == .unknown {
                    throw Failure(.value, "\(error): give it by --old")
                }
                return try Self.refuse("the proof does NOT hold: \(error)", "holds", "\(error)", format, terminal)
            }
            try format.json ? Output.line(report.json) : report.print(terminal)
        }

        private func verify(
            export path: String, _ trust: ProofTrust, _ old: [SignedCheckpoint], _ format: OutputFormat,
            _ terminal: Terminal
        ) throws {
            let progress = ProgressBar("verifying", unit: "events")
            let finding: ExportFinding
            do {
                finding = try ExportFolder(path).verify(trust, old: old) { progress.update($0, of: $1) }
                progress.finish()
            } catch  where error is ProofError || error is NoteError {
                progress.finish()
                return try Self.refuse("the export is NOT sound: \(error)", "sound", "\(error)", format, terminal)
            }
            try format.json ? Output.line(finding.json) : finding.print(terminal)
            guard finding.isSound else { throw ExitCode.failure }
        }

        private static func refuse(
            _ words: String, _ key: String, _ reason: String, _ format: OutputFormat, _ terminal: Terminal
        ) throws {
            try format.json
                ? Output.line(.object([(key, .bool(false)), ("reason", .string(reason))]))
                : Output.line(terminal.paint(words.printable, .red))
            throw ExitCode.failure
        }

        private static func bytes(_ path: String) throws -> [UInt8] {
            guard let data = FileManager.default.contents(atPath: path) else {
                throw Failure(.file, "\(path) cannot be read")
            }
            return Array(data)
        }
    }
}

extension ProofReport {
    fileprivate func print(_ terminal: Terminal) throws {
        try Output.line("log         \(checkpoint.origin)".printable)
        try Output.line("checkpoint  \(checkpoint.size.counting("event")), root \(checkpoint.root.hexadecimal)")
        for cosignature in cosignatures {
            try Output.line("witness     \(cosignature.witness.name), at Unix time \(cosignature.timestamp)".printable)
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
            ("holds", .bool(true)), ("origin", .string(checkpoint.origin)), ("log_size", .integer(checkpoint.size)),
            ("root", .string(checkpoint.root.hexadecimal)), ("position", .optional(entry?.position)),
            ("old_size", .optional(oldSize)), ("parts", .array(parts)), ("cosignatures", cosignatures.json),
        ])
    }
}

extension ExportFinding {
    fileprivate func print(_ terminal: Terminal) throws {
        for problem in events.problems.prefix(20) {
            try Output.line("position \(problem.position): \(problem.verdict.rawValue): \(problem.detail)".printable)
        }
        if events.problemCount > 20 { try Output.line("… and \((events.problemCount - 20).grouped) more problems") }
        for fault in faults.prefix(20) { try Output.line(fault.printable) }
        if faults.count > 20 { try Output.line("… and \((faults.count - 20).grouped) more") }
        try Output.line("log         \(checkpoint.origin)".printable)
        try Output.line("checkpoint  \(checkpoint.size.counting("event")), root \(checkpoint.root.hexadecimal)")
        for cosignature in cosignatures {
            try Output.line("witness     \(cosignature.witness.name), at Unix time \(cosignature.timestamp)".printable)
        }
        try Output.line("entries     \(events.events.grouped)")
        try Output.line("erased      \(events.erased.grouped)")
        try Output.line("redacted    \(events.redacted.grouped)")
        if events.unproved > 0 { try Output.line("unproved    \(events.unproved.grouped)") }
        if payloadsMissing > 0 { try Output.line("not shown   payloads of \(payloadsMissing.counting("event"))") }
        if withheld > 0 {
            try Output.line(
                "not shown   personal parts and attachments of \(withheld.counting("event")): hashes stand for them")
        }
        try Output.line(
            isSound
                ? terminal.paint("the export is sound" + events.exception, .green)
                : terminal.paint(
                    "the export is NOT sound: \((Int64(faults.count) + events.problemCount).counting("problem"))", .red)
        )
    }

    fileprivate var json: JSONValue {
        let problems = events.problems.map { problem in
            JSONValue.object([
                ("position", .integer(problem.position)), ("verdict", .string(problem.verdict.rawValue)),
                ("detail", .string(problem.detail)),
            ])
        }
        return .object([
            ("sound", .bool(isSound)), ("origin", .string(checkpoint.origin)), ("log_size", .integer(events.size)),
            ("events", .integer(events.events)), ("root", .string(events.root.hexadecimal)),
            ("erased", .integer(events.erased)), ("redacted", .integer(events.redacted)),
            ("unproved", .integer(events.unproved)),
            ("payloads_not_shown", .integer(payloadsMissing)), ("personal_not_shown", .integer(withheld)),
            ("problem_count", .integer(events.problemCount)), ("problems", .array(problems)),
            ("faults", .strings(faults)), ("cosignatures", cosignatures.json),
        ])
    }
}

extension [Cosignature] {
    fileprivate var json: JSONValue {
        .array(
            map { cosignature in
                .object([
                    ("witness", .string(cosignature.witness.name)),
                    ("time", .integer(Int64(clamping: cosignature.timestamp))),
                ])
            })
    }
}
