import ArgumentParser
import AuditLog
import Foundation
import Postgres
import Processing

/// `atlas2 report`
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Write a report for people who were not there: audit, activity, jobs or access.",
        discussion: """
            audit: who did what, when, and what it was before. activity: what each user did on each day. jobs: files, \
            mappings and what came of the rows. access: who made reports and exports, was given rights, erased, or placed \
            holds. Admins and auditors report on all of their tenant, users on what they did.

            The log is verified first, and the report says what came of it; where something is wrong it is written all the \
            same, and the exit code is 1. That a report was made is an event: it is appended before the first byte leaves.

            Times are UTC: 2026-11-23, or 2026-11-23T16:40. --from is in the range, --to is not.

            Examples:
              atlas2 report audit --from 2026-11-01 --to 2026-12-01 --out november.html
              atlas2 report activity --user ann@example.com --out ann.html
              atlas2 report jobs --out jobs.csv
              atlas2 report audit --resource setting/max_file_size --format json | jq .sentence
              atlas2 report access --as auditor@example.com --out access.html
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case csv
        case json
        case html
    }

    @Argument(help: "audit, activity, jobs or access.")
    var kind: ReportHead.Kind

    @Option(help: ArgumentHelp("What was recorded from this moment on.", valueName: "time"), transform: Self.moment)
    var from: Timestamp?

    @Option(help: ArgumentHelp("What was recorded before this moment.", valueName: "time"), transform: Self.moment)
    var to: Timestamp?

    @Option(help: ArgumentHelp("Only what this user did: e-mail address or id.", valueName: "user"))
    var user: String?

    @Option(help: ArgumentHelp("Only this resource: type/id, or type/name.", valueName: "type/id"))
    var resource: String?

    @Option(help: "csv, json (an object a line) or html; without it, as the file's name ends.")
    var format: Format?

    @OptionGroup var destination: Destination
    @OptionGroup var acting: Acting

    private var chosenFormat: Format? {
        format ?? destination.out.flatMap { Format(rawValue: Destination.ending(of: $0)) }
    }

    func validate() throws {
        guard chosenFormat != nil else {
            throw ValidationError(
                "say by --format csv, json or html how it is to be written, or give --out a file that ends so")
        }
        if let from, let to, from >= to {
            throw ValidationError("--from must lie before --to, which is not in the range")
        }
        guard kind != .jobs || resource.map({ $0.hasPrefix("job/") || $0.hasPrefix("mapping/") }) ?? true else {
            throw ValidationError("a report of jobs is limited by --resource to a job or a mapping")
        }
    }

    private static func moment(_ text: String) throws -> Timestamp {
        guard let moment = TimeRange.moment(text) else {
            throw ValidationError("\"\(text)\" is no time: write 2026-11-23, or 2026-11-23T16:40 (UTC)".printable)
        }
        return moment
    }

    func run() async throws {
        guard let format = chosenFormat else { return }
        let file = try destination.file()
        let companion = format == .csv ? try destination.companion() : nil
        let isSound = try await Installation.use { installation in
            let scope = try await acting.scope(installation)
            let (log, users) = (installation.log, Users(installation.log))
            let tenant = try await Tenants(log).find(acting.tenant)
            var chosenUser: Users.User?
            if let user { chosenUser = try await users.find(user, as: scope) }
            var stream: StreamID?
            if let resource { stream = try await Resource.find(resource, installation.app, as: scope) }
            let author = try await users.list(as: scope).first { $0.id == scope.user }
            let range = TimeRange(from: from, to: to)
            // The system sees every event, which a verification must; who asks is told what came of it.
            let found = try await installation.verifyLog(
                as: Scope(tenant: scope.tenant, role: .system), record: installation.sealerRecord(of: tenant.id))
            let madeAt = Timestamp.now
            var made = DisclosureMade.Payload(.report, kind.rawValue, format: format.rawValue, head: found.size)
            made.since = from?.description
            made.until = to?.description
            made.userID = chosenUser?.id.text
            made.stream = stream?.description
            try await installation.disclose(made, into: file, as: scope) { outlet, disclosure in
                let head = ReportHead(
                    kind: kind, tenant: tenant, range: range, user: chosenUser, resource: stream, author: author,
                    scope: scope, madeAt: madeAt, found: found, disclosure: disclosure)
                let report = Report(head: head, database: installation.app)
                switch format {
                case .html: try await Self.write(report, HTMLReport(to: outlet))
                case .json: try await Self.write(report, JSONReport(to: outlet))
                case .csv:
                    try await Self.write(report, CSVReport(to: outlet))
                    try outlet.finish()
                    try Self.write(head, outlet.content, into: companion)
                }
            }
            if !found.isSound || !found.unmet.isEmpty {
                StandardError.say(([found.verdict] + found.unmet).joined(separator: "; "))
            }
            if let out = destination.out { StandardError.say("wrote \(out)") }
            return found.isSound && found.unmet.isEmpty
        }
        guard isSound else { throw ExitCode.failure }
    }

    private static func write(_ report: Report, _ writer: some ReportWriter) async throws {
        var writer = writer
        try await report.write(to: &writer)
    }

    /// What a CSV report says of itself: beside the file, or on standard error.
    private static func write(_ head: ReportHead, _ content: ContentDigest, into companion: NewFile?) throws {
        guard let companion else {
            for (name, value) in head.facts { StandardError.say("\(name): \(value)") }
            if let visibility = head.visibility { StandardError.say(visibility) }
            if head.found.isSound { StandardError.say("Verification: \(head.found.verdict)") }
            return
        }
        guard case .object(let members) = head.json else { return }
        let facts = JSONValue.object(
            members + [
                ("rows", .integer(content.rows)), ("bytes", .integer(content.bytes)),
                ("sha256", .string(content.sha256)),
            ])
        try companion.write(facts.bytes + [0x0A])
        try companion.settle()
        try companion.place()
    }
}

extension ReportHead.Kind: ExpressibleByArgument {}
