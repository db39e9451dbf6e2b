import ArgumentParser
import AuditLog
import Foundation
import Postgres

/// `atlas2 events`
struct Events: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the events of the log, in order.",
        discussion: """
            Users see what they did; admins and auditors see all. --json prints an object a line with everything but the \
            content of attachments.

            \(ExportOptions.discussion)

            Examples:
              atlas2 events --type 'job.*' --limit 20
              atlas2 events --stream setting/max_file_size
              atlas2 events --follow --json | jq .type
              atlas2 events --type 'user.*' --out users.csv
            """)

    @Option(help: ArgumentHelp("Only this resource: type/id, or type/name.", valueName: "type/id"))
    var stream: String?

    @Option(help: "Only this type: job.completed, job.* for all of a kind, or *.erased.")
    var type: String?

    @Option(help: "The first position.")
    var from: Int64 = 0

    @Option(help: "At most so many events.")
    var limit: Int?

    @Flag(help: "Go on as new events come, until interrupted.")
    var follow = false

    @OptionGroup var export: ExportOptions
    @OptionGroup var acting: Acting
    @OptionGroup var format: OutputFormat

    func validate() throws {
        guard !export.isWanted || !follow else { throw ValidationError("--follow has no end, so it takes no --out") }
        // Of an export it stands in the event that says so, where nothing personal may.
        guard type?.utf8.allSatisfy(Self.isOfType) ?? true else {
            throw ValidationError("--type is an event type such as job.completed, job.* for all of a kind, or *.erased")
        }
        guard from >= 0 else { throw ValidationError("--from must be a position: 0 or more") }
        guard limit ?? 1 > 0 else { throw ValidationError("--limit must be 1 or more") }
        guard !follow || limit == nil else { throw ValidationError("--follow has no end, so it takes no --limit") }
    }

    func run() async throws {
        try await Installation.use { installation in
            let scope = try await acting.scope(installation)
            var filter = EventFilter(from: from, type: type, attachments: false)
            if let stream {
                let id = try await Resource.find(stream, installation.app, as: scope)
                filter.streamType = id.type
                filter.streamID = id.id
            }
            let printer = EventPrinter(
                log: installation.log, scope: scope, isJSON: format.json,
                actors: try await EventPrinter.actors(installation.log, as: scope))
            if export.isWanted {
                // Not what comes meanwhile, the export's own event among it.
                filter.to = try await installation.log.size(as: scope)
                try await export.export("events", installation, as: scope, columns: EventPrinter.columns) { made in
                    made.stream = filter.streamID.map { "\(filter.streamType ?? "")/\($0.text)" }
                    made.only = type
                    made.from = from
                    made.limit = limit.map(Int64.init)
                } _: { write in
                    _ = try await forEachPage(filter, installation.log, scope) { page in
                        for record in try await printer.records(page) { try write(record) }
                    }
                }
                return
            }
            filter.from = try await forEachPage(filter, installation.log, scope) { try await printer.print($0) }
            guard follow else { return }
            try Output.flush()
            try await installation.log.follow(filter, as: scope) { event in
                try await printer.print([event])
                try Output.flush()
            }
        }
    }

    /// Reads as many events as are wanted, page by page; returns the position behind the last.
    private func forEachPage(
        _ filter: EventFilter, _ log: EventLog, _ scope: Scope, _ body: ([RecordedEvent]) async throws -> Void
    ) async throws -> Int64 {
        var filter = filter
        var rest = limit ?? .max
        while rest > 0 {
            let count = min(rest, 500)
            let page = try await log.read(filter, limit: count, as: scope)
            try await body(page)
            if let last = page.last { filter.from = last.position + 1 }
            guard page.count == count else { break }
            rest -= page.count
            try Task.checkCancellation()
        }
        return filter.from
    }

    private static func isOfType(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"),
            UInt8(ascii: "."), UInt8(ascii: "*"):
            true
        default: false
        }
    }
}
