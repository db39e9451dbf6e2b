import TestSupport
import Testing

@testable import Postgres

extension PostgresTests {
    @Suite("Statements")
    struct SQLTests {
        @Test("interpolated values become parameters; only named text enters the statement")
        func interpolation() {
            let name = "'; DROP TABLE users; --"
            let sql: SQL = "SELECT \(raw: "a, b") FROM \(identifier: "we\"ird") WHERE name = \(name) AND age > \(18)"
            #expect(sql.text == #"SELECT a, b FROM "we""ird" WHERE name = $1 AND age > $2"#)
            #expect(sql.parameters.map { $0.range?.count } == [name.utf8.count, 8])
        }

        @Test("a spliced statement brings its values along, numbered anew")
        func splice() async throws {
            let condition: SQL = "b = \("two") OR b = \(String?.none)"
            let sql: SQL = "SELECT \(1), (\(sql: condition)), \([3, 4]) FROM (VALUES ('two')) t (b)"
            #expect(sql.text == "SELECT $1, (b = $2 OR b = $3), $4 FROM (VALUES ('two')) t (b)")
            let configuration = PostgresConfiguration(conninfo: try TestCluster.shared.get().conninfo())
            let row = try await withDatabase(configuration) { database in
                try await database.session { session in
                    try session.first(sql) {
                        (
                            try $0.decode(0, as: Int.self), try $0.decode(1, as: Bool.self),
                            try $0.decode(2, as: [Int].self)
                        )
                    }
                }
            }
            #expect(row?.0 == 1)
            #expect(row?.1 == true)
            #expect(row?.2 == [3, 4])
        }

        @Test(
            "quoted identifiers name exactly what they say",
            arguments: ["plain", "Two Words", "quo\"te", "$1", "é", "select"])
        func identifiers(_ name: String) async throws {
            let configuration = PostgresConfiguration(conninfo: try TestCluster.shared.get().conninfo())
            let column = try await withDatabase(configuration) { database in
                try await database.session { session in
                    try session.first("SELECT 1 AS \(identifier: name)") { $0.columnName(0) }
                }
            }
            #expect(column == name)
        }

        @Test("a statement with a NUL character is refused, not cut short")
        func nul() async throws {
            let configuration = PostgresConfiguration(conninfo: try TestCluster.shared.get().conninfo())
            try await withDatabase(configuration) { database in
                let error = await postgresError {
                    try await database.session { _ = try $0.execute("SELECT 1 \0 garbage") }
                }
                #expect(error?.code == .usage)
            }
        }

        @Test("an array of a composite type arrives with every field, thousands of rows at once")
        func composites() async throws {
            try await withDatabase { database in
                let rows = try await database.transaction { session in
                    try session.script(
                        "CREATE TYPE item AS (number bigint, name text, body json, data bytea, tag text)")
                    var items = CompositeArray(of: "item")
                    for number in 0..<5_000 {
                        items.appendRow { row in
                            row.append(number)
                            row.append("name \(number)")
                            row.append(number % 2 == 0 ? JSON("[\(number)]") : nil)
                            [UInt8](repeating: 7, count: number % 10).withUnsafeBytes { row.append($0, as: .bytea) }
                            row.append(String?.none)
                        }
                    }
                    #expect(items.count == 5_000)
                    return try session.query("SELECT * FROM unnest(\(items)) ORDER BY number") { row in
                        let hasTag = !row.isNull(4)
                        #expect(!hasTag)
                        return (
                            try row.decode(0, as: Int.self), try row.decode(1, as: String.self),
                            try row.decode(2, as: JSON?.self)?.text, try row.decode(3, as: [UInt8].self).count
                        )
                    }
                }
                #expect(rows.count == 5_000)
                for (number, row) in rows.enumerated() {
                    #expect(row == (number, "name \(number)", number % 2 == 0 ? "[\(number)]" : nil, number % 10))
                }
            }
        }

        @Test("an array of a composite type may be empty, and drops a row whose fields throw")
        func emptyComposites() async throws {
            struct Stop: Error {}
            try await withDatabase { database in
                try await database.session { session in
                    try session.script("CREATE TYPE pair AS (a bigint, b text)")
                    #expect(try session.execute("SELECT * FROM unnest(\(CompositeArray(of: "pair")))") == 0)
                    var pairs = CompositeArray(of: "pair")
                    try? pairs.appendRow { row in
                        row.append(1)
                        throw Stop()
                    }
                    #expect(pairs.count == 0)
                    pairs.appendRow { row in
                        row.append(2)
                        row.append("two")
                    }
                    #expect(
                        try session.query("SELECT b FROM unnest(\(pairs))") { try $0.decode(0, as: String.self) } == [
                            "two"
                        ])
                }
            }
        }

        @Test("a composite type that was dropped and made again is found again after one failure")
        func remadeType() async throws {
            try await withDatabase(poolSize: 1) { database in
                @Sendable func count(_ session: Session) throws -> Int {
                    var pairs = CompositeArray(of: "pair")
                    pairs.appendRow { $0.append(1) }
                    return try session.execute("SELECT * FROM unnest(\(pairs))")
                }
                let first = try await database.session { session in
                    try session.script("CREATE TYPE pair AS (a bigint)")
                    return try count(session)
                }
                #expect(first == 1)
                try await database.session { try $0.script("DROP TYPE pair; CREATE TYPE pair AS (a bigint)") }
                #expect(await postgresError { _ = try await database.session { try count($0) } }?.code == .server)
                let second = try await database.session { try count($0) }
                #expect(second == 1)
            }
        }

        @Test("an unknown composite type is named")
        func unknownType() async throws {
            try await withDatabase { database in
                let error = await postgresError {
                    _ = try await database.session { try $0.oid(ofType: "no_such_type") }
                }
                #expect(error?.code == .usage)
                #expect(error?.message.contains("no_such_type") == true)
                let text = try await database.session { try $0.oid(ofType: "text") }
                #expect(text == 25)
            }
        }
    }
}
