import ArgumentParser
import AuditLog
import Foundation
import Glibc
import Postgres
import Processing

extension Log {
    /// `atlas2 log prove`
    struct Prove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prove to a stranger that an event, or one row of a job, is in the log.",
            discussion: """
                Prints a C2SP tlog-proof of the event against the latest signed checkpoint. With --out it goes into \
                POSITION.tlog-proof, and POSITION.json beside it shows the event's content and how to check it by hand. With \
                --job and --row it is that row's result, without the other rows, as JSON. With --from it is the proof that \
                the log has only grown since it had so many events: the body of a C2SP tlog-witness request.

                Who is given the file needs the log's key (atlas2 log key show), and no Atlas2: docs/trust.md.

                Examples:
                  atlas2 log prove 17
                  atlas2 log prove 17 --out proofs --without-personal
                  atlas2 log prove --job last --row 7 --out proofs
                  atlas2 log prove --from 1000 > growth.consistency
                """)

        @Argument(help: "The event's position.")
        var position: Int64?
        @Option(help: ArgumentHelp("A job's id, the beginning of one, or last.", valueName: "job"))
        var job: String?
        @Option(help: "The row of the job, counted from 1.")
        var row: Int64?
        @Option(help: ArgumentHelp("The size that the log had.", valueName: "size"))
        var from: Int64?
        @Option(help: ArgumentHelp("Up to the checkpoint of this size; without it the latest.", valueName: "size"))
        var at: Int64?
        @Flag(help: "Show neither personal part nor attachment: their hash stands for them.")
        var withoutPersonal = false
        @Option(help: ArgumentHelp("Write files into this folder.", valueName: "folder"))
        var out: String?
        @OptionGroup var acting: Acting
        @OptionGroup var format: OutputFormat

        func validate() throws {
            guard (position != nil ? 1 : 0) + (job != nil ? 1 : 0) + (from != nil ? 1 : 0) == 1 else {
                throw ValidationError("Give one of: a position, --job with --row, --from.")
            }
            guard (job == nil) == (row == nil) else { throw ValidationError("--job and --row go together.") }
            guard out != nil || !format.json else {
                throw ValidationError(
                    "--json lists the files that --out writes; without --out the proof itself is printed.")
            }
            for (name, value) in [("The position", position), ("--row", row), ("--from", from), ("--at", at)] {
                guard value ?? 0 >= 0 else { throw ValidationError("\(name) cannot be negative.") }
            }
        }

        func run() async throws {
            try await Installation.use { installation in
                let scope = try await acting.scope(installation)
                let log = installation.log
                var files: [String] = []
                if let position {
                    let proof = try await log.prove(position, at: at, showsErasable: !withoutPersonal, as: scope)
                    guard out != nil else { return try Output.write(Array(proof.proof.encoded.utf8)) }
                    files.append(try write("\(position).\(TlogProof.fileExtension)", proof.proof.encoded))
                    let showsErasable = proof.erasable != .withheld
                    files.append(try write("\(position).json", proof.document, isPrivate: showsErasable))
                    Self.say(proof.erasable, position)
                } else if let job, let row {
                    let found = try await Jobs(log).find(job, as: scope)
                    // As with its results: who may see the job may see its rows, whoever appended them.
                    let reader = Scope(tenant: scope.tenant, role: .system)
                    let proof = try await log.prove(row: row, ofJob: found.id, at: at, as: reader)
                    if case .erased = proof.content {
                        StandardError.say("row \(row) was erased: that it had a result can be proved, not which")
                    }
                    guard out != nil else { return try Output.write(Array(proof.document.utf8)) }
                    files.append(try write("\(proof.proof.index).\(TlogProof.fileExtension)", proof.proof.encoded))
                    let showsRow = if case .shown = proof.content { true } else { false }
                    files.append(try write("\(found.id.text)-row-\(row).json", proof.document, isPrivate: showsRow))
                } else if let from {
                    let proof = try await log.proveConsistency(from: from, to: at, as: scope)
                    guard out != nil else { return try Output.write(Array(proof.encoded.utf8)) }
                    let size = proof.checkpoint.checkpoint.size
                    files.append(try write("\(from)-\(size).\(ConsistencyFile.fileExtension)", proof.encoded))
                }
                if format.json { return try Output.line(.object([("files", .strings(files))])) }
                for file in files { try Output.line(file.printable) }
            }
        }

        private static func say(_ erasable: EventProof.Erasable, _ position: Int64) {
            switch erasable {
            case .shown, .withheld: break
            case .erased(let by):
                StandardError.say(
                    "position \(position) was erased by the event at position \(by ?? 0): its payload is proved, the rest is gone"
                )
            case .redacted(_, let by):
                StandardError.say(
                    "position \(position) was redacted by the event at position \(by ?? 0): what is shown is what was left; atlas2 log prove \(by ?? 0) proves that it is"
                )
            }
        }

        /// Writes a file into the folder that was given.
        ///
        /// - Parameter isPrivate: it shows what can be erased: nobody else may read it.
        /// - Returns: its path.
        private func write(_ name: String, _ text: String, isPrivate: Bool = false) throws -> String {
            let out = out ?? "."
            let path = "\(out)/\(name)"
            do {
                try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
                try PrivateFile.write(Array(text.utf8), to: path, mode: isPrivate ? 0o600 : 0o644)
            } catch let error as Failure {
                throw error
            } catch {
                throw Failure(.file, "the folder \(out) cannot be made: give one where you may write with --out")
            }
            if isPrivate {
                StandardError.say(
                    "\(path) shows what can be erased: only you may read it, and whoever is given it can keep it")
            }
            return path
        }
    }
}

/// A file that is there whole or not at all, and never readable for others before it is complete.
enum PrivateFile {
    static func write(_ bytes: [UInt8], to path: String, mode: mode_t) throws(Failure) {
        let temporary = "\(path).\(getpid()).new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
        guard descriptor >= 0 else { throw failure(path) }
        var start = 0
        while start < bytes.count {
            let written = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress.map { $0 + start }, bytes.count - start)
            }
            if written < 0, errno == EINTR { continue }
            guard written >= 0 else { break }
            start += written
        }
        let isClosed = close(descriptor) == 0
        guard start == bytes.count, isClosed, rename(temporary, path) == 0 else {
            let failure = failure(path)
            unlink(temporary)
            throw failure
        }
    }

    private static func failure(_ path: String) -> Failure {
        Failure(.file, "\(path) cannot be written: \(String(cString: strerror(errno)))")
    }
}
