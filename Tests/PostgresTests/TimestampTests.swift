import TestSupport
import Testing

@testable import Postgres

extension PostgresTests {
    @Suite("Timestamps")
    struct TimestampTests {
        @Test(
            "the text is ISO 8601 in UTC with six decimals, both ways",
            arguments: [
                ("2000-01-01T00:00:00.000000Z", Int64(0)),
                ("1999-12-31T23:59:59.999999Z", -1),
                ("2026-11-23T16:40:12.123456Z", 848_767_212_123_456),
                ("1970-01-01T00:00:00.000000Z", -946_684_800_000_000),
                ("2024-02-29T12:00:00.000001Z", 762_523_200_000_001),
                ("1900-03-01T00:00:00.000000Z", -3_150_576_000_000_000),
                ("+294276-12-31T23:59:59.999999Z", 9_223_371_331_199_999_999),
                ("-4713-11-24T00:00:00.000000Z", -211_813_488_000_000_000),
                ("0000-02-29T00:00:00.000000Z", -63_108_806_400_000_000),
                ("infinity", .max), ("-infinity", .min),
            ])
        func text(_ text: String, _ microseconds: Int64) {
            #expect(Timestamp(microseconds: microseconds).description == text)
            #expect(Timestamp(text)?.microseconds == microseconds)
        }

        @Test(
            "decimals may be fewer, and offsets other than UTC are taken",
            arguments: [
                ("2000-01-01T00:00:01Z", Int64(1_000_000)), ("2000-01-01 00:00:00.5Z", 500_000),
                ("2000-01-01T02:00:00+02:00", 0), ("1999-12-31T18:30:00.000001-05:30", 1),
                ("2000-01-01T02:00:00+02", 0),
            ])
        func lenient(_ text: String, _ microseconds: Int64) {
            #expect(Timestamp(text)?.microseconds == microseconds)
        }

        @Test(
            "what is no moment is refused",
            arguments: [
                "", "2000-01-01", "2000-01-01T00:00:00", "2000-13-01T00:00:00Z", "2023-02-29T00:00:00Z",
                "2000-01-01T24:00:00Z",
                "2000-01-01T00:60:00Z", "2000-01-01T00:00:00.1234567Z", "2000-01-01T00:00:00Zx",
                "20000-01-01T00:00:00Z",
                "2000-01-01T00:00:00.Z", "+999999-01-01T00:00:00Z", "2000-00-10T00:00:00Z", "1900-02-29T00:00:00Z",
            ])
        func refused(_ text: String) {
            #expect(Timestamp(text) == nil)
        }

        @Test(
            "the server writes and reads the same moments",
            arguments: [
                "2026-11-23 16:40:12.123456+00", "0001-01-01 00:00:00+00", "9999-12-31 23:59:59.999999+00",
                "1582-10-10 00:00:00+00", "2100-02-28 23:59:59+00", "294276-12-31 23:59:59.999999+00",
                "1800-02-28 00:00:00.000001+00",
            ])
        func server(_ text: String) async throws {
            let configuration = PostgresConfiguration(conninfo: try TestCluster.shared.get().conninfo())
            try await withDatabase(configuration) { database in
                let time = try await database.session { session in
                    try session.first("SELECT \(text)::timestamptz") { try $0.decode(0, as: Timestamp.self) }
                }
                let back = try await database.session { session in
                    try session.first("SELECT \(time)::text") { try $0.decode(0, as: String.self) }
                }
                #expect(back == text)
                let unsigned = time.map { $0.description.drop { $0 == "+" } }
                let iso = text.replacing(" ", with: "T").replacing("+00", with: "")
                #expect(unsigned?.hasPrefix(iso) == true)
            }
        }

        @Test("now is the server's now, give or take ten seconds, and Unix time is offset by thirty years")
        func now() async throws {
            let configuration = PostgresConfiguration(conninfo: try TestCluster.shared.get().conninfo())
            let server = try await withDatabase(configuration) { database in
                try await database.session { try $0.first("SELECT now()") { try $0.decode(0, as: Timestamp.self) } }
            }
            #expect(abs(try #require(server).microseconds - Timestamp.now.microseconds) < 10_000_000)
            #expect(Timestamp(unixMicroseconds: 0).description == "1970-01-01T00:00:00.000000Z")
            #expect(Timestamp(microseconds: 0).unixMicroseconds == 946_684_800_000_000)
        }
    }
}
