import Testing

@testable import Projections

@Suite("Reading the tokens of an SQL text")
struct TokenizerTests {
    @Test(
        "words, names, strings and symbols are told apart",
        arguments: [
            ("SELECT a", [.word, .word], ["select", "a"]),
            ("\"A\"\"b\".c", [.quotedName, .symbol, .word], ["A\"b", ".", "c"]),
            ("'it''s' x", [.string, .word], ["it's", "x"]),
            ("E'it\\'s' x", [.string, .word], ["it\\'s", "x"]),
            ("E'a' -- b\n '\\'c' x", [.string, .word], ["a\\'c", "x"]),
            ("'a'\n'b' 'c'", [.string, .string], ["ab", "c"]),
            ("$a$ $$ $b$ $a$", [.string], [" $$ $b$ "]),
            ("$1::int4", [.parameter, .symbol, .word], ["$1", "::", "int4"]),
            ("a->>'b'", [.word, .symbol, .symbol, .symbol, .string], ["a", "-", ">", ">", "b"]),
            ("1.5e3+x1$", [.number, .symbol, .word], ["1.5e3", "+", "x1$"]),
            ("a--b\nc/*d/*e*/f*/g", [.word, .word, .word], ["a", "c", "g"]),
            ("ä", [.word], ["ä"]),
        ] as [(String, [Token.Kind], [String])])
    func kinds(text: String, kinds: [Token.Kind], texts: [String]) {
        let tokens = Tokenizer.tokens(of: text)
        #expect(tokens.map(\.kind) == kinds)
        #expect(tokens.map(\.text) == texts)
        #expect(tokens.allSatisfy { $0.isClosed })
    }

    @Test("a range is that of the bytes which were read")
    func ranges() {
        let text = "ä 'b' \"c\""
        let bytes = Array(text.utf8)
        let read = Tokenizer.tokens(of: text).map { String(decoding: bytes[$0.range], as: UTF8.self) }
        #expect(read == ["ä", "'b'", "\"c\""])
    }

    @Test(
        "what is not closed ends with the text and says so", arguments: ["'a", "\"a", "E'a\\", "$a$ b", "$$", "'a''"])
    func unclosed(text: String) {
        let tokens = Tokenizer.tokens(of: text)
        #expect(tokens.map(\.isClosed) == [false])
        #expect(tokens.first?.range == 0..<text.utf8.count)
    }

    @Test("any bytes are read to their end, and no token is empty or overlaps another")
    func anything() {
        var random = SystemRandomNumberGenerator()
        let alphabet = Array("a1 '\"$;-/*\\E\n:(),.ä".unicodeScalars)
        for _ in 0..<2000 {
            var text = ""
            for _ in 0..<Int.random(in: 0...20) { text.unicodeScalars.append(alphabet.randomElement(using: &random)!) }
            var end = 0
            for token in Tokenizer.tokens(of: text) {
                #expect(
                    token.range.lowerBound >= end && !token.range.isEmpty && token.range.upperBound <= text.utf8.count,
                    "\(text)")
                end = token.range.upperBound
            }
        }
    }
}
