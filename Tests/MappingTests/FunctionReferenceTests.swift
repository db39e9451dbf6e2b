import Testing

@testable import Mapping

@Suite("Reference of the functions")
struct FunctionReferenceTests {
    @Test("every function is in one group and has a row of five cells")
    func rows() {
        let names = FunctionTable.functions.map(\.name)
        #expect(Set(names).count == names.count)
        let rows = FunctionReference.markdown.split(separator: "\n").filter { $0.hasPrefix("| `") }
        #expect(rows.count == names.count)
        for (row, function) in zip(rows, FunctionTable.functions) {
            #expect(row.hasPrefix("| `\(function.signature)` | "))
            #expect(row.replacing("\\|", with: "").count { $0 == "|" } == 6, "\(row)")
        }
    }

    @Test("what Markdown or a table would take for its own is written as such")
    func escaping() {
        let markdown = FunctionReference.markdown
        #expect(markdown.contains("| `\"  a b \" \\| trim` | `a b` | |\n"))
        #expect(markdown.contains("&amp;amp; and others become characters | "))
        #expect(markdown.contains("Writes \\* for all code points"))
    }

    @Test(
        "a signature says what must be given, what may be, and what may be repeated",
        arguments: [
            ("trim", "trim(value)"), ("round", "round(value, [digits], [mode])"), ("join", "join(separator, value…)"),
            ("parse_date", "parse_date(value, [format…])"), ("map", "map(value, \"from\" -> to…)"),
            ("row_number", "row_number()"),
            ("case", "case(condition -> value…, [otherwise])"),
        ])
    func signatures(name: String, signature: String) {
        #expect(FunctionTable.function(named: name)?.signature == signature)
    }
}
