import ArgumentParser
import AuditLog
import Processing
import Projections

extension ProjectionsCommand {
    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Try again what a projection could not fold.",
            discussion: """
                For when the cause is gone: another Atlas2, a table that is there again. An event of the log says that it was \
                asked for. Exits with 1 when the projection stops again.

                Example:
                  atlas2 projections retry users
                """)

        @Argument(help: "The projection.")
        var name: String
        @OptionGroup var acting: Acting
        @OptionGroup var format: OutputFormat

        func run() async throws {
            try await resume(name, acting, format) { projections, _, command in
                try await projections.retry(name, as: command)
            }
        }
    }

    struct Skip: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Leave out, for ever, the event that a projection could not fold.",
            discussion: """
                The event stays in the log; this projection alone goes on without it, and so does every replay of it. An event \
                of the log says so, with the reason. Where several streams were set aside, --position says whose first event it \
                is. Exits with 1 when the projection stops again, at a later event.

                Examples:
                  atlas2 projections skip job_statistics --reason "a test that went into the log"
                  atlas2 projections skip invoices --position 5120 --reason "see ticket 77"
                """)

        @Argument(help: "The projection.")
        var name: String
        @Option(help: "Why, in words.")
        var reason: String
        @Option(help: "The position of the event, as status shows it.")
        var position: Int64?
        @OptionGroup var acting: Acting
        @OptionGroup var format: OutputFormat

        func validate() throws {
            guard !reason.allSatisfy(\.isWhitespace) else { throw ValidationError("--reason must say something") }
        }

        func run() async throws {
            try await resume(name, acting, format) { projections, stops, command in
                let candidates = stops.filter { position == nil || $0.position == position }
                guard let stop = candidates.first else {
                    throw Failure(
                        .state,
                        "the projection \(name) is not stopped\(position.map { " at position \($0)" } ?? ""): atlas2 projections status shows where it is"
                    )
                }
                guard candidates.count == 1 else {
                    let positions = candidates.map { String($0.position) }.joined(separator: ", ")
                    throw Failure(
                        .value, "\(name) has set aside streams at the positions \(positions): give --position with one")
                }
                try await projections.skip(stop, reason: reason, as: command)
            }
        }
    }
}

extension AsyncParsableCommand {
    /// Takes a decision about what a projection could not fold, lets it go on, and says how far it came.
    fileprivate func resume(
        _ name: String, _ acting: Acting, _ format: OutputFormat,
        _ decide: (Projections, [ProjectionStop], Command) async throws -> Void
    ) async throws {
        try await Installation.use(nil, .projections) { installation in
            let scope = try await acting.recoveryScope(installation)
            let command = Command(scope: scope)
            try command.requireAdmin("let a projection go on")
            let projections = Projections(installation.app)
            func status() async throws -> ProjectionStatus {
                guard let found = try await projections.status(as: scope).first(where: { $0.name == name }) else {
                    throw Failure(.unknown, "there is no projection \(name): atlas2 projections list shows them")
                }
                return found
            }
            let before = try await status()
            guard !before.stops.isEmpty else {
                throw Failure(
                    .state, "the projection \(name) is not stopped: atlas2 projections status shows where it is")
            }
            try await decide(projections, before.stops, command)
            try await installation.catchUp(as: scope)
            let after = try await status()
            if format.json {
                try Output.line(
                    .object([
                        ("name", .string(name)), ("position", .integer(after.position)),
                        ("log_size", .integer(after.head)), ("stopped", .bool(after.stop != nil)),
                        ("set_aside", .integer(Int64(after.setAside.count))),
                    ]))
            } else if let stop = after.stops.first {
                try Output.line("\(stop)".printable)
            } else {
                try Output.line(
                    "the projection \(name) has read \(after.position.counting("event")) of \(after.head.grouped)")
            }
            guard after.stops.isEmpty else { throw ExitCode.failure }
        }
    }
}
