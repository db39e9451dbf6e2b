import ArgumentParser
import AuditLog
import FoundationEssentials
import Postgres
import Processing
import Projections

extension ProjectionsCommand {
    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show how far every projection has read a tenant's log, and what stopped it.",
            discussion: """
                "behind" counts unread events, "for" is the age of the oldest of them. "rate" is how many events a second it \
                read when it last followed the log; one that was never behind has none.

                Example:
                  atlas2 projections status --json
                """)

        @OptionGroup var acting: Acting
        @OptionGroup var format: OutputFormat

        func run() async throws {
            try await Installation.use(nil, .projections) { installation in
                let scope = try await acting.recoveryScope(installation)
                let found = try await Projections(installation.app).status(as: scope)
                let now = Timestamp.now
                var table = Table("name", "mode", ">read", ">of", ">behind", ">for", ">rate", "state")
                for projection in found {
                    let state = ProjectionsCommand.state(
                        of: projection.name, sha256: projection.sha256, in: installation.library)
                    if format.json {
                        try Output.line(projection.json(state: state, now: now))
                    } else {
                        table.add(
                            projection.name, projection.mode, projection.position.grouped, projection.head.grouped,
                            projection.lag.grouped, projection.lagSeconds(now).map { "\($0.grouped) s" } ?? "",
                            projection.rate.map { "\(Int64($0.rounded()).grouped)/s" } ?? "",
                            projection.states(state).joined(separator: ", "))
                    }
                }
                for name in ProjectionsCommand.notInstalled(installation.library, found) {
                    let state = ProjectionsCommand.state(of: name, sha256: nil, in: installation.library)
                    if format.json {
                        try Output.line(.object([("name", .string(name)), ("state", .string(state))]))
                    } else {
                        table.add(name, "", "", "", "", "", "", state)
                    }
                }
                guard !format.json else { return }
                try table.print()
                for stop in found.flatMap(\.stops) { try Output.line(stop.advice.printable) }
            }
        }
    }
}

extension ProjectionStatus {
    /// The age of the oldest unread event.
    fileprivate func lagSeconds(_ now: Timestamp) -> Int64? {
        unreadSince.map { max(0, (now.microseconds - $0.microseconds) / 1_000_000) }
    }

    /// What stands in the column "state".
    fileprivate func states(_ file: String) -> [String] {
        var states = file == "current" ? [] : [file]
        if lead > 0 { states.append("ahead of the log: repair") }
        if let stop { states.append("\(stop.isOwed ? "waits" : "stopped") at \(stop.position)") }
        if !setAside.isEmpty { states.append("\(setAside.count.counting("stream")) set aside") }
        return states.isEmpty ? [file] : states
    }

    fileprivate func json(state: String, now: Timestamp) -> JSONValue {
        .object([
            ("name", .string(name)), ("mode", .string(mode)), ("position", .integer(position)),
            ("log_size", .integer(head)), ("lag", .integer(lag)), ("lag_seconds", .optional(lagSeconds(now))),
            ("events_per_second", .optional(rate.map { Int64($0.rounded()) })), ("state", .string(state)),
            ("stop", stop?.json ?? .null), ("set_aside", .array(setAside.map(\.json))),
        ])
    }
}

extension ProjectionStop {
    /// What happened, and what to run.
    fileprivate var advice: String {
        if isOwed {
            return "\(self): it goes on by itself when the other projection has caught up"
        }
        let place = isSetAside ? " --position \(position)" : ""
        return "\(self): when the cause is gone, atlas2 projections retry \(projection);"
            + " to leave the event out for ever, atlas2 projections skip \(projection)\(place) --reason …"
    }

    fileprivate var json: JSONValue {
        .object([
            ("position", .integer(position)), ("event_id", .string(eventID.text)), ("event_type", .string(eventType)),
            ("stream", .string("\(streamType)/\(streamID.text)")), ("sqlstate", .string(sqlstate)),
            ("error", .optional(error)), ("stopped_at", .string(stoppedAt.description)),
        ])
    }
}
