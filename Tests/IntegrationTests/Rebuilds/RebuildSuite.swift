import AuditLog
import FoundationEssentials
import Postgres
import Projections
import TestSupport
import Testing

/// Building beside the live tables, putting them right or replacing them, while everything goes on.
@Suite("Rebuilds")
enum RebuildSuite {}

extension TestDatabase {
    /// Atlas2 itself, in the first tenant of the history.
    var recoveryCommand: Command { Command(scope: .system(HistoryTenants.first)) }

    /// What a verification of everything, views too, finds.
    func differences(_ library: Library? = nil) async throws -> [Difference] {
        let library = library ?? self.library
        let verifier = ProjectionVerifier(owner: owner, definitions: library.projections, views: library.views)
        let report = try await verifier.verify()
        #expect(report.isEqual == (report.views + report.projections.flatMap(\.differences)).isEmpty)
        return report.views + report.projections.flatMap(\.differences)
    }

    /// Schemas that builds and kept tables leave.
    func buildSchemas() async throws -> [String] {
        try await column(
            "SELECT nspname::text FROM pg_namespace WHERE nspname LIKE 'atlas2%' ORDER BY 1")
    }

    /// Reads every view of the product, as the application does.
    func readViews() async throws {
        let views = library.views.map { String($0.name.dropLast(4)) }
        try await app.transaction(Scope.system(HistoryTenants.first).transaction(readOnly: true)) { session in
            for view in views {
                let rows = try session.first("SELECT count(*) FROM (SELECT * FROM \(identifier: view)) v") {
                    try $0.decode(0, as: Int64.self)
                }
                #expect(rows ?? 0 > 0, "\(view)")
            }
        }
    }

    /// Appends to a tenant of its own until `body` ends; nothing of it may be missing afterwards.
    func whileAppending<T>(_ number: Int = 1, _ body: () async throws -> T) async throws -> T {
        let writer = Task {
            let client = try client(.app)
            var (appended, round) = (Int64(0), UInt64(0))
            while !Task.isCancelled {
                round += 1
                let tenant = UUID(named: "tenant", "beside \(number) \(round)")
                var history = History(tenant: tenant, seed: round + UInt64(number) * 10_000)
                for _ in 0..<50 where !Task.isCancelled {
                    try? await Task.sleep(for: .milliseconds(10))
                    let events = try history.next()
                    let log = EventLog(client)
                    // Not cancelled itself: whether it was appended would be unknown.
                    try await Task { _ = try await log.append(events, as: .system(tenant)) }.value
                    appended += Int64(events.count)
                }
            }
            await client.close()
            return appended
        }
        let result: Result<T, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        writer.cancel()
        let appended = try await writer.value
        #expect(appended > 0)
        let names = (1...1000).map { UUID(named: "tenant", "beside \(number) \($0)") }
        let found: [Int64] = try await column("SELECT count(*) FROM audit_logs WHERE tenant_id = ANY (\(names))")
        #expect(found == [appended])
        return try result.get()
    }
}
