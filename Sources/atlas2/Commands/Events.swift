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

            Examples:
              atlas2 events --type 'job.*' --limit 20
              atlas2 events --stream setting/max_file_size
              atlas2 events --follow --json | jq .type
            """)

    @Option(help: ArgumentHelp("Only this resource: type/id, or type/name.", valueName: "type/id"))
    var stream: String?

    @Option(help: "Only this type: job.completed, or job.* for all of a kind.")
    var type: String?

    @Option(help: "The first position.")
    var from: Int64 = 0

    @Option(help: "At most so many events.")
    var limit: Int?

    @Flag(help: "Go on as new events come, until interrupted.")
    var follow = false

    @OptionGroup var acting: Acting
    @OptionGroup var format: OutputFormat

    func validate() throws {
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
            var rest = limit ?? .max
            while rest > 0 {
                let count = min(rest, 500)
                let page = try await installation.log.read(filter, limit: count, as: scope)
                try await printer.print(page)
                if let last = page.last { filter.from = last.position + 1 }
                guard page.count == count else { break }
                rest -= page.count
                try Task.checkCancellation()
            }
            guard follow else { return }
            try Output.flush()
            try await installation.log.follow(filter, as: scope) { event in
                try await printer.print([event])
                try Output.flush()
            }
        }
    }
}
