import AuditLog
import CSV
import Testing

@testable import Processing

@Suite("Redacted result chunks")
struct RedactedChunkTests {
    private func chunk(_ rows: Int, firstRow: Int = 5) throws -> ResultChunk {
        var writer = ResultChunkWriter(fields: ["id", "na\"me"], firstRow: firstRow)
        for row in 0..<rows {
            if row % 3 == 2 {
                writer.appendRejected(ResultChunkTests.record(["secret-\(row)", "],[\\", "{\"}"], line: row), [])
            } else {
                writer.appendAccepted { $0 += "[\(row),\"secret-\(row)\"]".utf8 }
            }
        }
        let finished = writer.finish()
        return try #require(finished)
    }

    private func root(_ body: [UInt8], salt: [UInt8] = [], firstRow: Int = 5) throws -> String {
        try #require(ResultRows(body)).root(salt: salt, firstRow: firstRow).hexadecimal
    }

    @Test("a chunk's root is that of its rows, by another reader than the writer's", arguments: [1, 2, 3, 7, 64, 100])
    func whole(rows: Int) throws {
        let chunk = try chunk(rows)
        #expect(try root(chunk.body, salt: chunk.salt) == chunk.rowsRoot)
        #expect(try root(chunk.body, salt: chunk.salt, firstRow: 6) != chunk.rowsRoot)
    }

    @Test(
        "without rows and without its salt it has the same root; of the erased rows nothing is left",
        arguments: [1, 2, 3, 7, 64])
    func redacted(rows: Int) throws {
        let chunk = try chunk(rows)
        let whole = try #require(ResultRows(chunk.body))
        for erased in [[], [5], [4 + rows], Array(5..<(5 + rows)), Array(stride(from: 5, to: 5 + rows, by: 2))] {
            let body = whole.redacted(erasing: Set(erased), salt: chunk.salt, firstRow: 5)
            #expect(try root(body) == chunk.rowsRoot)
            let text = String(decoding: body, as: UTF8.self)
            for row in 0..<rows { #expect(text.contains("\"secret-\(row)\"") != erased.contains(row + 5)) }
            // One after the other comes to the same.
            var step = chunk.body
            for row in erased {
                step = try #require(ResultRows(step)).redacted(erasing: [row], salt: chunk.salt, firstRow: 5)
            }
            if !erased.isEmpty { #expect(step == body) }
            var reader = try ResultChunkReader(body, firstRow: 5)
            #expect(reader.fields == ["id", "na\"me"])
            var found: [Int] = []
            while let row = try reader.next() { if row.result == .erased { found.append(row.number) } }
            #expect(found == erased)
        }
    }

    @Test("each remaining row is proved by its opening, which tells nothing of the salt")
    func opening() throws {
        let chunk = try chunk(4)
        let body = try #require(ResultRows(chunk.body)).redacted(erasing: [6], salt: chunk.salt, firstRow: 5)
        let left = try #require(ResultRows(body))
        #expect(left.opening?.map(\.count) == [16, 32, 16, 16])
        #expect(left.rows[1] == nil)
        let leaves = try #require(ResultRows(chunk.body)).leaves(salt: chunk.salt, firstRow: 5)
        #expect(left.leaves(salt: [], firstRow: 99) == leaves)
        #expect(left.opening?[0] == Array(Hashes.sha256(chunk.salt + [0, 0, 0, 0, 0, 0, 0, 5]).prefix(16)))
    }

    @Test(
        "what is no chunk, or opens what is not there, is not taken for one",
        arguments: [
            "", "{}", "null", #"{"fields":["a"],"rows":[null]}"#, #"{"fields":["a"],"rows":[[1]],"opening":[]}"#,
            #"{"fields":["a"],"rows":[[1]],"opening":["00"]}"#,
            #"{"fields":["a"],"rows":[[1],null],"opening":["00112233445566778899aabbccddeeff"]}"#,
            #"{"fields":["a"],"rows":[null],"opening":["00112233445566778899aabbccddeeff"]}"#,
            #"{"fields":["a"],"rows":[[1]],"opening":["00112233445566778899aabbccddeefg"]}"#,
            #"{"fields":["a"],"rows":[[1]],"opening":["00112233445566778899AABBCCDDEEFF"]}"#,
            #"{"fields":["a"],"rows":[[1]],"opening":["00112233445566778899aabbccddeeff"]} "#,
            #"{"fields":["a"],"rows":[["\"#, #"{"fields":["a"],"rows":[[1]"#,
            #"{"fields":["a"],"rows":[[1]],"opening":[1]}"#,
        ])
    func garbage(body: String) {
        #expect(ResultRows(Array(body.utf8)) == nil)
    }
}
