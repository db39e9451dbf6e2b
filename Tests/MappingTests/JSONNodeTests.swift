import Testing

@testable import Mapping

@Suite("JSON with places")
struct JSONNodeTests {
    /// A node and all below it, in one line: places, texts, and whether they stand there letter by letter.
    private func shown(_ node: DocumentNode) -> String {
        let place = "\(node.location.line):\(node.location.column)\(node.origin.isExact ? "=" : "")"
        switch node.content {
        case .scalar(let text, let isPlain): return place + (isPlain ? text : "'\(text)'")
        case .sequence(let items): return place + "[" + items.map(shown).joined(separator: " ") + "]"
        case .mapping(let pairs):
            return place + "{" + pairs.map { shown($0.key) + ":" + shown($0.value) }.joined(separator: " ") + "}"
        }
    }

    @Test(
        "values have the place where they begin; columns count Unicode scalars",
        arguments: [
            ("1", "1:1=1"), (" [ ] ", "1:2[]"), ("{}", "1:1{}"),
            ("[true,false,null]", "1:1[1:2=true 1:7=false 1:13=null]"),
            ("{\"a\":\n  -1.5e+3}", "1:1{1:3='a':2:3=-1.5e+3}"), ("[\"é€😀\",2]", "1:1[1:3='é€😀' 1:8=2]"),
            ("[\r\n\"x\",\r2,\n3]", "1:1[2:2='x' 3:1=2 4:1=3]"), ("\"a\\\"b\\u00e9\\n\"", "1:1'a\"bé\n'"),
            ("\"\\ud83d\\ude00\\/\"", "1:1'😀/'"), ("\u{FEFF}[0]", "1:1[1:2=0]"),
        ])
    func places(text: String, expected: String) throws {
        let plain = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
        #expect(JSONNodeReader.parse(plain, file: "x").map(shown) == expected)
        #expect(shown(try DocumentNode.parse(text, file: "x")) == expected)
    }

    @Test(
        "what is no JSON is left to YAML",
        arguments: [
            "", " ", "{", "[", "[1", "[1,]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a: 1}", "01", "1.", ".5", "+1",
            "1e", "-",
            "nul", "truely", "'a'", "\"a", "\"a\nb\"", "\"\\x\"", "\"\\u12\"", "\"\\u+123\"", "\"\\ud800\"",
            "\"\\ud800\\u0041\"", "[1] 2", "{\"a\":1,\"a\":2}", String(repeating: "[", count: 300), "a: b",
        ])
    func noJSON(text: String) {
        #expect(JSONNodeReader.parse(text, file: "x").map(shown) == nil)
    }

    @Test("a key twice is a mistake with its place, as in YAML")
    func twice() {
        #expect(throws: MappingError.self) { try DocumentNode.parse("{\"a\":1,\n\"a\":2}", file: "x") }
    }

    @Test("JSON may hold what looks like an anchor and an alias, and reads back as it was written")
    func looksLikeAlias() throws {
        var field = Field("a", .string)
        field.summary = "&x and *x, \u{1F600} \u{85}\u{2028} and tab\t"
        let fields = try Field.parseList("[\(field.json)]", file: "x")
        #expect(fields.map(\.summary) == [field.summary])
    }
}
