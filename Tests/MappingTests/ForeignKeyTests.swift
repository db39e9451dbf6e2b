import CSV
import Testing

@testable import Mapping

@Suite("Foreign keys")
struct ForeignKeyTests {
    private func sheet(_ check: String, onReject: String = "skip") throws -> Sheet {
        try Sheet(
            """
            name: n
            api: {name: x, fields: [{name: a}, {name: n, type: integer}, {name: d, type: date}]}
            mappings: {a: $a, n: $n, d: $d, f.g: $g}
            checks: [\(check)]
            on_reject: \(onReject)
            """, columns: ["a", "n", "d", "g"])
    }

    @Test(
        "values that a row of the table has together pass, others do not; blanks are not looked for",
        arguments: [
            ("foreign_key: a, table: countries", ["IT"], true), ("foreign_key: [a], table: countries", ["it"], false),
            ("foreign_key: a, table: countries", [""], true), ("foreign_key: a, table: countries", ["é"], true),
            ("foreign_key: a, table: countries", ["e\u{301}"], true),
            ("foreign_key: a, table: countries", ["\u{301}e"], false),
            ("foreign_key: a, table: countries", ["FR\"\\\n"], false),
            ("foreign_key: a, table: countries, key: name", ["France \"Ü\"\n"], true),
            ("foreign_key: a, table: countries, key: name", ["France"], false),
            ("foreign_key: n, table: countries, key: people", ["", "59000000"], true),
            ("foreign_key: n, table: countries, key: [people]", ["", "059000000"], true),
            ("foreign_key: n, table: countries, key: people", ["", "5"], false),
            ("foreign_key: n, table: countries, key: area", ["", "643801"], true),
            ("foreign_key: f.g, table: countries, key: area", ["", "", "", "302068.5"], true),
            ("foreign_key: f.g, table: countries, key: area", ["", "", "", "x"], false),
            ("foreign_key: [a, d], table: countries", ["Italy", "", "1861-03-17"], true),
            ("foreign_key: [a, d], table: countries", ["Italy", "", "1861-03-18"], false),
            ("foreign_key: [a, d], table: countries", ["Schweiz", "", ""], true),
            ("foreign_key: [a, d], table: countries", ["Nowhere", "", ""], true),
            ("foreign_key: [a, d], table: countries, key: [iso, since]", ["IT", "", "1861-03-17"], true),
            ("foreign_key: [d, a], table: countries, key: [since, iso]", ["IT", "", "1861-03-17"], true),
            ("foreign_key: [a, d], table: countries, key: [iso, since]", ["FR", "", "1861-03-17"], false),
        ])
    func rows(check: String, cells: [String], passes: Bool) throws {
        let cells = cells + Array(repeating: "", count: 4 - cells.count)
        let found = try sheet("{\(check)}").map(cells)
        #expect(found.hasPrefix("[") == passes, "\(found)")
        if !passes { #expect(found.hasSuffix(": foreign_key not_in_table"), "\(found)") }
    }

    @Test("the rejection names the first target, its column and cell, and the mapping's message if there is one")
    func rejection() throws {
        for (message, expected) in [
            (
                "",
                "no row of the table 'countries' has this 'a'; correct the cell, or add the row to the table's file and run that"
            ),
            (", message: no such country", "no such country"),
        ] {
            let evaluator = Evaluator(try sheet("{foreign_key: a, table: countries\(message)}").program)
            var output: [UInt8] = []
            let outcome = evaluator.evaluate(Record(["UK", "", "", ""]), into: &output)
            #expect(outcome == .rejected)
            #expect(
                evaluator.rejections == [
                    Rejection(
                        field: "a", column: "a", rule: "foreign_key", code: "not_in_table", value: Array("UK".utf8),
                        message: expected)
                ])
        }
    }

    @Test("it rejects also with null_value, and says nothing of a value that was refused")
    func refused() throws {
        let check = "{foreign_key: n, table: countries, key: people}"
        #expect(try sheet(check, onReject: "null_value").map(["", "5", "", ""]) == "n: foreign_key not_in_table")
        #expect(try sheet(check, onReject: "null_value").map(["", "x", "", ""]) == "[null,null,null,null]")
        #expect(try sheet(check).map(["", "x", "", ""]) == "n: type not_an_integer")
    }

    @Test(
        "what a foreign key cannot be is a mistake with a place",
        arguments: [
            ("{foreign_key: a}", "missing_key"), ("{foreign_key: [], table: countries}", "wrong_value"),
            ("{foreign_key: a, table: countries, key: [iso, name]}", "wrong_value"),
            ("{foreign_key: [a, a], table: countries}", "wrong_value"),
            ("{foreign_key: b, table: countries}", "unknown_field"),
            ("{foreign_key: a, table: countrys}", "unknown_table"),
            ("{foreign_key: a, table: cities}", "unknown_table"),
            ("{foreign_key: [a, n, d], table: countries}", "unknown_table"),
            ("{foreign_key: a, table: countries, key: isso}", "unknown_column"),
            ("{foreign_key: n, table: countries, key: since}", "type_mismatch"),
            ("{foreign_key: a, table: countries, keys: iso}", "unknown_key"),
        ])
    func mistakes(check: String, code: String) throws {
        do {
            _ = try sheet(check)
            Issue.record("it is no mistake")
        } catch let error as MappingError {
            #expect(error.diagnostics.map(\.code.rawValue) == [code])
            #expect(error.diagnostics.allSatisfy { !$0.advice.isEmpty && $0.location.line == 4 }, "\(error)")
        }
    }
}
