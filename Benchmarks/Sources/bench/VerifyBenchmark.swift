import Foundation

/// `log verify` against `openssl speed` of SHA-256 over the same number of bytes in messages of the same sizes, and its
/// growth from 100,000 to 1,000,000 events.
struct VerifyBenchmark {
    let installation: Installation

    /// The messages that verifying one of these events hashes, in bytes: payload, personal part, what makes the erasable
    /// hash and the commitment of them, the entry, and one node of the tree; the hash of an absent part is known.
    private static let messages = [20, 45, 99, 82, 420, 65]

    func run() throws {
        var seconds: [(events: Int, seconds: Double)] = []
        var events = try size()
        for goal in [100_000, 1_000_000] {
            try append(goal - events)
            events = try size()
            try installation.atlas2("psql", "-qc", "VACUUM ANALYZE audit_logs", "-c", "CHECKPOINT")
            let runs = try (0..<3).map { _ in try installation.atlas2("log", "verify", "--json").seconds }
            seconds.append((events, median(runs)))
        }
        let (few, many) = (seconds[0], seconds[1])
        let rate = Double(many.events) / many.seconds
        let perEvent = try Self.messages.map { try Self.opensslSeconds(bytes: $0) }.reduce(0, +)
        report("log verify, payload commitments and all, one process start included, median of 3")
        for (events, seconds) in seconds {
            report("  \(events) events                \(number(seconds)) s, \(Int(Double(events) / seconds)) events/s")
        }
        report(
            "  openssl speed sha256, same messages   \(Int(1 / perEvent)) events/s (\(Self.messages) bytes an event)")
        report("  ratio                                 \(number(rate * perEvent))x   (0.5x or better)")
        report(
            "  growth of time for \(number(Double(many.events) / Double(few.events)))x the events     \(number(many.seconds / few.seconds))x   (linear)"
        )
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

    /// Seconds that one message of this length takes.
    private static func opensslSeconds(bytes: Int) throws -> Double {
        // The last line: `sha256 123456.78k`, thousands of bytes a second.
        let line =
            try bench.run("openssl", ["speed", "-elapsed", "-seconds", "1", "-bytes", "\(bytes)", "sha256"]).output
            .split(separator: "\n").last.map(String.init) ?? ""
        guard let rate = line.split(separator: " ").last.flatMap({ Double($0.dropLast()) }), rate > 0 else {
            throw BenchmarkError("openssl speed printed \"\(line)\"")
        }
        return Double(bytes) / (rate * 1000)
    }
}
