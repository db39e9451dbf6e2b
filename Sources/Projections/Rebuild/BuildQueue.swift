import AuditLog
import FoundationEssentials
import Postgres
import Synchronization

/// Folds logs into builds: the largest pieces that memory allows, each a transaction, several at a time.
struct BuildQueue: Sendable {
    let owner: Database
    let options: RebuildOptions
    let progress: @Sendable (RebuildProgress) -> Void

    /// What is unread of one tenant by one build.
    private struct Work: Sendable {
        var build: Build
        var tenant: UUID
        var position: Int64
        var head: Int64
        var unread: Int64 { head - position }
    }

    /// Folds until little is left, because meanwhile the logs grow.
    ///
    /// - Returns: how many events were folded, and how long that took.
    func run(_ builds: [Build]) async throws -> ProjectionRebuilt.Folding {
        let begin = ContinuousClock.now
        var folded: Int64 = 0
        for _ in 0..<20 {
            let work = try await unread(of: builds)
            let events = work.reduce(Int64(0)) { $0 + $1.unread }
            guard events > 0 else { break }
            try await fold(work, folded)
            folded += events
            // So little is folded in the short end.
            guard events > 1000 else { break }
        }
        let (seconds, rest) = (ContinuousClock.now - begin).components
        return ProjectionRebuilt.Folding(
            events: folded, milliseconds: seconds * 1000 + rest / 1_000_000_000_000_000)
    }

    private func unread(of builds: [Build]) async throws -> [Work] {
        let tenant = options.tenant
        return try await owner.transaction(.ownerSnapshot) { session in
            let heads = try session.heads().filter { tenant == nil || $0.tenant == tenant }
            return try builds.flatMap { build in
                let positions = try build.positions(session)
                return heads.map {
                    Work(build: build, tenant: $0.tenant, position: positions[$0.tenant] ?? 0, head: $0.size)
                }
            }.filter { $0.unread > 0 }
        }
    }

    /// Spreads the work over the connections, the largest first.
    private func fold(_ work: [Work], _ before: Int64) async throws {
        var lanes = Array(repeating: (events: Int64(0), work: [Work]()), count: max(1, options.connections))
        for item in work.sorted(by: { $0.unread > $1.unread }) {
            let lane = lanes.indices.min { lanes[$0].events < lanes[$1].events } ?? 0
            lanes[lane].events += item.unread
            lanes[lane].work.append(item)
        }
        let total = before + work.reduce(0) { $0 + $1.unread }
        let done = Counter(before)
        let (owner, memory, progress) = (owner, options.memory, progress)
        progress(.folding(before, of: total))
        try await forEach(lanes.map(\.work), atOnce: lanes.count) { work in
            var rest = work[...]
            while !rest.isEmpty {
                let piece = Self.piece(of: &rest, memory.events)
                try await owner.transaction(.owner) { session in
                    try session.script("SET LOCAL work_mem = '\(memory.workMemory)'")
                    for (work, end) in piece { try work.build.fold(work.tenant, to: end, session) }
                }
                let events = piece.reduce(Int64(0)) { $0 + $1.end - $1.work.position }
                progress(.folding(done.add(events), of: total))
            }
        }
    }

    /// Folds of one transaction. Each is a subtransaction, and of more than 64 PostgreSQL keeps no account in memory: every
    /// other session would look up on disk what it sees.
    private static let folds = 50

    /// Takes so many events off the front: of several tenants, or a part of one tenant's.
    private static func piece(of rest: inout ArraySlice<Work>, _ limit: Int64) -> [(work: Work, end: Int64)] {
        var piece: [(work: Work, end: Int64)] = []
        var room = limit
        while room > 0, piece.count < folds, let work = rest.first {
            let end = min(work.head, work.position + room)
            piece.append((work, end))
            room -= end - work.position
            if end == work.head { rest.removeFirst() } else { rest[rest.startIndex].position = end }
        }
        return piece
    }

    private final class Counter: Sendable {
        private let value: Mutex<Int64>
        init(_ value: Int64) { self.value = Mutex(value) }
        func add(_ events: Int64) -> Int64 {
            value.withLock {
                $0 += events
                return $0
            }
        }
    }
}
