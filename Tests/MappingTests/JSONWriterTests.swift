import Testing

@testable import Mapping

@Suite("JSON strings")
struct JSONWriterTests {
    @Test(
        "bytes become a JSON string, whatever they are",
        arguments: [
            ("", "\"\""), ("plain text that is long", "\"plain text that is long\""), ("a\"b\\c", "\"a\\\"b\\\\c\""),
            ("tab\tnew\nline\r", "\"tab\\tnew\\nline\\r\""), ("\u{1}\u{1F}\u{7F}", "\"\\u0001\\u001f\u{7F}\""),
            ("é日🦊", "\"é日🦊\""), ("a\0b", "\"a\u{2400}b\""), ("0123456\"", "\"0123456\\\"\""),
            ("0123456é", "\"0123456é\""),
        ])
    func strings(text: String, expected: String) {
        var output: [UInt8] = []
        JSONWriter.append(text, to: &output)
        #expect(String(decoding: output, as: UTF8.self) == expected)
    }

    @Test(
        "bytes that are not UTF-8 are replaced in raw cells",
        arguments: [
            ([0x61, 0xFF, 0x62], "\"a\u{FFFD}b\""), ([0xC3], "\"\u{FFFD}\""),
            ([0xED, 0xA0, 0x80], "\"\u{FFFD}\u{FFFD}\u{FFFD}\""),
            ([0xC0, 0x80], "\"\u{FFFD}\u{FFFD}\""), ([0xF4, 0x90, 0x80, 0x80], "\"\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\""),
        ] as [([UInt8], String)])
    func invalid(bytes: [UInt8], expected: String) {
        var output: [UInt8] = []
        JSONWriter.append(bytes, to: &output)
        #expect(String(decoding: output, as: UTF8.self) == expected)
    }

    @Test("every byte at every place of a word is escaped or kept as it must be")
    func words() throws {
        for byte in UInt8(1)...0x7F {
            for place in 0..<9 {
                var bytes = Array("abcdefghi".utf8)
                bytes[place] = byte
                var output: [UInt8] = []
                JSONWriter.append(bytes, to: &output)
                let accepted = try [UInt8](unsafeUninitializedCapacity: JSONWriter.capacity(for: 9)) { buffer, count in
                    let start = try #require(buffer.baseAddress)
                    count = try bytes.withUnsafeBufferPointer { try JSONWriter.write($0, to: start) }
                }
                #expect(accepted == output)
                let isEscaped = byte < 0x20 || byte == 0x22 || byte == 0x5C
                #expect((output.count > 11) == isEscaped)
            }
        }
    }
}
