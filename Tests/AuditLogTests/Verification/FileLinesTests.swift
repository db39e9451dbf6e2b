import Postgres
import Testing

@testable import AuditLog

@Suite("Lines of a stored file")
struct FileLinesTests {
    private static let content = Array("id,name\n1,Ada\n2,Grace\n3,Mary\n".utf8)
    private static let starts = [0, 8, 14, 22]
    private static let whole = FileLines(content, starts: starts, salt: Sample.salt)

    /// The piece with the line of Grace blanked.
    private static var blanked: FileLines {
        var lines = whole
        lines.blank(14..<21, with: Array("xxxxxxx".utf8)[...])
        return lines
    }

    @Test("the root is that of the lines, each with its nonce, and stays when lines are blanked")
    func root() throws {
        var tree = MerkleTree()
        for (index, line) in ["id,name\n", "1,Ada\n", "2,Grace\n", "3,Mary\n"].enumerated() {
            tree.append(data: ResultRows.nonce(salt: Sample.salt, row: index) + Array(line.utf8))
        }
        #expect(Self.whole.root == tree.root)
        var lines = Self.blanked
        #expect(lines.root == tree.root)
        #expect(String(decoding: lines.content, as: UTF8.self) == "id,name\n1,Ada\nxxxxxxx\n3,Mary\n")
        #expect(lines.lines.map(\.isBlank) == [false, false, true, false])
        // Read back, and one more line goes.
        lines = try #require(FileLines(lines.attachment))
        #expect(lines.root == tree.root && lines.content == Self.blanked.content)
        lines.blank(8..<13, with: Array("xxxxx".utf8)[...])
        #expect(try #require(FileLines(lines.attachment)).root == tree.root)
    }

    @Test("a record over several lines blanks each of them, and no other")
    func severalLines() {
        var lines = Self.whole
        lines.blank(10..<20, with: Array("xxx\nxxxxxx".utf8)[...])
        #expect(lines.lines.map(\.isBlank) == [false, true, true, false])
        #expect(lines.root == Self.whole.root)
    }

    @Test("of a blanked line neither its bytes nor its nonce is left")
    func nothingLeft() {
        let attachment = Self.blanked.attachment
        let text = String(decoding: attachment, as: UTF8.self)
        #expect(!text.contains("Grace") && text.contains("Ada"))
        let nonce = ResultRows.nonce(salt: Sample.salt, row: 2)
        #expect(!attachment.indices.contains { attachment[$0...].starts(with: nonce) })
        #expect(Self.blanked.lines.map(\.opening.count) == [16, 16, 32, 16])
    }

    /// What makes of a good attachment one that is none, or one of other lines.
    private static let forgeries: [(String, @Sendable (inout [UInt8]) -> Void)] = [
        ("nothing", { $0 = [] }),
        ("another label", { $0[0] ^= 1 }),
        ("cut", { $0.removeLast() }),
        ("longer", { $0.append(0x78) }),
        ("more lines than there are", { $0[24] += 1 }),
        ("a number of lines that no memory holds", { $0[21] = 255 }),
        ("a flag that is none", { $0[25] = 2 }),
        ("a line of no length", { $0[28] = 0 }),
        ("a line that is too long", { $0[26] = 255 }),
        ("something behind the nonce", { $0[25 + 4 + 16] = 1 }),
        ("another byte in a line that stays", { $0[$0.count - 2] ^= 1 }),
        (
            "words in a line that is blank",
            { $0.replaceSubrange(($0.count - 15)..<($0.count - 8), with: "MALLORY".utf8) }
        ),
        ("digits in a line that is blank", { $0[$0.count - 12] = 0x31 }),
        ("another leaf hash", { $0[25 + 2 * 36 + 8] ^= 1 }),
        ("another nonce", { $0[25 + 4] ^= 1 }),
        ("a line that stays called blank", { $0[25 + 36] = 1 }),
    ]

    @Test("what was forged is not read, or has another root", arguments: 0..<forgeries.count)
    func forged(index: Int) {
        var attachment = Self.blanked.attachment
        #expect(FileLines(attachment)?.root == Self.whole.root)
        Self.forgeries[index].1(&attachment)
        #expect(FileLines(attachment)?.root != Self.whole.root, "\(Self.forgeries[index].0)")
    }

    private static func event(_ attachment: [UInt8]?, payload: String) -> RecordedEvent {
        var event = Sample.event()
        event.stream.type = "job"
        event.type = "job.file_chunk_stored"
        event.personal = nil
        event.payload = JSON(payload)
        event.attachment = attachment
        return event
    }

