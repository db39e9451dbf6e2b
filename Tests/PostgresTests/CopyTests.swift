import FoundationEssentials
import Testing

@testable import Postgres

extension PostgresTests {
    @Suite("COPY")
    struct CopyTests {
        struct Stop: Error {}

        private func withTable<T: Sendable>(_ body: (Database) async throws -> T) async throws -> T {
            try await withDatabase(poolSize: 1) { database in
                try await database.session { try $0.script("CREATE TABLE t (a bigint, b text)") }
                return try await body(database)
            }
        }

        @Test("text goes in and comes out byte for byte, in pieces of any size", arguments: [1, 7, 100_000, 1_000_000])
        func text(_ pieceSize: Int) async throws {
            try await withTable { database in
                let lines = (0..<20_000).map { "\($0)\tline \($0) é\n" }.joined()
                let bytes = Array(lines.utf8)
                let count = try await database.session { session in
                    try session.copyIn("COPY t FROM STDIN") { writer in
                        for start in stride(from: 0, to: bytes.count, by: pieceSize) {
                            try writer.write(Array(bytes[start..<min(start + pieceSize, bytes.count)]))
                        }
                    }
                }
                #expect(count == 20_000)
                let out = try await database.session { session in
                    var out: [UInt8] = []
                    try session.copyOut("COPY (SELECT * FROM t ORDER BY a) TO STDOUT") { out.append(contentsOf: $0) }
                    return out
                }
                #expect(out == bytes)
            }
        }

        @Test("rows go in as binary values")
        func binary() async throws {
            try await withTable { database in
                let count = try await database.transaction { session in
                    try session.copyIn("COPY t FROM STDIN WITH (FORMAT binary)") { writer in
                        for number in 0..<10_000 {
                            try writer.writeRow(number, number % 3 == 0 ? nil : "text \(number)")
                        }
                    }
                }
                #expect(count == 10_000)
                let sums = try await database.session { session in
                    try session.first("SELECT sum(a)::bigint, count(b), max(b) FROM t") {
                        (
                            try $0.decode(0, as: Int.self), try $0.decode(1, as: Int.self),
                            try $0.decode(2, as: String.self)
                        )
                    }
                }
                #expect(sums?.0 == 49_995_000)
                #expect(sums?.1 == 6_666)
                #expect(sums?.2 == "text 9998")
            }
        }

        @Test("nothing of a COPY stays when its body throws; the connection goes on")
        func gaveUp() async throws {
            try await withTable { database in
                await #expect(throws: Stop.self) {
                    try await database.session { session in
                        _ = try session.copyIn("COPY t FROM STDIN") { writer in
                            try writer.write("1\tone\n")
                            throw Stop()
                        }
                    }
                }
                let count = try await database.session {
                    try $0.first("SELECT count(*) FROM t") { try $0.decode(0, as: Int.self) }
                }
                #expect(count == 0)
            }
        }

        @Test("a line that the table cannot take is the server's error, with its place")
        func badLine() async throws {
            try await withTable { database in
                let error = await postgresError {
                    try await database.session {
                        _ = try $0.copyIn("COPY t FROM STDIN") { try $0.write("1\tone\nx\ttwo\n") }
                    }
                }
                #expect(error?.sqlstate == "22P02")
                #expect(error?.context?.contains("line 2") == true)
            }
        }

        @Test("copying out stops when the body throws, and with the server's error when that fails")
        func outStops() async throws {
            try await withTable { database in
                await #expect(throws: Stop.self) {
                    try await database.session { session in
                        try session.copyOut("COPY (SELECT generate_series(1, 1000000000)) TO STDOUT") { _ in
                            throw Stop()
                        }
                    }
                }
                let error = await postgresError {
                    try await database.session { session in
                        try session.copyOut("COPY (SELECT 1 / (3 - n) FROM generate_series(1, 5) n) TO STDOUT") { _ in }
                    }
                }
                #expect(error?.sqlstate == "22012")
            }
        }

        @Test(
            "a statement of the other direction, or none, is refused; the connection goes on",
            arguments: [
                "COPY t TO STDOUT", "SELECT 1",
            ])
        func wrongDirection(_ statement: String) async throws {
            try await withTable { database in
                let error = await postgresError { try await database.session { _ = try $0.copyIn(statement) { _ in } } }
                #expect(error?.code == .usage)
                let one = try await database.session { try $0.first("SELECT 1") { try $0.decode(0, as: Int.self) } }
                #expect(one == 1)
            }
        }

        @Test("CSV goes in and comes out the same")
        func csv() async throws {
            try await withTable { database in
                let text = "a,b\n1,\"x,y\"\n2,\"say \"\"hi\"\"\"\n"
                let out = try await database.session { session in
                    try session.copyIn("COPY t FROM STDIN WITH (FORMAT csv, HEADER)") { try $0.write(text) }
                    var out = ""
                    try session.copyOut("COPY t TO STDOUT WITH (FORMAT csv, HEADER)") {
                        out += String(decoding: $0, as: UTF8.self)
                    }
                    return out
                }
                #expect(out == text)
            }
        }
    }
}
