import CSV
import Testing

@testable import Mapping

@Suite("Lookups")
struct LookupTests {
    /// What `lookup` gives in a target of its own.
    private func look(_ expression: String, _ a: String = "") throws -> String {
        try value(of: expression, a)
    }

    @Test(
        "a key gives the column of its row; one that is blank a blank, one that is not there fails",
        arguments: [
            ("IT", "name", "\"Italy\""), ("IT", "people", "59000000"), ("IT", "area", "302068.50"),
            ("IT", "since", "\"1861-03-17\""), ("IT", "seen", "\"2024-02-29T12:30:00+01:00\""), ("IT", "euro", "true"),
            ("CH", "euro", "false"), ("IT", "tags", "[1,\"a\"]"), ("FR", "tags", "[]"), ("IT", "more.any", "1"),
            ("FR", "more.any", "\"x\""), ("FR", "name", "\"France \\\"Ü\\\"\\n\""), ("IT", "iso", "\"IT\""),
            ("CH", "people", "null"), ("CH", "tags", "null"), ("", "name", "null"), ("it", "name", "not_in_table"),
            ("IT ", "name", "not_in_table"), ("I", "name", "not_in_table"), ("ITA", "name", "not_in_table"),
            ("é", "name", "\"composed\""), ("e\u{301}", "name", "\"decomposed\""),
            ("日本", "name", "not_in_table"), ("I\u{0}T", "name", "not_in_table"),
            (String(repeating: "x", count: 100_000), "name", "not_in_table"),
        ])
    func columns(key: String, column: String, result: String) throws {
        #expect(
            Array(try look("$a | lookup(\"countries\", \"\(column)\")", key).utf8) == Array(result.utf8))
    }

    @Test(
        "what a lookup gives is used like any value of its type",
        arguments: [
            ("lookup(\"countries\", $a, \"name\")", "\"Italy\""),
            ("($a | lookup(\"countries\", \"people\")) / 1000000", "59"),
            ("($a | lookup(\"countries\", \"area\")) > 300000", "true"),
            ("$a | lookup(\"countries\", \"since\") | add(\"P1D\") | format_date(\"d.M.yyyy\")", "\"18.3.1861\""),
            ("$a | lookup(\"countries\", \"seen\") | to_zone(\"Z\")", "\"2024-02-29T11:30:00Z\""),
            ("if $a | lookup(\"countries\", \"euro\") then \"EUR\" else \"other\"", "\"EUR\""),
            ("$a | lookup(\"countries\", \"tags\") | json_path(\"$[1]\")", "\"a\""),
            ("$a | lookup(\"countries\", \"name\") | upper", "\"ITALY\""),
            ("$b | lookup(\"countries\", \"name\") ?? \"none\"", "\"none\""),
            ("\"XX\" | lookup(\"countries\", \"name\") ?? \"none\"", "\"none\""),
            ("\"XX\" | lookup(\"countries\", \"name\") | default(\"none\")", "not_in_table"),
            ("join(\"/\", lookup(\"countries\", \"FR\", \"iso\"), lookup(\"countries\", $a, \"iso\"))", "\"FR/IT\""),
        ])
    func values(expression: String, result: String) throws {
        #expect(try look(expression, "IT") == result)
    }

    @Test(
        "keys are equal when their values are, as for unique checks",
        arguments: [
            (sample("integer", "7", "-1"), "$a", "7", "v0"), (sample("integer", "7", "-1"), "$a", "007", "v0"),
            (sample("integer", "7", "-1"), "$a", "-1", "v1"), (sample("integer", "7"), "$a", "x", "not_an_integer"),
            (sample("integer", "7"), "$a", "8", "not_in_table"), (sample("number", "1.50"), "$a", "1.5", "v0"),
            (sample("number", "1.50"), "$a | to_decimal", "1.500", "v0"), (sample("number", "0"), "$a", "-0.0", "v0"),
            (sample("date", "2024-02-29"), "$a | parse_date(\"d.M.yyyy\")", "29.2.2024", "v0"),
            (sample("date", "2024-02-29"), "$a", "2024-02-29", "v0"),
            (sample("datetime", "2024-02-29T12:30:00+01:00"), "$a", "2024-02-29T11:30:00.0Z", "v0"),
            (sample("datetime", "2024-02-29T12:30:00+01:00"), "$a", "2024-02-29T12:30:00Z", "not_in_table"),
            (sample("boolean", "true"), "$a | parse_boolean", "yes", "v0"),
            (sample("string", "1.50"), "$a | to_decimal", "1.50", "v0"),
            (sample("string", "1.50"), "$a | to_decimal", "1.5", "not_in_table"),
            (sample("string"), "$a", "1", "not_in_table"), (sample("string", ""), "$a", "", "null"),
        ])
    func keys(sample: LookupTable.Sample, key: String, cell: String, result: String) throws {
        let sheet = try Sheet(
            "{name: n, api: x, mappings: {t: '\(key) | lookup(\"t\", \"v\")'}}", columns: ["a"], tables: [sample])
        let found = sheet.map([cell])
        #expect(found == "[\"\(result)\"]" || found == "[\(result)]" || found.hasSuffix(" \(result)"), "\(found)")
    }

    @Test("every row of a large table is found by its key, and no other key is")
    func large() throws {
        let count = 50_000
        let table = try Document(parsing: sample("string").mapping, file: "t.yaml")
        let document = try Document(
            parsing: "{name: n, api: x, mappings: {t: '$a | lookup(\"t\", \"v\")'}}", file: "n.yaml")
        var builder = LookupTableBuilder(TableDescription("t", table, fields: []), for: document.tables[0])
        for row in 0..<count {
            try builder.add(
                [ArraySlice("\"key \(row)\"".utf8), ArraySlice("\"\(row * 7)\"".utf8)], fields: ["k", "v"])
        }
        let program = try Program(document, columns: ["a"], tables: LookupTables([builder.finish()]))
        let evaluator = Evaluator(program)
        var output: [UInt8] = []
        for row in 0..<count {
            output.removeAll(keepingCapacity: true)
            let outcome = evaluator.evaluate(Record(["key \(row)"]), into: &output)
            #expect(outcome == .accepted)
            #expect(output == Array("[\"\(row * 7)\"]".utf8))
        }
        for row in [-1, count, count + 1] {
            let outcome = evaluator.evaluate(Record(["key \(row)"]), into: &output)
            #expect(outcome == .rejected)
        }
    }

    @Test("of equal keys the first row counts, and rows of chunks with other fields are read by their names")
    func chunks() throws {
        let table = try Document(parsing: sample("string").mapping, file: "t.yaml")
        let document = try Document(
            parsing: "{name: n, api: x, mappings: {t: '$a | lookup(\"t\", \"v\")'}}", file: "n.yaml")
        var builder = LookupTableBuilder(TableDescription("t", table, fields: []), for: document.tables[0])
        try builder.add([ArraySlice("\"a\"".utf8), ArraySlice("\"first\"".utf8)], fields: ["k", "v"])
        try builder.add([ArraySlice("\"a\"".utf8), ArraySlice("\"second\"".utf8)], fields: ["k", "v"])
        try builder.add([ArraySlice("\"swapped\"".utf8), ArraySlice("\"b\"".utf8)], fields: ["v", "k"])
        try builder.add([ArraySlice("\"c\"".utf8)], fields: ["k"])
        try builder.add([ArraySlice("null".utf8), ArraySlice("\"no key\"".utf8)], fields: ["k", "v"])
        let built = builder.finish()
        #expect(built.rows == 5)
        let program = try Program(document, columns: ["a"], tables: LookupTables([built]))
        let evaluator = Evaluator(program)
        for (key, result) in [("a", "[\"first\"]"), ("b", "[\"swapped\"]"), ("c", "[null]")] {
            var output: [UInt8] = []
            let outcome = evaluator.evaluate(Record([key]), into: &output)
            #expect(outcome == .accepted)
            #expect(String(decoding: output, as: UTF8.self) == result)
        }
    }

    @Test("a table is refused as soon as it would take more memory than it may")
    func limit() throws {
        let document = try Document(
            parsing: "{name: n, api: x, mappings: {t: '$a | lookup(\"countries\", \"name\")'}}", file: "n.yaml")
        let use = document.tables[0]
        #expect(throws: LookupTableBuilder.TooLarge.self) {
            _ = try LookupTable(.countries, for: use, limit: 1 << 15)
        }
        let table = try LookupTable(.countries, for: use, limit: 1 << 17)
        #expect(table.rows == 6 && table.size <= 1 << 17)
        var builder = LookupTableBuilder(table.description, for: use, limit: 4 << 20)
        let name = ArraySlice("\"\(String(repeating: "n", count: 100_000))\"".utf8)
        do {
            for row in 0..<1_000 { try builder.add([ArraySlice("\"\(row)\"".utf8), name], fields: ["iso", "name"]) }
            Issue.record("a hundred times the memory was taken")
        } catch {
            #expect(builder.rows > 10 && builder.rows < 50)
        }
    }

    // MARK: - Checking

    private static func problems(_ expression: String, _ tables: LookupTables?) throws -> [String] {
        let quoted = expression.replacing("'", with: "''")
        let document = try Document(
            parsing: "{name: n, api: {name: x, fields: [{name: t, type: date}]}, mappings: {t: '\(quoted)'}}",
            file: "t.yaml")
        return document.check(columns: ["a"], tables: tables).map {
            "\($0.location.column) \($0.code.rawValue) \($0.advice)"
        }
    }

    @Test(
        "unknown tables and columns, keys and types that cannot fit are mistakes with a place and a suggestion",
        arguments: [
            ("$a | lookup(\"countries\", \"since\")", []),
            ("$a | lookup(\"countrys\", \"since\")", ["87 unknown_table did you mean 'countries'?"]),
            ("$a | lookup(\"cities\", \"since\")", ["87 unknown_table run its file first"]),
            ("$a | lookup(\"\", \"since\")", ["87 unknown_table known are: 'countries'"]),
            ("$a | lookup(\"countries\", \"sinc\")", ["100 unknown_column did you mean 'since'?"]),
            (
                "$a | lookup(\"countries\", \"people\")",
                ["80 type_mismatch read the value with parse_date(\"dd/MM/yyyy\")"]
            ),
            (
                "$a | lookup(\"countries\")",
                [
                    "80 wrong_arguments it is called as lookup(table, key, column); the value before '|' counts as its value"
                ]
            ),
            ("$a | lookup($a, \"since\")", ["87 wrong_arguments put it between quotes"]),
            ("lookup(\"countries\", $b, \"since\")", ["95 unknown_column did you mean $a?"]),
        ])
    func mistakes(expression: String, expected: [String]) throws {
        let document = try Document(
            parsing:
                "{name: n, api: x, mappings: {t: '$a | lookup(\"countries\", \"since\")', p: '$a | lookup(\"countries\", \"people\")'}}",
            file: "n.yaml")
        let tables = try LookupTables([.countries], for: document)
        #expect(try Self.problems(expression, tables) == expected)
    }

    @Test("a key of a type that a table's key cannot be, and a table without a key, are mistakes")
    func keyMistakes() throws {
        let dates = sample("date", "2024-02-29")
        let document = try Document(
            parsing: "{name: n, api: x, mappings: {t: '($a | to_integer) | lookup(\"t\", \"v\")'}}", file: "n.yaml")
        let found = document.check(tables: try LookupTables([dates], for: document))
        #expect(found.map(\.code) == [.typeMismatch], "\(found)")
        let keyless = LookupTable.Sample(
            mapping: "{name: t, api: x, mappings: {k: $k, v: $v}, checks: [{unique: [k, v]}]}", columns: ["k", "v"],
            rows: [])
        let other = document.check(tables: try LookupTables([keyless], for: document))
        #expect(other.map(\.code) == [.unknownTable] && other[0].message.contains("has no key"), "\(other)")
    }

    @Test("where tables are not known every one is accepted, and a program without them is refused or finds nothing")
    func unknown() throws {
        let expression = "$a | lookup(\"nowhere\", \"nothing\")"
        #expect(try Self.problems(expression, nil) == [])
        let document = try Document(
            parsing: "{name: n, api: x, mappings: {t: '\(expression)'}}", file: "n.yaml")
        #expect(throws: MappingError.self) { try Program(document, columns: ["a"]) }
        let evaluator = Evaluator(try Program(document, columns: ["a"], tables: nil))
        var output: [UInt8] = []
        let outcome = evaluator.evaluate(Record(["IT"]), into: &output)
        #expect(outcome == .rejected)
        #expect(evaluator.rejections.map(\.code) == ["unknown_table"])
    }

    @Test("a document names each table once, wherever it reads it, with the columns that it reads")
    func uses() throws {
        let document = try Document(
            parsing: """
                name: n
                api: x
                mappings:
                  a: if $a | lookup("one", "x") then lookup("two", $b, "y") else ($c | lookup("one", "z")) ?? "q"
                  b: coalesce($a | lookup("one", "x"), case($a == "1" -> lookup("three", $a, "w"), "none"))
                checks:
                  - rule: ($a | lookup("four", "n")) > 3
                  - required: a
                    if: ($a | lookup("five", "m")) == "x"
                  - {foreign_key: [a, b], table: six, key: [k, l]}
                """, file: "n.yaml")
        #expect(document.tables.map(\.name) == ["one", "two", "three", "four", "five", "six"])
        #expect(document.tables.map(\.columns) == [["x", "z"], ["y"], ["w"], ["n"], ["m"], []])
        let lookups = document.ruleDescriptions().filter { $0.function == "lookup" }
        #expect(lookups.count == 7 && lookups.allSatisfy { $0.kind == .lookup })
        #expect(lookups[0].arguments == #"["one",{"column":"a"},"x"]"# && lookups[0].columns == ["a"])
        let check = document.ruleDescriptions().last { $0.function == "foreign_key" }
        #expect(check?.arguments == #"[{"field":"a"},{"field":"b"},"six","k","l"]"#)
    }

    @Test("examples of a document see the table")
    func examples() throws {
        let document = try Document(
            parsing: """
                name: n
                api: x
                mappings: {t: '$a | lookup("countries", "name")'}
                examples:
                  - {row: {a: IT}, gives: {t: Italy}}
                  - {row: {a: XX}, rejects: not_in_table}
                """, file: "n.yaml")
        #expect(try ExampleRun(document, tables: LookupTables([.countries], for: document)).differences.isEmpty)
    }
}

/// A table that is keyed by one field of a type.
private func sample(_ type: String, _ keys: String...) -> LookupTable.Sample {
    LookupTable.Sample(
        mapping: """
            {name: t, api: {name: x, fields: [{name: k, type: \(type)}, {name: v}]}, mappings: {k: $k, v: $v},
             checks: [{unique: [k]}]}
            """, columns: ["k", "v"], rows: keys.enumerated().map { [$1, "v\($0)"] })
}
