import AuditLog
import FoundationEssentials
import Postgres

/// What `audit_append` promises, in its simplest form: a log in memory.
struct AppendModel {
    private struct Known {
        var position: Int64
        var event: NewEvent
    }

    private(set) var size: Int64 = 0
    private var versions: [StreamID: Int64] = [:]
    private var known: [UUID: Known] = [:]

    /// What an outcome is called, and its positions.
    enum Outcome: Equatable {
        case appended(ClosedRange<Int64>)
        case known(ClosedRange<Int64>)
        case conflict
        case mismatch

        init(_ outcome: AppendOutcome) {
            self =
                switch outcome {
                case .appended(let positions): .appended(positions)
                case .known(let positions): .known(positions)
                case .conflict: .conflict
                case .mismatch: .mismatch
                }
        }
    }

    /// Takes appends in order, each whole or not at all.
    mutating func append(_ appends: [[NewEvent]]) -> [Outcome] {
        appends.map { append($0) }
    }

    private mutating func append(_ events: [NewEvent]) -> Outcome {
        let earlier = events.compactMap { known[$0.id] }
        if earlier.count == events.count, zip(events, earlier).allSatisfy({ $0.hasContent(of: $1.event) }) {
            let positions = earlier.map(\.position)
            return .known((positions.min() ?? 0)...(positions.max() ?? 0))
        }
        if !earlier.isEmpty { return .mismatch }
        var versions = versions
        for event in events {
            let version = versions[event.stream] ?? 0
            if let expected = event.expectedVersion, expected != version { return .conflict }
            versions[event.stream] = version + 1
        }
        if Set(events.map(\.id)).count < events.count { return .mismatch }
        self.versions = versions
        let first = size
        for event in events {
            known[event.id] = Known(position: size, event: event)
            size += 1
        }
        return .appended(first...(size - 1))
    }
}

extension NewEvent {
    /// Whether the event says the same as another: the header of a retry may differ, its content may not.
    fileprivate func hasContent(of other: NewEvent) -> Bool {
        stream == other.stream && type == other.type && payload == other.payload && personal == other.personal
            && attachment == other.attachment
    }
}
