import Testing

@testable import Mapping

@Suite("Examples in mapping documents")
struct ExampleTests {
    private static let head = """
        name: n
        api:
          name: x
          fields:
            - {name: id, type: integer, required: true}
            - {name: code, type: string}
            - {name: fee, type: number}
            - {name: on, type: date}
            - {name: ok, type: boolean}
        source: {nulls: ["-"]}
        mappings:
          id: $No | to_integer
          code: $Code | trim
          fee: $Fee | parse_number("de")
          on: $"Joined on" | parse_date("dd.MM.yyyy")
          ok: $Ok | parse_boolean
        examples:

        """

    private func run(_ examples: String) throws -> [String] {
        let document = try Document(parsing: Self.head + "  - " + examples, file: "t.yaml")
        return try ExampleRun(document).differences.map {
            "\($0.location.line):\($0.location.column) \($0.target ?? "row") \($0.expected) / \($0.found)"
        }
    }

    @Test(
        "what a row gives is compared with what the example says",
        arguments: [
            ("{row: {No: 7}, gives: {id: 7}}", []),
            ("{row: {No: 007}, gives: {id: 7, code: null, fee: ~, on: '', ok: null}}", []),
            ("{row: {No: 7, Code: ' 01067 '}, gives: {code: 01067}}", []),
            ("{row: {No: 7, Code: 01067}, gives: {code: \"01067\"}}", []),
            ("{row: {No: 7, Fee: '1.250,50'}, gives: {fee: 1250.5}}", []),
            ("{row: {No: 7, Fee: '-', Code: null}, gives: {fee: null, code: null}}", []),
            ("{row: {No: 7, Joined on: 03.05.2021, Ok: Yes}, gives: {on: 2021-05-03, ok: true}}", []),
            ("{row: {No: 7, Code: Zoë}, gives: {code: Zoë}}", []),
            ("{row: {No: 7, Code: 'a\"b'}, gives: {code: 'a\"b'}}", []),
            ("{row: {No: 7}, gives: {}}", []),
            ("{row: {No: 7}, gives: {id: 8}}", ["18:5 id 8 / 7"]),
            ("{row: {No: 7}, gives: {id: '7'}}", ["18:5 id \"7\" / 7"]),
            ("{row: {No: 7, Code: Zoe\u{308}}, gives: {code: Zoë}}", ["18:5 code \"Zoë\" / \"Zoe\u{308}\""]),
            ("{row: {No: 7, Ok: no}, gives: {ok: true, code: x}}", ["18:5 ok true / false", "18:5 code \"x\" / null"]),
            ("{row: {No: x}, rejects: not_an_integer}", []),
            ("{row: {No: 1, Joined on: 31.02.2020}, rejects: no_such_date}", []),
            ("{row: {}, rejects: required}", []),
            ("{row: {No: 1}, rejects: required}", ["18:5 row rejected with required / the row is accepted"]),
        ])
    func comparisons(example: String, differences: [String]) throws {
        #expect(try run(example) == differences)
    }

    @Test("a row that is rejected otherwise than the example says is shown with its reasons")
    func reasons() throws {
        let found = try run("{row: {No: x}, gives: {id: 1}}")
        #expect(
            found.count == 1 && found[0].hasPrefix("18:5 row the row is accepted / rejected with not_an_integer (id: "))
        let other = try run("{row: {No: x}, rejects: required}")
        #expect(other.count == 1 && other[0].contains("/ rejected with not_an_integer (id: "))
    }

    @Test("each example has its number, its name and its place")
    func places() throws {
        let text =
            Self.head + """
                  - name: first
                    row: {No: 1}
                    gives: {id: 1}
                  - row: {No: 2}
                    gives: {id: 1}
                """
        let run = try ExampleRun(Document(parsing: text, file: "t.yaml"))
        #expect(run.count == 2)
        #expect(run.differences.map(\.example) == [2] && run.differences[0].name == nil)
        #expect(run.differences[0].location == Location(file: "t.yaml", line: 21, column: 5))
    }

    @Test("a document without examples has none, and a mapping with mistakes runs none")
    func withoutExamples() throws {
        let bare = "{name: n, api: {name: x, fields: [{name: a, type: integer}]}, mappings: {a: $x}}"
        #expect(try ExampleRun(Document(parsing: bare, file: "t")).count == 0)
        let wrong =
            "{name: n, api: {name: x, fields: [{name: a}]}, mappings: {b: $x}, examples: [{row: {x: 1}, gives: {b: 1}}]}"
        #expect(throws: MappingError.self) { try ExampleRun(Document(parsing: wrong, file: "t")) }
    }

    @Test(
        "mistakes in examples are mistakes of the document, each at its place",
        arguments: [
            ("{row: {No: 1}}", "18:5 wrong_value"),
            ("{row: {No: 1}, gives: {id: 1}, rejects: required}", "18:5 wrong_value"),
            ("{gives: {id: 1}}", "18:5 missing_key"),
            ("{row: [1], gives: {id: 1}}", "18:11 wrong_value"),
            ("{row: {No: 1}, gives: 1}", "18:27 wrong_value"),
            ("{row: {No: [1]}, gives: {id: 1}}", "18:16 wrong_value"),
            ("{row: {No: 1}, gives: {id: [1]}}", "18:32 wrong_value"),
            ("{row: {No: 1}, gives: {idd: 1}}", "18:5 unknown_field"),
            ("{row: {Nos: 1}, rejects: required}", "18:5 unknown_column"),
            ("{row: {No: 1, Nos: 1, Else: 2}, gives: {id: 1}}", ""),
            ("{rows: {No: 1}, gives: {id: 1}}", "18:6 unknown_key"),
        ])
    func mistakes(example: String, problem: String) {
        let problems = Sheet.problems(Self.head + "  - " + example)
        #expect(problems == (problem.isEmpty ? [] : [problem]))
    }

    @Test("a row that the mapping leaves out is neither accepted nor rejected")
    func skipped() throws {
        let text = """
            name: n
            api: {name: x, fields: [{name: id, type: integer}]}
            mappings: {id: '$No | drop_row_if($State == "gone") | to_integer'}
            examples:
              - {row: {No: "1", State: gone}, gives: {id: 1}}
              - {row: {No: "1", State: gone}, rejects: required}
              - {row: {No: "1", State: here}, gives: {id: 1}}
            """
        let differences = try ExampleRun(Document(parsing: text, file: "t.yaml")).differences
        #expect(differences.map(\.example) == [1, 2])
        #expect(differences.allSatisfy { $0.found == "the row is skipped" && $0.target == nil })
    }
}
