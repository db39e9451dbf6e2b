import ArgumentParser
import AuditLog
import FoundationEssentials
import Glibc
import Postgres
import Processing

/// `atlas2 erase`
struct EraseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase",
        abstract: "Erase what is somebody's; everything else stays, and stays provable.",
        discussion: """
            Takes personal parts, attachments and salts out of the log, for ever, and appends events that say what was \
            erased, why and by whom. Hashes, proofs and checkpoints from before stay valid. A user is deactivated first. \
            Only admins erase. What may hold copies elsewhere (backups, replicas, archives) is in docs/erasure.md.

            Examples:
              atlas2 erase --stream user/ann@example.com --basis gdpr-17 --reason "her request of 3 May" --dry-run
              atlas2 erase --job 4be7 --row 17 --row 18 --basis gdpr-17 --reason "objection"
              atlas2 erase --job 4be7 --basis contract --reason "end of the contract" --yes
            """)

    @Option(help: ArgumentHelp("All events of a resource: type/id, or type/name.", valueName: "type/id"))
    var stream: String?
    @Option(help: "All of a job, its file too: its id, the beginning of one, or last.")
    var job: String?
    @Option(help: "Only this row of the job, its cells in the file too; may be given several times.")
    var row: [Int] = []
    @Option(help: "One event.")
    var position: Int64?
    @Option(help: "Why, in words.")
    var reason: String
    @Option(help: "Why, as a code such as gdpr-17, contract or mistake; it is never erased.")
    var basis: String
    @Flag(help: "Show what would go, and change nothing.")
    var dryRun = false
    @Flag(help: "Do not ask.")
    var yes = false
    @Flag(help: "Rewrite the tables, so that no byte stays in them; they are locked meanwhile.")
    var thorough = false
    @OptionGroup var acting: Acting
    @OptionGroup var format: OutputFormat

    func validate() throws {
        guard [stream != nil, job != nil, position != nil].count(where: { $0 }) == 1 else {
            throw ValidationError("say what to erase: one of --stream, --job and --position")
        }
        guard row.isEmpty || job != nil else { throw ValidationError("--row needs the --job whose row it is") }
        guard row.allSatisfy({ $0 > 0 }) else { throw ValidationError("--row must be 1 or more") }
    }

    func run() async throws {
        try await Installation.use { installation in
            let scope = try await acting.scope(installation)
            let (erasures, command) = (Erasures(installation.log), Command(scope: scope))
            try command.requireAdmin("erase")
            try Erasures.check(basis: basis, reason: reason)
            let plan = try await erasures.plan(try await target(installation, as: scope), as: scope)
            guard !plan.isEmpty, !dryRun else {
                let copies = try await ReplayCopies(of: plan.positions, installation, as: scope)
                if format.json { return try Output.line(plan.json(dryRun: dryRun, [], copies)) }
                guard !plan.isEmpty else { return try Output.line("there is nothing to erase") }
                try Output.line("to be erased: \(plan.words)")
                return try (plan.consequences + copies.sentences).forEach { try Output.line($0) }
            }
            try confirm(plan)
            let outcome = try await erasures.erase(plan, basis: basis, reason: reason, as: command)
            try await installation.catchUp(as: scope)
            let cleaning = try await installation.clean(after: plan.positions, thorough: thorough, as: scope)
            // Now, because one may have been made until then.
            let copies = try await ReplayCopies(of: plan.positions, installation, as: scope)
            if format.json { return try Output.line(plan.json(dryRun: false, outcome.events, copies)) }
            try Output.line("erased: \(plan.words)")
            for event in outcome.events {
                try Output.line("  \(event.stream): event \(event.position) says so")
            }
            for sentence in plan.consequences { try Output.line(sentence) }
            try Output.line(cleaning)
            for sentence in copies.sentences { try Output.line(sentence) }
            try Output.line("copies may be in backups, replicas and archives: docs/erasure.md says how to reach each")
        }
    }

    private func target(_ installation: Installation, as scope: Scope) async throws -> ErasureTarget {
        if let position { return .position(position) }
        if let job {
            let job = try await Jobs(installation.log).find(job, as: scope)
            return row.isEmpty ? .stream(StreamID(type: "job", id: job.id)) : .rows(Set(row), job: job)
        }
        return .stream(try await Resource.find(stream ?? "", installation.app, as: scope))
    }

    /// Asks on a terminal; refuses where nobody can be asked.
    private func confirm(_ plan: ErasurePlan) throws {
        guard !yes else { return }
        guard isatty(STDIN_FILENO) == 1, !format.json else {
            throw Failure(.value, "this erases for ever \(plan.words). If that is meant, say --yes")
        }
        StandardError.write("This erases for ever \(plan.words).\n")
        for sentence in plan.consequences { StandardError.write(sentence + "\n") }
        StandardError.write("Type yes to go on: ")
        guard readLine() == "yes" else { throw Failure(.value, "nothing was erased") }
    }
}

