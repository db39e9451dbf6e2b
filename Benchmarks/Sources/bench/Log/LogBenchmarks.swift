import Foundation

/// Benchmarks over a log of 100,000 and of 1,000,000 events, which is made once for all of them.
struct LogBenchmarks {
    enum Measure: String, CaseIterable {
        case verify
        case export
        case prove
    }

    let installation: Installation

    func run(_ measures: [Measure]) async throws {
        let prove = try ProveBenchmark(installation)
        var verified: [VerifyBenchmark.Result] = []
        var events = try size()
        for goal in [100_000, 1_000_000] {
            try append(goal - events)
            events = try size()
            try installation.atlas2("psql", "-qc", "VACUUM ANALYZE", "-c", "CHECKPOINT")
            if measures.contains(.verify) {
                verified.append(try VerifyBenchmark(installation: installation).run(events: events))
            }
            if measures.contains(.export) { try ExportBenchmark(installation: installation).run(events: events) }
            if measures.contains(.prove) { try await prove.run(events: events) }
        }
        VerifyBenchmark.reportGrowth(verified)
    }

    private func size() throws -> Int {
        let size = try installation.atlas2("psql", "-qAtc", "SELECT sum(size) FROM audit_log_heads").output
        return Int(size.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
    }

    /// Appends events as an application does, and seals them.
    private func append(_ count: Int) throws {
        try installation.atlas2(
            "psql", "-qAtc",
            """
            SET atlas2.role = 'system';
            SELECT set_config('atlas2.tenant_id', (SELECT tenant_id::text FROM audit_log_heads LIMIT 1), false);
            SELECT count(*) FROM generate_series(0, \(count) - 1, 1000) b, LATERAL audit_append(
                current_setting('atlas2.tenant_id')::uuid, ARRAY(
                    SELECT ROW(1, gen_random_uuid(), 'invoice', md5((n / 3)::text || '\(count)')::uuid, NULL, 'invoice.changed', 1, NULL,
                               NULL, NULL, ('{"number":' || n || '}')::json,
                               ('{"email":"u' || n || '@example.com","name":"User ' || n || '"}')::json, NULL, NULL)::audit_append_event
                    FROM generate_series(b, least(b + 1000, \(count)) - 1) n)) a
            """)
        try installation.atlas2("log", "seal")
    }
}
