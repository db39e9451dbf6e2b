import Testing

@testable import Mapping

@Suite("Mapping documents")
struct DocumentTests {
    static let customers = #"""
        name: crm-customers
        api:                          # the name of an API configuration, or one written out here, registered on first use
          name: crm
          type: rest_api              # rest_api | webhook | database
          base_url: https://crm.example.com/v1
          auth_type: none             # none | api_key | bearer_token | basic_auth | oauth2
          fields:
            - {name: customer_id, type: integer, required: true}
            - {name: name, type: string, required: true, max_length: 80}
            - {name: signed_up, type: date}
            - {name: country, type: string, pattern: "^[A-Z]{2}$"}
        source: {delimiter: ";", header: true, encoding: utf-8, nulls: ["", "NULL"]}   # optional: what is given is not guessed
        mappings:                     # target field: expression (plain YAML text: no ": " and no " #" inside, or quote it)
          customer_id: $id | to_integer
          name: $"Full name" | trim | collapse_spaces | title
          signed_up: $signup | parse_date("dd/MM/yyyy", "d.M.yy")
          country: $country | upper | map("UK" -> "GB", "D" -> "DE") ?? "US"
          address.city: $city | null_if("-", "n/a")
        checks:
          - unique: [customer_id]
          - rule: ($end | parse_date("dd/MM/yyyy")) >= ($start | parse_date("dd/MM/yyyy"))
            message: the end lies before the start
        on_reject: skip               # skip | stop | null_value;  max_rejects: 1000 or 5%
        """#
    static let columns = ["id", "Full name", "signup", "country", "city", "start", "end"]

    @Test("the example of the specification reads as it is written")
    func example() throws {
        let document = try Document(parsing: Self.customers, file: "crm.yaml")
        #expect(document.name == "crm-customers")
        #expect(document.api.name == "crm")
        #expect(document.api.kind == .restAPI)
        #expect(document.api.baseURL == "https://crm.example.com/v1")
        #expect(document.api.authentication == API.Authentication.none)
        #expect(document.api.fields?.map(\.name) == ["customer_id", "name", "signed_up", "country"])
        #expect(document.api.fields?.map(\.isRequired) == [true, true, false, false])
        #expect(document.api.fields?[1].maximumLength == 80)
        #expect(document.source.delimiter == ";")
        #expect(document.source.hasHeader == true)
        #expect(document.source.encoding == "utf-8")
        #expect(document.source.nulls == ["", "NULL"])
        #expect(document.mappings.map(\.target) == ["customer_id", "name", "signed_up", "country", "address.city"])
        #expect(document.uniqueChecks.map(\.fields) == [["customer_id"]])
        #expect(document.rowRules.map(\.message) == ["the end lies before the start"])
        #expect(document.onReject == .skip)
        #expect(document.rejectLimit == nil)
        #expect(document.check(columns: Self.columns).isEmpty)
        #expect(document.check().isEmpty)
    }

    @Test(
        "the example maps and rejects rows",
        arguments: [
            (
                ["17", "  ann   LEE ", "29/02/2024", "uk", "Bath", "01/01/2024", "02/01/2024"],
                #"[17,"Ann Lee","2024-02-29","GB","Bath"]"#
            ),
            (["18", "Bo", "3.4.24", "", "-", "", ""], #"[18,"Bo","2024-04-03","US",null]"#),
            (["19", "Cy", "NULL", "NULL", "n/a", "NULL", "01/01/2024"], #"[19,"Cy",null,"US",null]"#),
            (
                ["x", "", "30/02/2024", "d", "", "", ""],
                "customer_id: to_integer not_an_integer; name: required required; signed_up: parse_date no_such_date"
            ),
            (
                ["", "D", "", "D", "", "02/01/2024", "01/01/2024"],
                "customer_id: required required; row: rule rule_failed"
            ),
            (
                ["20", String(repeating: "é", count: 80), "", "D", "", "", ""],
                "[20,\"É" + String(repeating: "é", count: 79) + "\",null,\"DE\",null]"
            ),
            (["20", String(repeating: "é", count: 81), "", "D", "", "", ""], "name: max_length too_long"),
            (["21", "E"], #"[21,"E",null,"US",null]"#),
            (["22", "F", "", "", "", "x", "01/01/2024"], "row: parse_date not_a_date"),
        ])
    func rows(cells: [String], expected: String) throws {
        #expect(try Sheet(Self.customers, columns: Self.columns).map(cells) == expected)
    }

    @Test("JSON is read like YAML, in the order it is written")
    func json() throws {
        let text = """
            {"name": "n", "api": "crm", "max_rejects": "5%", "on_reject": "null_value",
             "mappings": {"z": "$b | trim", "a": "$\\"x y\\""}, "checks": [{"unique": ["z", "a"]}]}
            """
        let document = try Document(parsing: text, file: "m.json")
        #expect(document.api.name == "crm")
        #expect(document.api.fields == nil)
        #expect(document.mappings.map(\.target) == ["z", "a"])
        #expect(document.rejectLimit == .percent(ExactDecimal(5)))
        #expect(document.onReject == .nullValue)
        #expect(document.uniqueChecks.first?.fields == ["z", "a"])
    }

    @Test(
        "an encoding is one that files can be read in, by any of its names",
        arguments: [
            ("utf-8", "utf-8", nil), ("Latin1", "iso-8859-1", nil), ("CP1252", "windows-1252", nil),
            ("UTF-16LE", "utf-16le", nil), ("utf-16be", "utf-16be", nil),
            (
                "utf-16", nil,
                "write 'utf-16le' or 'utf-16be', or nothing where the file starts with a byte order mark"
            ), ("utf-9", nil, "did you mean 'utf-8'?"),
        ] as [(String, String?, String?)])
    func encodings(name: String, encoding: String?, advice: String?) throws {
        let text = "name: n\napi: crm\nsource: {encoding: \(name)}\nmappings: {id: $a}"
        let found = Sheet.diagnostics(text)
        #expect(found.map(\.code) == (advice == nil ? [] : [.wrongValue]))
        #expect(found.first?.advice == advice)
        if advice == nil { #expect(try Document(parsing: text, file: "test.yaml").source.encoding == encoding) }
    }

    @Test(
        "a delimiter has one ASCII character or two, a quote has one",
        arguments: [
            ("delimiter: \"||\"", []), ("delimiter: ', '", []), ("delimiter: tab", []), ("quote: none", []),
            ("delimiter: \"|||\"", ["'delimiter' is '|||'"]), ("delimiter: é", ["'delimiter' is 'é'"]),
            ("delimiter: ''", ["'delimiter' is ''"]), ("quote: \"''\"", ["'quote' is ''''"]),
        ])
    func marks(source: String, messages: [String]) {
        let found = Sheet.diagnostics("name: n\napi: crm\nsource: {\(source)}\nmappings: {id: $a}")
        #expect(found.map(\.message) == messages)
    }

    @Test(
        "the lines that are left out, and the rows of the header, are counts",
        arguments: [
            ("{header_rows: 2, preamble_lines: 3, footer_lines: 0}", []), ("{header: true, header_rows: 1}", []),
            ("{header: false, header_rows: 0}", []),
            ("{header: false, header_rows: 1}", ["'header_rows' is 1, and 'header' is false"]),
            ("{header: true, header_rows: 0}", ["'header_rows' is 0, and 'header' is true"]),
            ("{preamble_lines: -1}", ["'preamble_lines' is '-1'"]),
            ("{footer_lines: two}", ["'footer_lines' is 'two'"]),
        ])
    func layout(source: String, messages: [String]) throws {
        let text = "name: n\napi: crm\nsource: \(source)\nmappings: {id: $a}"
        #expect(Sheet.diagnostics(text).map(\.message) == messages)
        if source.contains("preamble_lines: 3") {
            let options = try Document(parsing: text, file: "test.yaml").source
            #expect(options.headerRows == 2 && options.preambleLines == 3 && options.footerLines == 0)
        }
    }

    @Test(
        "targets that contradict each other are mistakes",
        arguments: [
            (["a.b", "a.c", "x[0]", "x[1].y", "x[1].z"], []),
            (["x[1]", "x[0]"], []),
            (["a", "a.b"], ["'a.b' makes 'a' a group of fields, and 'a' makes it a value"]),
            (["a.b", "a"], ["'a' makes 'a' a value, and 'a.b' makes it a group of fields"]),
            (["x[0]", "x.y"], ["'x.y' makes 'x' a group of fields, and 'x[0]' makes it a list"]),
            (["x[0]", "x[0].y"], ["'x[0].y' makes 'x[0]' a group of fields, and 'x[0]' makes it a value"]),
            (["x[0]", "x[00]"], ["'x[00]' is the same field as 'x[0]'"]),
            (["phones[1]"], ["'phones[1]' is there, but no 'phones[0]'"]),
            (["x[0]", "x[3]", "x[2].y"], ["'x[2].y' is there, but no 'x[1]'"]),
            (["x[99999999999999999999]"], ["'x[99999999999999999999]' is there, but no 'x[0]'"]),
            (["x[1][1]"], ["'x[1][1]' is there, but no 'x[0]'", "'x[1][1]' is there, but no 'x[1][0]'"]),
        ])
    func targets(targets: [String], messages: [String]) {
        let lines = targets.map { "  \"\($0)\": $a\n" }.joined()
        let found = Sheet.diagnostics("name: n\napi: crm\nmappings:\n\(lines)")
        #expect(found.map(\.message) == messages)
        #expect(found.allSatisfy { $0.code == .conflictingTarget && !$0.advice.isEmpty && $0.location.column == 4 })
    }

    @Test("everything that is wrong is said at once, with its place and what to do")
    func errors() {
        let text = #"""
            nam: x
            api:
              name: crm
              type: rest
              fields:
                - {name: id, type: integr, requird: true}
                - {name: zip, type: string, min: 3, pattern: "[0-9"}
                - {name: on, type: date, max: 2024-13-01}
            source: {delimiter: ";;;", header: yes}
            mappings:
              id: $a | | trim
              zip: ($b | trim
              on: '$c # "x'
            checks:
              - uniqe: [id]
            on_reject: ignore
            max_rejects: many
            """#
        let diagnostics = Sheet.diagnostics(text)
        let found = diagnostics.map { "\($0.location.line):\($0.location.column) \($0.code.rawValue)" }
        #expect(
            found == [
                "1:1 unknown_key", "1:1 missing_key", "4:9 wrong_value", "6:24 wrong_value", "6:32 unknown_key",
                "7:38 wrong_value", "7:51 pattern", "8:35 wrong_value", "9:22 wrong_value", "9:36 wrong_value",
                "11:12 syntax", "12:8 syntax", "13:11 syntax", "15:5 unknown_key", "15:5 wrong_value",
                "16:12 wrong_value",
                "17:14 wrong_value",
            ])
        let text0 = diagnostics.map(\.description)
        #expect(text0[0] == "test.yaml:1:1: 'nam' is not a key of a mapping; did you mean 'name'?")
        #expect(text0.contains { $0.contains("'integr' is not a type of a field; did you mean 'integer'?") })
        #expect(text0.contains { $0.contains("'requird' is not a key of a field; did you mean 'required'?") })
    }

    @Test(
        "text that is not YAML is one error with its place",
        arguments: [
            ("name: [a", 1), ("name: a\nname: b", 1), ("mappings:\n  a: \"x\" | trim", 2), ("a: &x [1]\nb: *x", 2),
            ("", 1),
            ("{\"name\": }}", 1), ("--- a\n--- b", 2),
        ])
    func notYAML(text: String, line: Int) {
        let diagnostics = Sheet.diagnostics(text)
        #expect(diagnostics.count == 1)
        #expect(diagnostics.first?.code == .syntax)
        #expect(diagnostics.first?.location.line == line)
    }

    @Test(
        "places inside quoted and folded texts are as exact as they can be",
        arguments: [
            ("  t: $a | nothing", "1:11"), ("  t: '$a | nothing'", "1:12"), ("  t: \"$a | nothing\"", "1:12"),
            ("  t: \"\\u0024a | nothing\"", "1:6"), ("  t: >\n    $a |\n    nothing", "1:6"),
            ("  t: é == $a | nothing", nil),
        ] as [(String, String?)])
    func places(line: String, place: String?) {
        let diagnostics = Sheet.diagnostics("mappings:\n\(line)\nname: n\napi: x")
        let first = diagnostics.first
        let expected = place.map { "\(2 + 0):\($0.drop { $0 != ":" }.dropFirst())" }
        if let expected, let first {
            #expect("\(first.location.line):\(first.location.column)" == expected)
            #expect(first.code == .unknownFunction)
        } else {
            #expect(first?.code == .syntax)
        }
    }

    @Test("fields of a stored API are read from their list alone")
    func fieldList() throws {
        let fields = try Field.parseList(
            "[{\"name\":\"id\",\"type\":\"integer\",\"required\":true,\"min\":1,\"enum\":[1,2]},{\"name\":\"x\",\"type\":\"text\"}]",
            file: "api")
        #expect(fields.map(\.name) == ["id", "x"])
        #expect(fields[0].minimum == .number(ExactDecimal(1)))
        #expect(fields[0].allowedValues?.count == 2)
        #expect(fields[1].type == .string)
    }

    @Test("a field's JSON reads as the same field again")
    func fieldJSON() throws {
        let definitions = #"""
            - {name: id, type: integer, required: true, min: 1, max: 12345678901234567890123}
            - {name: rate, type: number, enum: [1.50, 2]}
            - {name: text, type: email, min_length: 2, max_length: 80, pattern: "^\\S+\\.\"é$", description: 'a "b"'}
            - {name: day, type: date, min: 2000-02-29, enum: [2000-02-29]}
            - {name: "phones[0]", type: boolean, enum: [true]}
            """#
        let json = try Field.parseList(definitions, file: "fields").map(\.json)
        #expect(json[0] == #"{"name":"id","type":"integer","required":true,"min":1,"max":12345678901234567890123}"#)
        #expect(json[2].contains(#""pattern":"^\\S+\\.\"é$""#))
        let again = try Field.parseList("[\(json.joined(separator: ","))]", file: "fields").map(\.json)
        #expect(again == json)
    }
}
