import AuditLog
import CSV
import Crypto
import Foundation
import Mapping
import Processing
import Testing

@Suite struct ResultChunkTests {
    static let salt = Array(UInt8(0)..<16)

    static func rejection(_ field: String?, _ rule: String, _ code: String, value: [UInt8]? = nil) -> Rejection {
        Rejection(
            field: field, column: field?.uppercased(), rule: rule, code: code, value: value, message: "say \"why\"")
    }

    static func record(_ cells: [String], line: Int) -> Record {
        var record = Record()
        for cell in cells { record.append(cell) }
        record.line = line
        return record
    }

    @Test("the body is the fields and one JSON value per row, and the counts and numbers agree with it")
    func body() throws {
        var writer = ResultChunkWriter(fields: ["a", "b.\"c\""], firstRow: 41)
        writer.appendAccepted { $0 += #"[1,"x"]"#.utf8 }
        let record = Self.record(["x\u{0}y", "Zoë\n", ""], line: 77)
        writer.appendRejected(
            record,
            [
                Self.rejection("a", "to_integer", "not_an_integer", value: Array("x\u{0}y".utf8)),
                Self.rejection(nil, "rule", "failed"),
            ])
        #expect(writer.count == 2 && writer.nextRow == 43)
        let finished = writer.finish(salt: Self.salt)
        let chunk = try #require(finished)
        #expect(
            String(decoding: chunk.body, as: UTF8.self) == #"""
                {"fields":["a","b.\"c\""],"rows":[[1,"x"],{"line":77,"cells":["x␀y","Zoë\n",""],"errors":[\#
                {"field":"a","column":"A","rule":"to_integer","code":"not_an_integer","value":"x␀y","message":"say \"why\""},\#
                {"field":null,"column":null,"rule":"rule","code":"failed","value":null,"message":"say \"why\""}]}]}
                """#)
        #expect(chunk.rows == 41...42)
        #expect(chunk.accepted == 1 && chunk.rejected == 1)
        #expect(chunk.salt == Self.salt)
        _ = try JSONSerialization.jsonObject(with: Data(chunk.body))
    }

    @Test(
        "a row that the mapping leaves out stands in the chunk with its line and field, is counted apart, and is read back"
    )
    func skipped() throws {
        var writer = ResultChunkWriter(fields: ["a"], firstRow: 5)
        writer.appendSkipped(line: 6, field: "a\"b")
        writer.appendAccepted { $0 += "[1]".utf8 }
        writer.appendSkipped(line: 8, field: nil)
        writer.appendRejected(Self.record(["x"], line: 9), [Self.rejection("a", "to_integer", "not_an_integer")])
        let finished = writer.finish(salt: Self.salt)
        let chunk = try #require(finished)
        #expect(chunk.rows == 5...8 && chunk.accepted == 1 && chunk.rejected == 1 && chunk.skipped == 2)
        var reader = try ResultChunkReader(chunk.body, firstRow: 5)
        var results: [ResultRow.Result] = []
        while let row = try reader.next() { results.append(row.result) }
        #expect(results[0] == .skipped(Array(#"{"line":6,"field":"a\"b","rule":"drop_row_if"}"#.utf8)[...]))
        #expect(results[2] == .skipped(Array(#"{"line":8,"field":null,"rule":"drop_row_if"}"#.utf8)[...]))
        guard case .rejected = results[3] else { return #expect(Bool(false), "\(results[3])") }
        // The next chunk begins to count anew.
        writer.appendSkipped(line: 10, field: nil)
        let following = writer.finish(salt: Self.salt)
        #expect(following?.skipped == 1 && following?.rejected == 0)
    }

    @Test("rejections are counted by field, rule and code, in the order of their bytes")
    func counts() throws {
        var writer = ResultChunkWriter(fields: [], firstRow: 1)
        let rejections = [
            Self.rejection("b", "type", "x"), Self.rejection("a", "type", "y"), Self.rejection("a", "type", "x"),
            Self.rejection("a", "max", "z"), Self.rejection(nil, "rule", "failed"), Self.rejection("é", "max", "z"),
            Self.rejection("", "rule", "failed"),
        ]
        for (index, rejection) in rejections.enumerated() {
            writer.appendRejected(Self.record([], line: 1), [Rejection](repeating: rejection, count: index + 1))
        }
        let finished = writer.finish(salt: Self.salt)
        let chunk = try #require(finished)
        #expect(
            chunk.errors.map { "\($0.field ?? "-") \($0.rule) \($0.code) \($0.count)" } == [
                "- rule failed 5", " rule failed 7", "a max z 4", "a type x 3", "a type y 2", "b type x 1", "é max z 6",
            ])
    }

    @Test("a chunk is full at 4,096 rows or 4 MiB, and the next one goes on with the next row")
    func limits() throws {
        var writer = ResultChunkWriter(fields: ["a"], firstRow: 1)
        let none = writer.finish()
        #expect(none == nil)
        for _ in 0..<4096 {
            #expect(!writer.isFull)
            writer.appendAccepted { $0 += "[1]".utf8 }
        }
        #expect(writer.isFull)
        let first = writer.finish()
        #expect(first?.rows == 1...4096)
        #expect(!writer.isFull && writer.isEmpty)
        let large = Array("[\"".utf8) + [UInt8](repeating: 0x61, count: 1 << 20) + Array("\"]".utf8)
        for _ in 0..<4 {
            #expect(!writer.isFull)
            writer.appendAccepted { $0 += large }
        }
        #expect(writer.isFull)
        let second = writer.finish()
        #expect(second?.rows == 4097...4100)
    }

    @Test("every chunk has a salt of its own, of 16 bytes")
    func salts() {
        let salts = Set((0..<100).map { _ in ResultChunk.randomSalt() })
        #expect(salts.count == 100)
        #expect(salts.allSatisfy { $0.count == 16 })
    }

    @Test(
        "the root is that of RFC 6962 over salted rows, computed row by row",
        arguments: [1, 2, 3, 4, 5, 6, 7, 8, 9, 31, 33, 100, 1000, 4095, 4096])
    func root(_ count: Int) throws {
        var writer = ResultChunkWriter(fields: ["a"], firstRow: 1_000_000)
        var tree = MerkleTree()
        for index in 0..<count {
            let row = Array("[\"\(String(repeating: "ab", count: index % 150))\(index)\"]".utf8)
            writer.appendAccepted { $0 += row }
            let number = withUnsafeBytes(of: UInt64(1_000_000 + index).bigEndian) { [UInt8]($0) }
            tree.append(data: Array(SHA256.hash(data: Self.salt + number)).prefix(16) + row)
        }
        let chunk = writer.finish(salt: Self.salt)
        #expect(chunk?.rowsRoot == tree.root.hexadecimal)
    }

    @Test("the root over two known rows is what Python's hashlib gives")
    func knownRoot() throws {
        var writer = ResultChunkWriter(fields: ["a"], firstRow: 1)
        for row in ["[1]", "[\"é\"]"] {
            writer.appendAccepted { $0 += row.utf8 }
        }
        let finished = writer.finish(salt: Self.salt)
        let chunk = try #require(finished)
        #expect(chunk.rowsRoot == "478e55821bd1d8627f860a2624d2394d2b9e590aef5a00408c74581edce7f162")
    }
}