extension ErasurePlan {
    /// What goes, for people.
    fileprivate var words: String {
        var parts: [String] = []
        if rows > 0 { parts.append("\(rows.counting("row")), with \(rows == 1 ? "its" : "their") cells in the file") }
        if emptied > 0 {
            parts.append("everything personal of \(emptied.counting("event")) (\(emptiedBytes.counting("byte")))")
        }
        if logins > 0 { parts.append("the login in \(logins.counting("event")) that they caused elsewhere") }
        return parts.isEmpty ? "parts of \(redacted.counting("event"))" : parts.joined(separator: ", and ")
    }

    /// What else it comes to, for people: a sentence a line.
    fileprivate var consequences: [String] {
        var sentences: [String] = []
        if let activeUser {
            sentences.append("deactivated first: \(activeUser.email ?? activeUser.id.text)".printable)
        }
        for remaining in remaining {
            let positions = remaining.positions.prefix(10).map(String.init).joined(separator: ", ")
            let more = remaining.positions.count > 10 ? ", …" : ""
            sentences.append("stays: \(remaining.kind.words(at: positions + more))")
        }
        return sentences
    }

    fileprivate func json(dryRun: Bool, _ events: [RecordedErasure], _ copies: ReplayCopies) -> JSONValue {
        .object([
            ("dry_run", .bool(dryRun)), ("target", target.json),
            ("emptied_events", .integer(emptied)), ("redacted_events", .integer(redacted)),
            ("bytes", .integer(emptiedBytes)), ("rows", .integer(rows)), ("logins", .integer(logins)),
            ("deactivates", .optional(activeUser?.id.text)), ("replay_schemas", .strings(copies.schemas)),
            (
                "remaining",
                .array(
                    remaining.map {
                        .object([
                            ("what", .string($0.kind.rawValue)),
                            ("positions", .array($0.positions.map { .integer($0) })),
                        ])
                    })
            ),
            (
                "erasure_events",
                .array(
                    events.map {
                        .object([
                            ("position", .integer($0.position)), ("stream", .string($0.stream.description)),
                            ("emptied", .integer($0.emptied)), ("redacted", .integer($0.replaced)),
                        ])
                    })
            ),
        ])
    }
}

extension ErasurePlan.Remaining.Kind {
    /// What it is, and how it is reached.
    fileprivate func words(at positions: String) -> String {
        switch self {
        case .holdReasons:
            "the reasons of legal holds on it (at \(positions)), which may name people: atlas2 erase --position"
        case .erasureReasons:
            "the reasons of its earlier erasures (at \(positions)), which may name people: atlas2 erase --position"
        case .mappingTexts:
            "the mapping with the names of the file's columns (at \(positions)): it is payload, which is never erased"
        case .disclosures:
            "the names and hashes of files that reports and exports of it went into (at \(positions)): atlas2 erase --position; the files are in other hands"
        }
    }
}

extension ErasureTarget {
    fileprivate var json: JSONValue {
        switch self {
        case .stream(let stream): .object([("stream", .string(stream.description))])
        case .rows(let rows, let job):
            .object([
                ("stream", .string(StreamID(type: "job", id: job.id).description)),
                ("rows", .array(rows.sorted().map { .integer(Int64($0)) })),
            ])
        case .position(let position): .object([("position", .integer(position))])
        }
    }
}
