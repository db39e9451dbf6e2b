import CSV
import Testing

@testable import Mapping

@Suite("Rows that drop_row_if leaves out")
struct DroppedRowTests {
    private static func sheet(_ mappings: String, more: String = "") throws -> Sheet {
        try Sheet(
            """
            name: n
            api:
              name: x
              type: rest_api
              base_url: https://x.example.com
              auth_type: none
              fields:
                - {name: id, type: integer, required: true}
                - {name: name, type: string, required: true}
            mappings:
            \(mappings)
            \(more)
            """, columns: ["id", "name", "status"])
    }

    private static let dropping = """
          id: $id | drop_row_if($status | trim | lower == "deleted") | to_integer
          name: $name
        """

    @Test(
        "a row is left out where the condition is true, whatever else is wrong with it",
        arguments: [
            (["1", "Anna", "active"], #"[1,"Anna"]"#), (["1", "Anna", ""], #"[1,"Anna"]"#),
            (["1", "Anna", " Deleted "], "skipped by id"), (["", "", "deleted"], "skipped by id"),
            (["x", "", "DELETED"], "skipped by id"), (["x", "Anna", "gelöscht"], "id: to_integer not_an_integer"),
            (["", "Anna", "deleted\u{301}"], "id: required required"), (["1", "Anna"], #"[1,"Anna"]"#),
        ])
    func dropped(cells: [String], expected: String) throws {
        #expect(try Self.sheet(Self.dropping).map(cells) == expected)
    }

    @Test(
        "a blank condition leaves nothing out, and one that fails rejects the row",
        arguments: [
            ("$status | to_integer > 5", "", #"[1,"A"]"#), ("$status | to_integer > 5", "6", "skipped by name"),
            ("$status | to_integer > 5", "x", "name: to_integer not_an_integer"),
            ("($status | to_integer > 5) ?? true", "x", "skipped by name"),
            ("$status == null", "", "skipped by name"), ("row_number() == 1", "x", "skipped by name"),
            ("true", "x", "skipped by name"), ("false", "x", #"[1,"A"]"#),
        ])
    func conditions(condition: String, status: String, expected: String) throws {
        let sheet = try Self.sheet("  id: $id\n  name: $name | drop_row_if(\(condition))")
        #expect(sheet.map(["1", "A", status]) == expected)
    }

    @Test("only a branch that is run leaves rows out")
    func branches() throws {
        let sheet = try Self.sheet(
            "  id: $id\n  name: if $status == \"a\" then $name | drop_row_if($name == \"x\") else $name")
        #expect(sheet.map(["1", "x", "a"]) == "skipped by name")
        #expect(sheet.map(["1", "x", "b"]) == #"[1,"x"]"#)
    }

    @Test("a step that fails before it rejects the row: nothing behind it is run")
    func order() throws {
        let sheet = try Self.sheet("  id: $id | to_integer | drop_row_if($status == \"deleted\")\n  name: $name")
        #expect(sheet.map(["x", "A", "deleted"]) == "id: to_integer not_an_integer")
        #expect(sheet.map(["1", "A", "deleted"]) == "skipped by id")
    }

    @Test("a rule on the row may leave it out too")
    func rule() throws {
        let sheet = try Self.sheet(
            "  id: $id\n  name: $name",
            more: "checks:\n  - rule: ($name != \"x\") | drop_row_if($status == \"deleted\")\n    message: no x")
        #expect(sheet.map(["1", "x", "deleted"]) == "skipped by row")
        #expect(sheet.map(["1", "x", "active"]) == "row: rule rule_failed")
    }

    @Test("nothing of a row that is left out stays: neither its values nor its reasons, nor for the next row")
    func nothingStays() throws {
        let evaluator = Evaluator(try Self.sheet("  id: $id\n  name: $name | drop_row_if($status == \"d\")").program)
        var output: [UInt8] = []
        #expect(evaluator.evaluate(Record(["x", "A", "d"]), into: &output) == .skipped(field: "name"))
        #expect(output.isEmpty && evaluator.rejections.isEmpty)
        #expect(evaluator.evaluate(Record(["1", "A", "a"]), into: &output) == .accepted)
        #expect(String(decoding: output, as: UTF8.self) == #"[1,"A"]"#)
    }

    @Test("the condition must be yes or no")
    func types() {
        let problems = Sheet.problems("{name: n, api: x, mappings: {t: '$a | drop_row_if(5)'}}", columns: ["a"])
        #expect(problems.map { $0.split(separator: " ").last } == ["type_mismatch"])
    }
}
