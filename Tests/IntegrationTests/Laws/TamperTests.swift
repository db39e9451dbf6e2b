import AuditLog
import FoundationEssentials
import Postgres
import TestSupport
import Testing

extension LawTests {
    @Suite("Law 8: what an administrator does to the log is found")
    struct TamperTests {
        struct Drill: Sendable, CustomTestStringConvertible {
            var testDescription: String
            /// Runs with triggers off; the log's rows of the tenant are `mine`.
            var sql: String
            var found: [String]

            init(_ name: String, _ sql: String, _ found: String...) {
                testDescription = name
                self.sql = sql
                self.found = found
            }
        }

        /// SQL that computes leaf hashes anew from whatever the columns say.
        private static let rehash = """
            UPDATE mine SET leaf_hash = sha256('\\x00'::bytea || convert_to(audit_entry(tenant_id, position, event_id,
                CASE WHEN isfinite(recorded_at) THEN audit_time(recorded_at) ELSE recorded_at::text END, stream_type,
                stream_id, stream_version, event_type, schema_version, actor_id, correlation_id, causation_id, commitment),
                'UTF8'))
            """

        @Test(
            "the position is named, and no other",
            arguments: [
                Drill("payload", "UPDATE mine SET payload = '{}' WHERE position IN (TABLE plain)", "plain modified"),
                Drill(
                    "a space in the payload",
                    "UPDATE mine SET payload = (payload::text || ' ')::json WHERE position IN (TABLE plain)",
                    "plain modified"),
                Drill("personal part", #"UPDATE mine SET personal = '{"name":"x"}' WHERE position = 2"#, "2 modified"),
                Drill("personal part removed", "UPDATE mine SET personal = NULL WHERE position = 2", "2 modified"),
                Drill(
                    "emptied, and no event says so",
                    "UPDATE mine SET personal = NULL, attachment = NULL, salt = NULL WHERE position = 2", "2 modified"),
                Drill(
                    "version of a stream",
                    "UPDATE audit_streams SET version = version + 1 WHERE (stream_type, stream_id) = (SELECT stream_type, stream_id FROM mine ORDER BY position DESC LIMIT 1)",
                    "last disordered"),
                Drill(
                    "time of the head",
                    "UPDATE audit_log_heads SET recorded_at = recorded_at + interval '1 second' WHERE tenant_id = (SELECT tenant_id FROM mine LIMIT 1)",
                    "last disordered"),
                Drill(
                    "attachment",
                    #"UPDATE mine SET attachment = attachment || '\x00' WHERE position IN (TABLE attached)"#,
                    "first modified"),
                Drill(
                    "salt",
                    "UPDATE mine SET salt = uuid_send(gen_random_uuid()) WHERE position IN (TABLE plain)",
                    "plain modified"),
                Drill(
                    "actor", "UPDATE mine SET actor_id = gen_random_uuid() WHERE position IN (TABLE plain)",
                    "plain modified"),
                Drill(
                    "event id", "UPDATE mine SET event_id = gen_random_uuid() WHERE position IN (TABLE plain)",
                    "plain modified"),
                Drill(
                    "time",
                    "UPDATE mine SET recorded_at = recorded_at + interval '1 microsecond' WHERE position IN (TABLE plain)",
                    "plain modified"),
                Drill(
                    "time, into another month",
                    "UPDATE mine SET recorded_at = recorded_at - interval '1 month' WHERE position = 900",
                    "900 modified"),
                Drill(
                    "type", "UPDATE mine SET event_type = stream_type || '.forged' WHERE position IN (TABLE plain)",
                    "plain modified"
                ),
                Drill(
                    "stream version",
                    "UPDATE mine SET stream_version = stream_version + 1 WHERE position IN (TABLE plain)",
                    "plain modified"),
                Drill(
                    "hashes", "UPDATE mine SET leaf_hash = sha256(leaf_hash) WHERE position IN (TABLE plain)",
                    "plain modified"),
                Drill("row deleted", "DELETE FROM mine WHERE position = 400", "400 missing"),
                Drill(
                    "several rows deleted",
                    "DELETE FROM mine WHERE position IN (0, 400, 401, 402)",
                    "0 missing", "400 missing", "401 missing", "402 missing"),
                Drill(
                    "last row deleted",
                    "DELETE FROM mine WHERE position = (SELECT max(position) FROM mine)", "last missing"),
                Drill(
                    "positions swapped",
                    """
                    UPDATE mine SET position = CASE position WHEN (TABLE plain) THEN (TABLE further) ELSE (TABLE plain) END
                    WHERE position IN (TABLE plain UNION TABLE further)
                    """,
                    "plain modified", "further modified"),
                Drill(
                    "position moved away",
                    "UPDATE mine SET position = 8000000000 WHERE position = 500",
                    "500 missing", "8000000000 disordered"),
                Drill(
                    "row doubled",
                    """
                    CREATE TABLE double AS SELECT * FROM mine WHERE position = 500;
                    UPDATE double SET recorded_at = recorded_at + interval '1 second';
                    INSERT INTO audit_logs SELECT * FROM double
                    """,
                    "500 disordered"),
                Drill(
                    "rows doubled, in a month before and a month after",
                    """
                    CREATE TABLE double AS SELECT * FROM mine WHERE position BETWEEN 500 AND 503;
                    UPDATE double SET recorded_at = recorded_at - interval '40 years' WHERE position IN (500, 501);
                    UPDATE double SET recorded_at = recorded_at + interval '40 years' WHERE position IN (502, 503);
                    CREATE TABLE audit_logs_before PARTITION OF audit_logs FOR VALUES FROM (MINVALUE) TO ('2001-01-01');
                    CREATE TABLE audit_logs_after PARTITION OF audit_logs FOR VALUES FROM ('2051-01-01') TO (MAXVALUE);
                    INSERT INTO audit_logs SELECT * FROM double
                    """,
                    "500 modified", "500 disordered", "501 modified", "501 disordered", "502 disordered",
                    "503 disordered"),
                Drill(
                    "times that are no moments, with the hashes that they make",
                    """
                    CREATE TABLE audit_logs_before PARTITION OF audit_logs FOR VALUES FROM (MINVALUE) TO ('2001-01-01');
                    CREATE TABLE audit_logs_after PARTITION OF audit_logs FOR VALUES FROM ('2051-01-01') TO (MAXVALUE);
                    UPDATE mine SET recorded_at = '-infinity' WHERE position = 500;
                    UPDATE mine SET recorded_at = 'infinity' WHERE position IN (501, (SELECT max(position) FROM mine));
                    UPDATE audit_log_heads SET recorded_at = 'infinity' WHERE tenant_id = (SELECT tenant_id FROM mine LIMIT 1);
                    \(rehash) WHERE NOT isfinite(recorded_at)
                    """,
                    "500 modified", "501 modified", "last modified"),
                Drill(
                    "the greatest of all stream versions, with the hash that it makes",
                    """
                    UPDATE mine SET stream_version = 9223372036854775807 WHERE (stream_type, stream_id, stream_version) =
                        (SELECT stream_type, stream_id, 2 FROM mine WHERE stream_version = 3 ORDER BY position LIMIT 1);
                    \(rehash) WHERE stream_version = 9223372036854775807
                    """,
                    "second disordered", "third disordered"),
                Drill(
                    "head moved forwards",
                    "UPDATE audit_log_heads SET size = size + 2 WHERE tenant_id = (SELECT tenant_id FROM mine LIMIT 1)",
                    "end missing", "end + 1 missing"),
                Drill(
                    "head moved back",
                    "UPDATE audit_log_heads SET size = size - 1 WHERE tenant_id = (SELECT tenant_id FROM mine LIMIT 1)",
                    "last disordered"),
                Drill(
                    "the parts of another tenant's event, with their hashes",
                    """
                    UPDATE audit_logs m SET (payload, personal, attachment, salt, erasable_hash, commitment) =
                        (SELECT o.payload, o.personal, o.attachment, o.salt, o.erasable_hash, o.commitment FROM audit_logs o
                         WHERE o.tenant_id <> m.tenant_id ORDER BY o.tenant_id, o.position LIMIT 1)
                    WHERE tenant_id = (SELECT tenant_id FROM mine LIMIT 1) AND position IN (TABLE plain)
                    """,
                    "plain modified"),
                Drill("nothing", "SELECT 1"),
            ])
        func drill(drill: Drill) async throws {
            try await TestTemplate.history.withCopy { database in
                let tenant = HistoryTenants.first
                let scope = Scope.system(tenant)
                let size = try await database.log.size(as: scope)
                let first: [Int64] = try await database.column(
                    "SELECT min(position) FROM audit_logs WHERE attachment IS NOT NULL AND tenant_id = \(tenant)")
                // An erasure event speaks for others: what it says of them would be lost with it. And there is something to lose.
                let plain: [Int64] = try await database.column(
                    """
                    SELECT (SELECT min(position) FROM audit_logs WHERE position >= first AND event_type NOT LIKE '%.erased'
                            AND payload::text <> '{}' AND tenant_id = \(tenant))
                    FROM (VALUES (1, 300), (2, 600)) v (place, first) ORDER BY place
                    """)
                // The second and third event of the stream that has a third one first.
                let row: [Int64] = try await database.column(
                    """
                    SELECT position FROM audit_logs l WHERE tenant_id = \(tenant) AND stream_version IN (2, 3) AND (stream_type, stream_id) =
                        (SELECT stream_type, stream_id FROM audit_logs WHERE tenant_id = l.tenant_id AND stream_version = 3
                         ORDER BY position LIMIT 1)
                    ORDER BY position
                    """)
                let names = [
                    "second": row[0], "third": row[1], "plain": plain[0], "further": plain[1], "first": first[0],
                    "last": size - 1,
                    "end": size, "end + 1": size + 1,
                ]
                let expected = drill.found.map { line in
                    names.first { line.hasPrefix($0.key + " ") && !line.hasPrefix($0.key + " +") }
                        .map { "\($0.value)" + line.dropFirst($0.key.count) } ?? line
                }
                try await database.tamper(
                    """
                    CREATE VIEW mine AS SELECT * FROM audit_logs WHERE tenant_id = '\(tenant.text)';
                    CREATE VIEW plain AS SELECT min(position) FROM mine WHERE position >= 300 AND event_type NOT LIKE '%.erased' AND payload::text <> '{}';
                    CREATE VIEW further AS SELECT min(position) FROM mine WHERE position >= 600 AND event_type NOT LIKE '%.erased' AND payload::text <> '{}';
                    CREATE VIEW attached AS SELECT min(position) FROM mine WHERE attachment IS NOT NULL;
                    \(drill.sql);
                    """)
                let result = try await database.log.verify(as: scope)
                var found: [String] = []
                for problem in result.problems where found.last != "\(problem.position) \(problem.verdict)" {
                    found.append("\(problem.position) \(problem.verdict)")
                }
                #expect(found == expected)
                // The other tenants' logs are as they were.
                let other = try await database.log.verify(as: .system(HistoryTenants.all[1]))
                #expect(other.isSound)
            }
        }
    }
}
