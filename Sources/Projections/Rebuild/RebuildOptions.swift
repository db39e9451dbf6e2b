package import FoundationEssentials

/// How a rebuild goes about it.
package struct RebuildOptions: Sendable {
    /// What one connection may use at a time.
    package struct Memory: Sendable, Equatable {
        package var megabytes: Int
        package init(megabytes: Int) { self.megabytes = megabytes }

        var kilobytes: Int { megabytes * 1024 }
        /// Events that one transaction folds: an event takes about 256 bytes while it is sorted.
        var events: Int64 { Int64(megabytes) * 4096 }
        /// A statement may sort and hash at the same time.
        var workMemory: String { "\(max(1, megabytes / 2))MB" }
    }

    package var memory = Memory(megabytes: 256)
    /// Connections that fold at the same time.
    package var connections = 2
    /// Only this tenant's rows; nil: every tenant's.
    package var tenant: UUID?
    /// How long one waits in all for locks on live tables, a moment at a time.
    package var patience: Duration = .seconds(600)

    package init() {}
}

/// How far a rebuild is.
package enum RebuildProgress: Sendable {
    /// A build of earlier is gone on with, at so many events of so many.
    case resuming(projection: String, Int64, of: Int64)
    /// Events that are folded, over all projections.
    case folding(Int64, of: Int64)
    case step(String)
}

/// What became of a projection.
package struct RebuildResult: Sendable {
    package var name: String
    /// Rows that were wrong, missing or too many; nil where the tables were replaced.
    package var differences: Int64?
    /// Events in the logs that were folded.
    package var events: Int64 = 0
    /// Why the tables were replaced, or the projection was left out.
    package var reason: String?
    /// Whether nothing was done, because it stopped at an event and all were asked for, not this one.
    package var isLeftOut = false
    /// Views that could not be made again on the new tables: name, reason, and the statement that made it.
    package var lostViews: [LostView] = []

    package struct LostView: Sendable, Equatable {
        package var name: String
        package var reason: String
        package var statement: String
    }
}
