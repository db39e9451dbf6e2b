import Testing

@testable import Mapping

@Suite("JSON in cells")
struct JSONTests {
    @Test(
        "json_parse reads every kind of value and writes it in canonical form",
        arguments: [
            ("", "null"), (" \u{A0}\n", "null"), ("null", "null"), ("true", "true"), ("false", "false"), ("12", "12"),
            ("-0", "0"), ("1.50", "1.50"), ("1e3", "1000"), ("1.5E+3", "1500"), ("15e-1", "1.5"), ("1200E-3", "1.200"),
            ("0e9", "0"), ("1e37", "1" + String(repeating: "0", count: 37)),
            ("100e-39", "0." + String(repeating: "0", count: 36) + "10"),
            ("\"\"", "null"), ("\"a\"", "\"a\""), (#""\u00e9\/\ud83e\udd8a\b""#, #""é/🦊\u0008""#),
            (#""a\"\\\n\u001f""#, #""a\"\\\n\u001f""#), (" [ ] ", "[]"), ("{ }", "{}"),
            ("[1 , [ 2,{} ] ]", "[1,[2,{}]]"),
            (
                "{ \"b\" : 1.0,\t\"a\":[true,\nnull, \"x\\u0041\"] }", #"{"b":1.0,"a":[true,null,"xA"]}"#
            ),
            (#"{"é":"日本🦊"}"#, #"{"é":"日本🦊"}"#), (#"{"":{"":[]}}"#, #"{"":{"":[]}}"#), ("\u{FEFF}[1]", "[1]"),
            (#"{"a":{"x":1},"b":{"x":1}}"#, #"{"a":{"x":1},"b":{"x":1}}"#), ("[\"\u{7F}\"]", "[\"\u{7F}\"]"),
        ])
    func parse(cell: String, expected: String) throws {
        #expect(Array(try value(of: "$a | json_parse", cell).utf8) == Array(expected.utf8))
    }

    @Test(
        "json_parse refuses what is no JSON",
        arguments: [
            "a", "nul", "nulll", "True", "{", "[", "]", "[1", "[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}",
            "{\"a\":1,}",
            "{a:1}", "{'a':1}", "{1:2}", "\"a", "\"a\nb\"", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\", "01", "-",
            "+1", ".5", "1.",
            "1e", "1e+", "0x1", "NaN", "Infinity", "[1]]", "{} {}", "// a\n1", "[1]\u{0}", ":::", "\"a\"b\"",
        ])
    func notJSON(cell: String) throws {
        #expect(try value(of: "$a | json_parse", cell) == "not_json")
    }

    @Test(
        "json_parse refuses what readers take for different things or the log cannot hold",
        arguments: [
            (#"{"a":1,"a":1}"#, "duplicate_name"), (#"{"a":1,"\u0061":2}"#, "duplicate_name"),
            (#"[{"x":{"a":1,"b":2,"a":3}}]"#, "duplicate_name"), (#""\ud800""#, "lone_surrogate"),
            (#""\ud800\n""#, "lone_surrogate"), (#""\udc00""#, "lone_surrogate"),
            (#""\ud800\ud800""#, "lone_surrogate"),
            (#""\ud83e\u0041""#, "lone_surrogate"), (#""\u0000""#, "nul_byte"), (#"{"\u0000":1}"#, "nul_byte"),
            ("1e38", "number_too_large"), ("1e-39", "number_too_large"), ("[1e999999999999999999]", "number_too_large"),
            (String(repeating: "9", count: 39), "number_too_large"),
            ("0." + String(repeating: "0", count: 38) + "1", "number_too_large"),
        ])
    func refused(cell: String, expected: String) throws {
        #expect(try value(of: "$a | json_parse", cell) == expected)
    }

    @Test("an object of many names is searched for one that it has twice")
    func manyNames() throws {
        func object(_ names: [Int]) -> String { "{" + names.map { "\"k\($0)\":\($0)" }.joined(separator: ",") + "}" }
        let names = Array((0..<20_000).reversed())
        #expect(try value(of: "$a | json_parse", object(names)) == object(names))
        #expect(try value(of: "$a | json_parse", object(names + [77])) == "duplicate_name")
        for count in 2...20 {
            #expect(try value(of: "$a | json_parse", object(Array(0..<count) + [0])) == "duplicate_name")
        }
    }

    @Test("64 levels are read, more refused, however many", .timeLimit(.minutes(1)))
    func depth() throws {
        func nested(_ count: Int) -> String {
            String(repeating: "[", count: count) + String(repeating: "]", count: count)
        }
        #expect(try value(of: "$a | json_parse", nested(64)) == nested(64))
        #expect(try value(of: "$a | json_parse", nested(65)) == "json_too_deep")
        #expect(try value(of: "$a | json_parse", String(repeating: "[", count: 1_000_000)) == "json_too_deep")
        #expect(try value(of: "$a | json_parse", String(repeating: "{\"\":", count: 250_000)) == "json_too_deep")
        #expect(try value(of: "$a | json_parse", String(repeating: ":", count: 1_000_000)) == "not_json")
    }

    @Test("JSON that grows in canonical form stops at 8 MiB")
    func growth() throws {
        let numbers = "[" + String(repeating: "1e37,", count: 190_000) + "1]"
        #expect(try value(of: "$a | json_parse | json_path(\"$[-1]\")", numbers) == "1")
        let more = "[" + String(repeating: "1e37,", count: 260_000) + "1]"
        #expect(try value(of: "$a | json_parse", more) == "text_too_long")
    }

    @Test("bytes that are no UTF-8 are refused")
    func invalidBytes() throws {
        let sheet = try Sheet("{name: n, api: x, mappings: {t: $a | json_parse}}", columns: ["a"])
        #expect(sheet.map([[0x22, 0xFF, 0x22]]) == "t: json_parse invalid_utf8")
        #expect(sheet.map([[0x22, 0xED, 0xA0, 0x80, 0x22]]) == "t: json_parse invalid_utf8")
        #expect(sheet.map([[0x5B, 0xFF, 0x5D]]) == "t: json_parse not_json")
    }

    private static let order = #"""
        {"id": 7, "items": [{"sku": "A7", "unit price": 2.50}, {"sku": "B\n8", "": [true]}], "é": {"a.b": "x", "$": 1},
         "none": null, "text": "", "quote\"d": {"'": 5}, "nested": [[1, 2], [3, [4, 5]]]}
        """#

    @Test(
        "json_path gives one part by names and indexes, and a blank where there is none",
        arguments: [
            ("$.id", "7"), ("$['id']", "7"), ("$.items[0].sku", "\"A7\""), ("$.items[-1].sku", #""B\n8""#),
            ("$.items[0]['unit price']", "2.50"), ("$['items'][1][''][0]", "true"), ("$.items[2]", "null"),
            ("$.items[-3]", "null"), ("$.é['a.b']", "\"x\""), ("$.é['$']", "1"), ("$.none", "null"),
            ("$.none.x", "null"),
            ("$.text", "null"), ("$.missing", "null"), ("$.id.x", "null"), ("$.id[0]", "null"), ("$[0]", "null"),
            ("$.items.sku", "null"), ("$.nested[1][1][0]", "4"), ("$.nested[-1][-1][-1]", "5"),
            ("$.nested[0]", "[1,2]"),
            ("$.items[0]", #"{"sku":"A7","unit price":2.50}"#), ("$.é", #"{"a.b":"x","$":1}"#), ("$.i", "null"),
            ("$.items[9007199254740991]", "null"),
        ])
    func path(path: String, expected: String) throws {
        #expect(try value(of: "$a | json_path(\"\(path)\")", Self.order) == expected)
        #expect(try value(of: "$a | json_parse | json_path(\"\(path)\")", Self.order) == expected)
    }

    @Test("json_path goes on from what json_path gave, and $ is all of it")
    func steps() throws {
        let nested = #"$a | json_path("$.items") | json_path("$[0]") | json_path("$.sku") | lower"#
        #expect(try value(of: nested, Self.order) == "\"a7\"")
        #expect(try value(of: #"$a | json_path("$")"#, "[1, 2]") == "[1,2]")
        #expect(try value(of: #"$a | json_path("$")"#, "12") == "12")
        #expect(try value(of: #"$a | json_path("$.x")"#, "12") == "null")
        #expect(try value(of: #"$a | json_path("$['quote\"d']['\\'']")"#, Self.order) == "5")
        #expect(try value(of: #"$a | json_path("$.x") ?? 5"#, "{") == "5")
        #expect(try value(of: #"$a | json_path("$.x")"#, "{") == "not_json")
        #expect(try value(of: #"($a | json_path("$.id")) + 1"#, Self.order) == "8")
        #expect(try value(of: #"$a | json_path("$.x") | json_parse"#, #"{"x": "{\"y\": [1]}"}"#) == #"{"y":[1]}"#)
    }

    @Test(
        "a path is checked before the first row, and the place of the mistake given",
        arguments: [
            ("", 0), ("id", 0), ("$id", 1), ("$.", 2), ("$..a", 2), ("$.*", 2), ("$[*]", 2), ("$[0:1]", 3),
            ("$[01]", 2),
            ("$[-0]", 2), ("$[?@.a]", 2), ("$['a','b']", 5), ("$['a'", 5), ("$['a]", 2), ("$[", 2), ("$[0", 3),
            ("$.a b", 3),
            ("$.1", 2), ("$[9007199254740992]", 2), ("$ .a", 1),
        ])
    func wrongPath(path: String, offset: Int) {
        let quoted = path.replacing("'", with: "''")
        let problems = Sheet.problems("name: n\napi: x\nmappings: {t: '$a | json_path(\"\(quoted)\")'}")
        #expect(problems.count == 1)
        #expect(problems.first?.hasSuffix(" wrong_arguments") == true)
        #expect(throws: JSONPath.SyntaxError.self) { _ = try JSONPath(path) }
        do { _ = try JSONPath(path) } catch { #expect(error.offset == offset) }
    }

    @Test(
        "fields of type object and array take JSON of their kind and nothing else",
        arguments: [
            ("object", "{ \"a\" : [1] }", #"[{"a":[1]}]"#), ("object", "[1]", "f: type not_an_object"),
            ("object", "12", "f: type not_an_object"), ("object", "\"{}\"", "f: type not_an_object"),
            ("object", "a", "f: type not_json"), ("object", "", "[null]"), ("object", "null", "[null]"),
            ("array", " [ 1 , 2 ] ", "[[1,2]]"), ("array", "{}", "f: type not_an_array"),
            ("array", "[1", "f: type not_json"),
            ("array", "[]", "[[]]"), ("string", "{ }", "[\"{ }\"]"),
            ("object, required: true", "", "f: required required"),
            ("object, required: true", "null", "f: required required"),
        ])
    func fields(type: String, cell: String, expected: String) throws {
        let sheet = try Sheet(
            "name: n\napi: {name: x, fields: [{name: f, type: \(type)}]}\nmappings: {f: $a}", columns: ["a"])
        #expect(sheet.map([cell]) == expected)
    }

    @Test("what json_path gives becomes the field's type, or is refused")
    func conversions() throws {
        func map(_ type: String, _ cell: String) throws -> String {
            let sheet = try Sheet(
                "name: n\napi: {name: x, fields: [{name: f, type: \(type)}]}\nmappings: {f: '$a | json_path(\"$.x\")'}",
                columns: ["a"])
            return sheet.map([cell])
        }
        #expect(try map("integer", #"{"x": 12}"#) == "[12]")
        #expect(try map("integer", #"{"x": "12"}"#) == "[12]")
        #expect(try map("integer", #"{"x": 12.0}"#) == "[12]")
        #expect(try map("integer", #"{"x": [12]}"#) == "f: type wrong_type")
        #expect(try map("string", #"{"x": 12.50}"#) == #"["12.50"]"#)
        #expect(try map("string", #"{"x": {"y": "z"}}"#) == #"["{\"y\":\"z\"}"]"#)
        #expect(try map("date", #"{"x": "2024-02-29"}"#) == #"["2024-02-29"]"#)
        #expect(try map("object", #"{"x": {"y": 1}}"#) == #"[{"y":1}]"#)
        #expect(try map("array", #"{"x": {"y": 1}}"#) == "f: type not_an_array")
        #expect(try map("boolean", #"{"x": null}"#) == "[null]")
    }

    @Test("an object can be a key, and takes no limits, lists and constants")
    func checks() throws {
        let sheet = try Sheet(
            """
            name: n
            api: {name: x, fields: [{name: f, type: object}]}
            mappings: {f: $a, g.h: '$a | json_path("$.x")'}
            checks: [{unique: f}]
            """, columns: ["a"])
        let evaluator = Evaluator(sheet.program)
        var (output, key): ([UInt8], [UInt8]) = ([], [])
        #expect(evaluator.evaluate(.init([#"{"x": [1.0, "."]}"#]), into: &output) == .accepted)
        #expect(String(decoding: output, as: UTF8.self) == #"[{"x":[1.0,"."]},[1.0,"."]]"#)
        #expect(evaluator.appendUniqueKey(of: 0, to: &key))
        #expect(String(decoding: key, as: UTF8.self) == #"[{"x":[1.0,"."]}]"#)
        for check in ["enum: [a]", "const: a", "min: 1", "max_length: 2", "pattern: a", "formulas: forbid"] {
            let text = "name: n\napi: {name: x, fields: [{name: f, type: array, \(check)}]}\nmappings: {f: $a}"
            #expect(Sheet.problems(text).map { $0.split(separator: " ").last } == ["wrong_value"])
        }
    }

    @Test("an expression that can never be an object or array is a mistake of the document")
    func types() {
        let text = "name: n\napi: {name: x, fields: [{name: f, type: object}]}\nmappings: {f: $a | to_integer}"
        #expect(Sheet.problems(text) == ["3:20 type_mismatch"])
    }
}
