import Testing

@testable import Mapping

@Suite("Patterns")
struct PatternTests {
    /// The captures of the first match as texts, `nil` for no match; checks that all engines agree.
    private func match(_ pattern: String, _ text: String) throws -> [String]? {
        let compiled = try Pattern(pattern)
        let threads = PatternThreads()
        return Array(text.utf8).withUnsafeBufferPointer { bytes in
            let found = compiled.firstMatch(in: bytes, from: 0, threads: threads)
            #expect(compiled.matches(bytes, threads: threads) == found)
            #expect(threads.search(compiled.program, bytes, from: 0, needsCaptures: false) == found)
            guard compiled.firstMatch(in: bytes, from: 0, threads: threads) else { return nil }
            return stride(from: 0, to: threads.captures.count, by: 2).map { slot in
                let (start, end) = (threads.captures[slot], threads.captures[slot + 1])
                return start < 0 ? "-" : String(decoding: bytes[start..<end], as: UTF8.self)
            }
        }
    }

    @Test(
        "a pattern matches what its syntax says, leftmost and by preference",
        arguments: [
            ("^[A-Z]{2}$", "GB", ["GB"]), ("^[A-Z]{2}$", "gb", nil), ("^[A-Z]{2}$", "GBR", nil),
            ("^[A-Z]{2}$", "", nil),
            ("^[A-Z]{2}$", "ÄÖ", nil), ("b+", "abbbc", ["bbb"]), ("b+?", "abbbc", ["b"]),
            ("(a|ab)(c|bcd)(d*)", "abcd", ["abcd", "a", "bcd", ""]),
            ("(a*)(b?)", "aab", ["aab", "aa", "b"]), ("(a)|b", "b", ["b", "-"]), ("a{2,3}", "aaaa", ["aaa"]),
            ("a{2,3}?", "aaaa", ["aa"]), ("a{0}b", "b", ["b"]), ("a{2,}", "aaaaa", ["aaaaa"]), ("^$", "", [""]),
            ("^$", "a", nil),
            ("$", "ab", [""]), ("^", "ab", [""]), ("a$", "ab", nil), ("x*", "abc", [""]),
            ("(x*)*", "xx", ["xx", "xx"]),
            ("(a|b)*c", "ababc", ["ababc", "b"]), ("[^a-c]+", "abcxyz", ["xyz"]), ("[]a]+", "]a", ["]a"]),
            ("[a-]+", "a-", ["a-"]),
            ("\\d{4}-\\d{2}", "on 2024-05", ["2024-05"]), ("\\bcat\\b", "a cat.", ["cat"]),
            ("\\bcat\\b", "concat", nil),
            ("\\Bcat", "concat", ["cat"]), ("é+", "ééa", ["éé"]), (".", "é", ["é"]), (".", "\n", nil),
            ("\\s", "\u{A0}", ["\u{A0}"]),
            ("^\\S+$", "日本", ["日本"]), ("\\p{L}+", "1日本語2", ["日本語"]), ("\\P{L}", "a1", ["1"]), ("\\p{Lu}", "aÉ", ["É"]),
            ("(?i)straße", "STRAßE", ["STRAßE"]), ("(?i)é", "É", ["É"]), ("(?i)^[a-c]+$", "AbC", ["AbC"]),
            ("\\u00e9\\x41", "éA", ["éA"]), ("a\\.b", "a.b", ["a.b"]), ("a\\.b", "axb", nil),
            ("(?:ab)+(c)", "ababc", ["ababc", "c"]),
            ("[\\d\\-/]+", "1-2/3", ["1-2/3"]), ("[\\w.]+@[\\w.]+", "x a.b@c.de y", ["a.b@c.de"]), ("\\W", "é", ["é"]),
            ("[^\\d]", "1a", ["a"]),
            ("^(?:a|b$)", "b", ["b"]), ("^(?:a|b$)", "bc", nil), ("🦊{2}", "🦊🦊", ["🦊🦊"]), ("a|b|", "c", [""]),
        ] as [(String, String, [String]?)])
    func matching(pattern: String, text: String, expected: [String]?) throws {
        #expect(try match(pattern, text) == expected)
    }

    @Test(
        "what cannot be matched in linear time, or means nothing, is an error with a place",
        arguments: [
            ("(a)\\1", 3), ("a(?=b)", 1), ("a(?<!b)", 1), ("(?<n>a)", 0), ("(ab", 0), ("ab)", 2), ("[a", 0),
            ("[z-a]", 1), ("*a", 0),
            ("a**", 2), ("a{3,2}", 1), ("a{1001}", 1), ("a{x}", 1), ("a++", 2), ("\\q", 0), ("abc\\", 3),
            ("\\p{Greek}", 0), ("^*", 1),
            ("a{9", 1), ("\\x4", 0), ("(((a{1000}){1000}){1000})", 0), ("\\p{L", 0),
        ])
    func errors(pattern: String, offset: Int) {
        #expect {
            try Pattern(pattern)
        } throws: { error in
            (error as? PatternError)?.offset == offset
        }
    }

    @Test(
        "patterns that make backtracking engines hang are done at once", .timeLimit(.minutes(10)),
        arguments: [
            "^(a+)+$", "(a|a)*b", "(a|aa)+$", "(.*)*x", "^(([a-z])+.)+[A-Z]([a-z])+$", "(x+x+)+y", "(a?){50}a{50}$",
            "((a{0,9}){0,9}){0,9}b",
        ])
    func catastrophic(pattern: String) throws {
        let text = Array(String(repeating: "a", count: 2_000).utf8) + Array("!é".utf8)
        let compiled = try Pattern(pattern)
        let threads = PatternThreads()
        let found = text.withUnsafeBufferPointer { compiled.firstMatch(in: $0, from: 0, threads: threads) }
        #expect(!found || pattern == "(a?){50}a{50}$")
        #expect(!threads.isExhausted)
    }

    @Test("a search that costs too much stops at its budget and says so", .timeLimit(.minutes(10)))
    func budget() throws {
        let replacement = try PatternReplacement(
            .init(string: "a(.*b)?", argument: 1), .init(string: "", argument: 2))
        let workspace = Workspace()
        workspace.threads.resetBudget(to: 1 << 16)
        let value = Array(repeating: UInt8(ascii: "a"), count: 10_000).withUnsafeBufferPointer {
            replacement.apply(to: $0, workspace)
        }
        guard case .failed = value else {
            Issue.record("it was not stopped")
            return
        }
        #expect(workspace.failure.code == "pattern_too_costly")
    }

    @Test("the table automaton and the virtual machine agree on every short text")
    func agreement() throws {
        let patterns = ["^a*b$", "(ab|ba)+", "^(a|b)?c{1,2}$", "a.c|^b", "[^a]$", "^$|c", "a?b?c?$", "^[ab]{2,3}"]
        var texts = [""]
        for _ in 0..<5 { texts += texts.flatMap { text in ["a", "b", "c"].map { text + $0 } } }
        let threads = PatternThreads()
        for pattern in patterns {
            let compiled = try Pattern(pattern)
            let automaton = try #require(PatternAutomaton(compiled.program))
            for text in Set(texts) {
                Array(text.utf8).withUnsafeBufferPointer { bytes in
                    let expected = threads.search(compiled.program, bytes, from: 0, needsCaptures: false)
                    #expect(automaton.matches(bytes) == expected, "\(pattern) on '\(text)'")
                }
            }
        }
    }
}
