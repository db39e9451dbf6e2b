import Postgres

extension EventLog {
    /// Verifies a tenant's whole log as it stands at one moment: every row by itself, the rows among each other, with the head
    /// and `audit_streams`, and the tree over them with everything that was signed or recorded of it.
    ///
    /// Several connections read at once, from one snapshot, while one compares; none of them comes from the pool but that.
    ///
    /// - Parameters:
    ///   - readers: connections that read a long log at once.
    ///   - progress: is told how many events were checked, every few thousand.
    package func verify(
        as scope: Scope, against evidence: Evidence = Evidence(), readers: Int = 2,
        progress: @escaping @Sendable (_ checked: Int64, _ of: Int64) -> Void = { _, _ in }
    ) async throws -> Verification {
        guard let tenant = scope.tenant else { return Verification() }
        return try await readingInSlices(as: scope) { (session, reading: SlicedReading<LogPart>) in
            var run = try VerificationRun(session, tenant, evidence)
            let (size, slices) = (run.size, try session.slices(of: tenant, size: run.size))
            let counter = ProgressCounter(of: size, progress)
            // What the database says of the streams comes behind the rows, which it is compared with.
            try reading.forEach(
                slices.count + 1, readers: slices.count > 1 ? readers : 0, in: session
            ) { session, number in
                guard number < slices.count else { return .streams(try session.statedStreams(of: tenant)) }
                let slice = slices[number]
                return .slice(
                    try session.slice(slice, of: tenant, capacity: size, progress: counter.add), number: slice)
            } use: {
                run.compare($0)
            }
            return try run.finish(session)
        }
    }
}

/// What one connection reads at a time.
enum LogPart: Sendable {
    case slice(LogSlice, number: Int64)
    /// All that `audit_streams` says.
    case streams(StatedStreams)
}
