import AuditLog
import CSV
import Foundation
import Postgres
import TestSupport
import Testing

extension ErasureTests {
    @Suite("What is never erased says nothing about anybody", .timeLimit(.minutes(20)))
    struct NothingPersonalTests {
        @Test("nothing personal of a generated history is in a payload or an entry, its erasures' neither")
        func history() async throws {
            try await TestTemplate.history.withCopy { database in
                var personal = 0
                for tenant in HistoryTenants.all {
                    var values: Set<String> = []
                    var kept: [UInt8] = []
                    try await database.log.forEach(as: .system(tenant)) { event in
                        kept += event.payload.bytes + [0x0A]
                        Entry.append(event, to: &kept)
                        for (name, value) in try Self.texts(event.personal) where value.count > 3 {
                            values.insert(value)
                            // A member's name is no value, and it is said of what was erased.
                            #expect(name.allSatisfy { $0.isLowercase || $0 == "_" || $0.isNumber })
                        }
                        if event.personal?.text.contains(History.personalSign) ?? false { personal += 1 }
                        if let body = event.attachment,
                            String(decoding: body, as: UTF8.self).contains(History.personalSign)
                        {
                            personal += 1
                        }
                    }
                    let text = String(decoding: kept, as: UTF8.self)
                    for sign in [History.personalSign, "@example.org", "login@host", "eraser@host", "/files/", ".csv"] {
                        #expect(!text.contains(sign), "\(sign)")
                    }
                    // A reason that a test wrote may be a word that payloads have.
                    for value in values.subtracting(["plain", "null"]) {
                        #expect(!text.contains(value), "\(value)")
                    }
                }
                #expect(personal > 300)
            }
        }

        /// Every text in a personal part, and the member that it stands under.
        private static func texts(_ json: JSON?) throws -> [(String, String)] {
            guard let json else { return [] }
            let value = try JSONDecoder().decode([String: JSONValue].self, from: Data(json.bytes))
            return value.flatMap { name, value -> [(String, String)] in
                switch value {
                case .text(let text): [(name, text)]
                case .array(let values):
                    values.compactMap { if case .text(let text) = $0 { (name, text) } else { nil } }
                default: []
                }
            }
        }

        @Test(
            "no cell, file name or address of a real run is in a payload or an entry",
            .enabled(if: RealFile.arePresent, "the real files are not in ../shared/data beside the project"),
            arguments: [
                RealFile.example, RealFile("world-cities.csv", 33_909, 123), RealFile("birdstrikes.csv", 9_985, 15),
            ])
        func realRun(_ file: RealFile) async throws {
            let home = try await Home.prepared()
            let run: RunAnswer = try await home.run("run", file.path, "--mapping", file.mapping, "--json").json()
            #expect(run.rows == file.accepted + file.rejected)
            if run.rejected > 0 {
                _ = try await home.run(
                    "erase", "--job", run.jobId, "--row", "1", "--basis", "gdpr-17", "--reason", "r", "--yes",
                    expecting: 0)
            }
            // A mapping is written by its author, and its text is a payload.
            let kept = try await home.sql(
                """
                SELECT payload::text || audit_entry(tenant_id, position, event_id, audit_time(recorded_at), stream_type, stream_id,
                    stream_version, event_type, schema_version, actor_id, correlation_id, causation_id, commitment)
                FROM audit_logs WHERE stream_type IN ('job', 'user', 'tenant', 'setting')
                """
            ).joined(separator: "\n")
            #expect(kept.contains("rows_root"))
            var reader = Reader(.rfc4180, columns: nil)
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file.path)))
            reader.feed(bytes)
            reader.finish()
            var (record, cells) = (Record(), Set<String>())
            while reader.next(into: &record), cells.count < 4000 {
                for cell in 0..<record.count where record.number > 0 && record.number % 7 == 1 {
                    cells.insert(String(decoding: record.bytes[record.range(cell)], as: UTF8.self))
                }
            }
            // What is short, or a number, is in every text by chance.
            let telling = cells.filter { $0.count > 6 && $0.contains(where: \.isLetter) }
            #expect(telling.count > 100)
            for cell in telling { #expect(!kept.contains(cell), "\(cell)") }
            for text in [URL(fileURLWithPath: file.path).lastPathComponent, file.path, Home.admin, "Ann Admin"] {
                #expect(!kept.contains(text), "\(text)")
            }
        }
    }
}