    private static func payload(lines: Int = 4, root: MerkleHash = whole.root, size: Int = content.count) -> String {
        #"{"index":0,"offset":0,"size":\#(size),"compressed_size":9,"lines":\#(lines),"lines_root":"\#(root)"}"#
    }

    @Test("what is left of a piece is proved by lines, size and lines_root of the payload, and by nothing else")
    func remainder() throws {
        let attachment = Self.blanked.attachment
        let wrong = Remainder.wrong("the lines of the file that are left do not fit lines_root")
        #expect(Remainder(of: Self.event(attachment, payload: Self.payload())) == .proved)
        #expect(Remainder(of: Self.event(nil, payload: Self.payload())) == .proved)
        #expect(Remainder(of: Self.event(attachment, payload: Self.payload(size: 30))) == wrong)
        #expect(Remainder(of: Self.event(attachment, payload: Self.payload(root: .empty))) == wrong)
        #expect(
            Remainder(of: Self.event(Self.content, payload: Self.payload()))
                == .wrong("what is left of the piece of the file cannot be read"))
        #expect(
            Remainder(of: Self.event(attachment, payload: "{}"))
                == .wrong("what is left of the piece of the file cannot be read"))
        let old = #"{"index":0,"offset":0,"size":29,"compressed_size":9}"#
        #expect(Remainder(of: Self.event(Array("MALLORY".utf8), payload: old)) == .unproved)
        var named = Self.event(attachment, payload: Self.payload())
        named.personal = JSON(#"{"login":"ada"}"#)
        #expect(Remainder(of: named) == .unproved)
        named.attachment = Self.content
        #expect(Remainder(of: named) != .unproved)
        var other = Self.event([1], payload: "{}")
        other.type = "job.other"
        #expect(Remainder(of: other) == .unproved)
    }

    @Test("the inner node over two lines is not taken for one that was blanked")
    func innerNode() throws {
        let leaves = Self.whole.leaves
        // One blank line in the place of the last two: the root is the same, the number of lines is not.
        var attachment = Array("atlas2/file-lines/v1\n".utf8) + [0, 0, 0, 3]
        for index in 0..<2 {
            attachment += [0, 0, 0, UInt8(Self.whole.lines[index].range.count)]
            attachment += Self.whole.lines[index].opening + Array(repeating: 0, count: 16)
        }
        attachment += [1, 0, 0, 15] + MerkleHash.node(leaves[2], leaves[3]).bytes
        attachment += Self.content[..<14] + Array(repeating: UInt8(ascii: "x"), count: 15)
        #expect(FileLines(attachment)?.root == Self.whole.root)
        #expect(Remainder(of: Self.event(attachment, payload: Self.payload())) != .proved)
    }

    @Test("rows of a result chunk are proved with the names of their values where the payload states them")
    func rows() throws {
        let body = #"{"fields":["a","é"],"rows":[[1,2],[3,4]]}"#
        let rows = try #require(ResultRows(Array(body.utf8)))
        let root = rows.root(salt: Sample.salt, firstRow: 1)
        func remainder(_ attachment: [UInt8], fields: String?, last: Int = 2) -> Remainder {
            var event = Self.event(
                attachment,
                payload:
                    #"{"owner_id":"o","mapping_id":"m","first_row":1,"last_row":\#(last),"rows":2,"accepted":2,"rejected":0,"errors":[],"#
                    + #""rows_root":"\#(root)"\#(fields.map { #","fields":\#($0)"# } ?? "")}"#)
            event.type = "job.rows_processed"
            return Remainder(of: event)
        }
        let left = rows.redacted(erasing: [1], salt: Sample.salt, firstRow: 1)
        #expect(remainder(left, fields: #"["a","é"]"#) == .proved)
        #expect(remainder(left, fields: #"["a","\u00e9"]"#) == .proved)
        #expect(remainder(left, fields: nil) == .unproved)
        for other in [#"["é","a"]"#, #"["a"]"#, #"["a","é","b"]"#, #"["a","e\#u{301}"]"#, "[]"] {
            guard case .wrong = remainder(left, fields: other) else {
                Issue.record("\(other)")
                continue
            }
        }
        let swapped = String(decoding: left, as: UTF8.self).replacing(#"["a","é"]"#, with: #"["é","a"]"#)
        guard case .wrong = remainder(Array(swapped.utf8), fields: #"["a","é"]"#) else {
            Issue.record("swapped names")
            return
        }
        guard case .wrong = remainder(left, fields: #"["a","é"]"#, last: 3) else {
            Issue.record("a row more")
            return
        }
    }
}
