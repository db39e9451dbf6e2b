import CSV
import Foundation
import Mapping
import Processing
import Testing

@Suite struct ResultChunkReaderTests {
    private func read(_ body: String) throws -> [ResultRow] {
        try read(Array(body.utf8))
    }

    private func read(_ body: [UInt8]) throws -> [ResultRow] {
        var reader = try ResultChunkReader(body, firstRow: 10)
        var rows: [ResultRow] = []
        while let row = try reader.next() { rows.append(row) }
        let end = try reader.next()
        #expect(end == nil)
        return rows
    }

    @Test("what the writer wrote comes back: numbers, values, rejected rows and the bytes that the leaves hash")
    func roundTrip() throws {
        let fields = ["a", "b.\"c\"", "ü\n😀", "\u{1}"]
        var writer = ResultChunkWriter(fields: fields, firstRow: 7)
        let values = [
            ["1", "-0.5e+10", "null", "true"], [#""""#, #""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00""#, "false", "0"],
            [#"{"a": [1, {"b": {}}], "" : []}"#, "[]", #""[,]{}""#, "[ [ ] , 12 ]"],
        ]
        for row in values {
            writer.appendAccepted { $0 += "[\(row.joined(separator: ","))]".utf8 }
            writer.appendRejected(ResultChunkTests.record(["x", "],[", "{\"}"], line: 3), [])
        }
        let finished = writer.finish()
        let chunk = try #require(finished)
        var reader = try ResultChunkReader(chunk.body, firstRow: 7)
        #expect(reader.fields == fields)
        for (index, row) in values.enumerated() {
            let next = try reader.next()
            let accepted = try #require(next)
            #expect(accepted.number == 7 + 2 * index)
            #expect(accepted.result == .accepted(row.map { Array($0.utf8)[...] }, warnings: nil))
            #expect(String(decoding: accepted.bytes, as: UTF8.self) == "[\(row.joined(separator: ","))]")
            let following = try reader.next()
            let rejected = try #require(following)
            #expect(rejected.number == 8 + 2 * index)
            let object = Array(#"{"line":3,"cells":["x","],[","{\"}"],"errors":[]}"#.utf8)[...]
            #expect(rejected.result == .rejected(object) && rejected.bytes == object)
        }
        let end = try reader.next()
        #expect(end == nil)
    }

    @Test("a body without rows or without fields is read")
    func empty() throws {
        #expect(try read(#"{"fields":[],"rows":[]}"#).isEmpty)
        #expect(try read(#"{"fields":["a"],"rows":[]}"#).isEmpty)
        #expect(try read(#"{"fields":[],"rows":[[],[]]}"#).map(\.number) == [10, 11])
    }

    @Test(
        "a damaged body gives an error with the offset of the damage",
        arguments: [
            ("", 0), ("[]", 0), (#" {"fields":[],"rows":[]}"#, 0), (#"{"fields":[], "rows":[]}"#, 13),
            (#"{"fields":[,],"rows":[]}"#, 11), (#"{"fields":["a],"rows":[]}"#, 16), (#"{"fields":[1],"rows":[]}"#, 11),
            (#"{"fields":[],"rows":[]} "#, 23), (#"{"fields":[],"rows":[]"#, 22), (#"{"fields":[],"rows":[[],]}"#, 24),
            (#"{"fields":["a"],"rows":[[]]}"#, 24), (#"{"fields":["a"],"rows":[[1,2]]}"#, 24),
            (#"{"fields":["a"],"rows":[1]}"#, 24), (#"{"fields":["a"],"rows":[[01]]}"#, 26),
            (#"{"fields":["a"],"rows":[[-]]}"#, 25), (#"{"fields":["a"],"rows":[[1.]]}"#, 27),
            (#"{"fields":["a"],"rows":[[1e]]}"#, 27), (#"{"fields":["a"],"rows":[[nul]]}"#, 28),
            (#"{"fields":["a"],"rows":[["\x"]]}"#, 27), (#"{"fields":["a"],"rows":[["\u12g4"]]}"#, 30),
            (#"{"fields":["a"],"rows":[{"line":}]}"#, 32), (#"{"fields":["a"],"rows":[{"line"}]}"#, 31),
            (#"{"fields":["a"],"rows":[{line:1}]}"#, 25), (#"{"fields":["a"],"rows":[[1][1]]}"#, 27),
            (#"{"fields":["a"],"rows":[[[1}]]}"#, 27), ("{\"fields\":[\"a\"],\"rows\":[[\"\n\"]]}", 26),
            (#"{"fields":["a"],"rows":[[1 ]]}"#, 26),
        ])
    func damage(_ body: String, _ offset: Int) throws {
        let error = #expect(throws: ResultChunkError.self) { try read(body) }
        #expect(error?.offset == offset)
    }

    @Test("bytes that are no UTF-8 are damage")
    func invalidUTF8() throws {
        let body = Array(#"{"fields":["a"],"rows":[[""#.utf8) + [0xC3, 0x28] + Array(#""]]}"#.utf8)
        #expect(#expect(throws: ResultChunkError.self) { try read(body) }?.offset == 26)
    }

    @Test("values nested a million deep are refused and do not exhaust the stack", arguments: ["[", "{\"a\":"])
    func nesting(_ open: String) throws {
        let body = #"{"fields":["a"],"rows":[["# + String(repeating: open, count: 1_000_000)
        #expect(#expect(throws: ResultChunkError.self) { try read(body) }?.message.contains("nest deeper") == true)
    }

    @Test("a cut body is damage at every length, and no changed byte breaks the reader")
    func everyCutAndChange() throws {
        let rows = #"[1,"x\n"],{"line":2,"cells":["é"],"errors":[]},[null,[true]]"#
        let body = Array((#"{"fields":["a","b"],"rows":["# + rows + "]}").utf8)
        #expect(try read(body).count == 3)
        for end in body.indices {
            #expect(throws: ResultChunkError.self) { try read(Array(body[..<end])) }
        }
        for index in body.indices {
            for byte in UInt8.min...UInt8.max where byte != body[index] {
                var changed = body
                changed[index] = byte
                // What still reads is JSON all the same: another reader agrees.
                guard (try? read(changed)) != nil else { continue }
                #expect((try? JSONSerialization.jsonObject(with: Data(changed))) != nil, "byte \(index) as \(byte)")
            }
        }
    }
}
