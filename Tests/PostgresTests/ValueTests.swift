import FoundationEssentials
import TestSupport
import Testing

@testable import Postgres

/// Sends a value, has the server say its type and text, and reads it back.
private func roundTrip<T: PostgresEncodable & PostgresDecodable & Sendable>(
    _ value: T
) async throws -> (type: String, text: String?, value: T) {
    try await withSharedDatabase { database in
        let row = try await database.session { session in
            try session.first("SELECT pg_typeof(v)::text, v::text, v FROM (SELECT \(value) AS v) s") {
                (try $0.decode(0, as: String.self), try $0.decode(1, as: String?.self), try $0.decode(2, as: T.self))
            }
        }
        return try #require(row)
    }
}

private func withSharedDatabase<T: Sendable>(_ body: (Database) async throws -> T) async throws -> T {
    try await withDatabase(PostgresConfiguration(conninfo: try TestCluster.shared.get().conninfo()), body)
}

extension PostgresTests {
    @Suite("Values in binary")
    struct ValueTests {
        @Test("booleans and integers keep their extremes")
        func integers() async throws {
            #expect(try await roundTrip(true) == ("boolean", "true", true))
            #expect(try await roundTrip(false) == ("boolean", "false", false))
            #expect(try await roundTrip(Int16.min) == ("smallint", "-32768", .min))
            #expect(try await roundTrip(Int32.max) == ("integer", "2147483647", .max))
            #expect(try await roundTrip(Int64.min) == ("bigint", "-9223372036854775808", .min))
            #expect(try await roundTrip(Int.max) == ("bigint", "9223372036854775807", .max))
            #expect(try await roundTrip(0.1) == ("double precision", "0.1", 0.1))
            #expect(try await roundTrip(-Double.infinity).value == -.infinity)
        }

        @Test(
            "text is Unicode, and may be empty",
            arguments: ["", "a", "žluťoučký 😀 e\u{301}", "'; DROP TABLE x; --", "\\\n\t\""])
        func text(_ text: String) async throws {
            let result = try await roundTrip(text)
            #expect(result.type == "text")
            #expect(Array(result.value.utf8) == Array(text.utf8))
            #expect(result.text.map { Array($0.utf8) } == Array(text.utf8))
        }

        @Test("text with a NUL character is refused, not cut")
        func nul() async throws {
            let error = await postgresError { _ = try await roundTrip("a\0b") }
            #expect(error?.sqlstate == "22021")
        }

        @Test("bytea holds every byte, nothing at all, and 20 MB")
        func bytea() async throws {
            #expect(try await roundTrip([UInt8](0...255)).value == [UInt8](0...255))
            #expect(try await roundTrip([UInt8]()) == ("bytea", "\\x", []))
            let big = [UInt8](unsafeUninitializedCapacity: 20_000_000) { buffer, count in
                for index in 0..<20_000_000 { buffer[index] = UInt8(truncatingIfNeeded: index &* 31) }
                count = 20_000_000
            }
            let returned = try await withSharedDatabase { database in
                try await database.session { try $0.first("SELECT \(big)") { try $0.decode(0, as: [UInt8].self) } }
            }
            #expect(returned == big)
        }

        @Test("UUIDs are read and written in lower case")
        func uuid() async throws {
            let text = "0189ab3c-ffee-7abc-8def-00112233445f"
            let id = try #require(UUID(text: text))
            #expect(id.text == text)
            #expect(id == UUID(uuidString: text))
            #expect(UUID(text: text.uppercased()) == id)
            var bytes = Array("id=".utf8)
            id.appendText(to: &bytes)
            #expect(String(decoding: bytes, as: UTF8.self) == "id=" + text)
            #expect(try await roundTrip(id) == ("uuid", text, id))
        }

        @Test(
            "what is no UUID is refused",
            arguments: [
                "", "0189ab3c", "0189ab3cffee7abc8def00112233445f", "0189ab3c-ffee-7abc-8def-00112233445g",
                "0189ab3c-ffee-7abc-8def-00112233445f ", "0189ab3c+ffee-7abc-8def-00112233445f",
                "é189ab3c-ffee-7abc-8def-0011223344f",
            ])
        func noUUID(_ text: String) {
            #expect(UUID(text: text) == nil)
        }

        @Test("json keeps its text; jsonb is read as JSON too")
        func json() async throws {
            let text = #"{ "b": 1,  "a": [null, "é"] }"#
            #expect(try await roundTrip(JSON(text)) == ("json", text, JSON(text)))
            let jsonb = try await roundTrip(JSONB(text))
            #expect(jsonb.type == "jsonb")
            #expect(jsonb.value.json.text == #"{"a": [null, "é"], "b": 1}"#)
            let read = try await withSharedDatabase { database in
                try await database.session { session in
                    try session.first("SELECT '[1]'::jsonb, '[1]'::jsonb") {
                        (try $0.decode(0, as: String.self), try $0.decode(1, as: JSON.self))
                    }
                }
            }
            #expect(read?.0 == "[1]")
            #expect(read?.1 == JSON("[1]"))
        }

        @Test("NULL is an optional's nil, and an error for anything else")
        func null() async throws {
            #expect(try await roundTrip(Int?.none) == ("bigint", nil, nil))
            #expect(try await roundTrip(String?.some("x")) == ("text", "x", "x"))
            #expect(try await roundTrip([UInt8]?.none) == ("bytea", nil, nil))
            let error = await postgresError {
                try await withSharedDatabase { database in
                    try await database.session { session in
                        _ = try session.query("SELECT NULL::int AS answer") { try $0.decode(0, as: Int.self) }
                    }
                }
            }
            #expect(error?.code == .decoding)
            #expect(error?.message == "column 0 (answer) is NULL and was to be read as Int")
        }

