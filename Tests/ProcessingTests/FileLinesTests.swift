import AuditLog
import Testing

@testable import Processing

@Suite("Lines of the pieces of a file")
struct FileLinesTests {
    private static let salt = Array(repeating: UInt8(5), count: 16)

    @Test(
        "a line ends behind its line breaks, whatever they are, and takes empty lines along",
        arguments: [
            ("", []), ("a", [0]), ("a\n", [0]), ("a\nb", [0, 2]), ("a\r\nb\r\n", [0, 3]), ("a\rb\r", [0, 2]),
            ("a\n\n\r\n\nb", [0, 6]), ("\n\na\nb", [0, 2, 4]), ("\n", [0]), ("\u{FEFF}a\nb", [0, 3, 5]),
            ("\u{FEFF}", [0]), ("a\u{FEFF}\n", [0]), ("\"a\nb\",c\nd", [0, 3, 8]),
        ])
    func starts(text: String, starts: [Int]) {
        #expect(FileChunk.lineStarts(Array(text.utf8)) == starts)
    }

    @Test(
        "what is stated of a piece is what another reader finds in it, whole and blanked",
        arguments: ["", "a", "id;name\r\n1;Ada\r\n2;Grace\r\n\r\n3;Mary", "a\rb\rc\r", "\u{FEFF}x\ny\n"])
    func root(text: String) throws {
        let content = Array(text.utf8)
        let stated = FileChunk(index: 0, offset: 0, bytes: content).lines(salt: Self.salt)
        var compressor = LZ4Frame.Compressor()
        var opener = try PieceOpener()
        var lines = try opener.lines(of: try compressor.compress(content), salt: Self.salt)
        #expect(lines.root.bytes == stated.root)
        #expect(lines.lines.count == stated.count)
        guard let last = lines.lines.last?.range else { return }
        lines.blank(last, with: content[last].map { [0x0A, 0x0D].contains($0) ? $0 : UInt8(ascii: "x") }[...])
        let again = try opener.lines(of: lines.attachment, salt: [])
        #expect(again.root.bytes == stated.root)
        #expect(try opener.content(of: lines.attachment).count == content.count)
    }

    @Test("a blanked piece is read as a whole one: the same bytes but for what was blanked")
    func content() throws {
        let content = Array("1,Ada\n2,Grace\n".utf8)
        var compressor = LZ4Frame.Compressor()
        var opener = try PieceOpener()
        let frame = try compressor.compress(content)
        #expect(try opener.content(of: frame) == content)
        var lines = try opener.lines(of: frame, salt: Self.salt)
        lines.blank(6..<13, with: Array("xxxxxxx".utf8)[...])
        #expect(String(decoding: try opener.content(of: lines.attachment), as: UTF8.self) == "1,Ada\nxxxxxxx\n")
    }
}