        @Test("arrays hold NULLs, may be empty, and know their element's type")
        func arrays() async throws {
            #expect(try await roundTrip([1, 2, .max]) == ("bigint[]", "{1,2,9223372036854775807}", [1, 2, .max]))
            #expect(try await roundTrip([Int32?.some(1), nil, 3]) == ("integer[]", "{1,NULL,3}", [1, nil, 3]))
            #expect(try await roundTrip([String]()) == ("text[]", "{}", []))
            #expect(try await roundTrip([String?.none]) == ("text[]", "{NULL}", [nil]))
            #expect(try await roundTrip(["", "a,b", "\"", "é"]).value == ["", "a,b", "\"", "é"])
            #expect(try await roundTrip([true, false]) == ("boolean[]", "{t,f}", [true, false]))
            #expect(try await roundTrip([[UInt8]([1]), []]) == ("bytea[]", #"{"\\x01","\\x"}"#, [[1], []]))
            #expect(try await roundTrip([Int16(-1)]) == ("smallint[]", "{-1}", [-1]))
            #expect(try await roundTrip([JSON("1"), JSON("{}")]) == ("json[]", "{1,\"{}\"}", [JSON("1"), JSON("{}")]))
            #expect(try await roundTrip([JSONB("{}")]) == ("jsonb[]", "{\"{}\"}", [JSONB("{}")]))
            #expect(try await roundTrip([0.5]) == ("double precision[]", "{0.5}", [0.5]))
            let ids = [UUID(), UUID()]
            #expect(try await roundTrip(ids).value == ids)
            let times = [Timestamp?.none, .infinity, Timestamp(microseconds: 1)]
            #expect(try await roundTrip(times).value == times)
            #expect(try await roundTrip([Int]?.none) == ("bigint[]", nil, nil))
        }

        @Test(
            "a NULL in an array of what is not optional, and a second dimension, are errors",
            arguments: [
                "ARRAY[1, NULL]::bigint[]", "ARRAY[[1, 2], [3, 4]]::bigint[]", "ARRAY['a']", "1",
            ])
        func wrongArray(_ expression: String) async throws {
            let error = await postgresError {
                try await withSharedDatabase { database in
                    try await database.session { session in
                        _ = try session.query("SELECT \(raw: expression)") { try $0.decode(0, as: [Int].self) }
                    }
                }
            }
            #expect(error?.code == .decoding)
        }

        @Test("an integer is read in any width that holds it, and in no other")
        func width() async throws {
            try await withSharedDatabase { database in
                try await database.session { session in
                    _ = try session.query("SELECT 7::int2, 70000::int4, 1::oid") { row in
                        let seven = (try row.decode(0, as: Int.self), try row.decode(0, as: Int32.self))
                        #expect(seven == (7, 7))
                        let others = (try row.decode(1, as: Int64.self), try row.decode(2, as: UInt32.self))
                        #expect(others == (70000, 1))
                        let tooNarrow = try? row.decode(1, as: Int16.self)
                        #expect(tooNarrow == nil)
                    }
                }
            }
        }

        @Test(
            "what a type cannot be read as is an error that names column and cure",
            arguments: [
                "1.5::numeric", "'2026-01-01'::date", "now()::timestamp", "1",
            ])
        func mismatch(_ expression: String) async throws {
            let error = await postgresError {
                try await withSharedDatabase { database in
                    try await database.session { session in
                        _ = try session.query("SELECT \(raw: expression) AS x") { try $0.decode("x", as: String.self) }
                    }
                }
            }
            #expect(error?.code == .decoding)
            #expect(error?.message.contains("column 0 (x)") == true)
            #expect(error?.message.contains("cast it in SQL") == true)
        }

        @Test("enums, names, char and domains are read as text")
        func texts() async throws {
            try await withDatabase { database in
                let texts = try await database.session { session in
                    try session.script("CREATE TYPE mood AS ENUM ('sad', 'fine'); CREATE DOMAIN code AS text")
                    return try session.first(
                        "SELECT 'fine'::mood, 'x'::code, 'n'::name, 'c'::char(3), 'v'::varchar, 'q'"
                    ) { row in
                        try (0..<6).map { try row.decode($0, as: String.self) }
                    }
                }
                #expect(texts == ["fine", "x", "n", "c  ", "v", "q"])
            }
        }

        @Test("a column that does not exist is an error, by index and by name")
        func noColumn() async throws {
            try await withSharedDatabase { database in
                try await database.session { session in
                    _ = try session.query("SELECT 1 AS one, NULL AS two") { row in
                        let missing = [try? row.decode(2, as: Int.self), try? row.decode(-1), try? row.decode("three")]
                        #expect(missing == [nil, nil, nil])
                        let count = row.columnCount
                        #expect(count == 2)
                        let (name, isNull) = (row.columnName(1), row.isNull(1))
                        #expect(name == "two")
                        #expect(isNull)
                        let (one, two) = (row.withBytes(0) { Array($0) }, row.withBytes(1) { Array($0) })
                        #expect(one == [0, 0, 0, 1])
                        #expect(two == nil)
                    }
                }
            }
        }
    }
}
