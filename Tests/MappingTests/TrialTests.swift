import CSV
import Testing

@testable import Mapping

@Suite("Trials")
struct TrialTests {
    private func trial(
        _ mappings: String, fields: [Field]? = nil, more: String = "", columns: [String] = ["a", "b"],
        _ rows: [[String]]
    ) throws -> Trial {
        let yaml = "name: n\napi: x\nmappings: \(mappings)\n\(more)"
        let document = try Document(parsing: yaml, file: "test.yaml")
        var trial = Trial(try Program(document, fields: fields, columns: columns))
        for (index, cells) in rows.enumerated() {
            var record = Record(cells)
            record.number = index + 1
            record.line = index + 2
            trial.add(record)
        }
        return trial
    }

    private func texts(_ target: TargetTrial) -> [String] {
        target.samples.map { sample in
            let before = sample.before.joined(separator: "|")
            return switch sample.after {
            case .value(let value): "\(sample.row) \(before) -> \(String(decoding: value, as: UTF8.self))"
            case .refused(let rejection): "\(sample.row) \(before) !! \(rejection.code)"
            }
        }
    }

    @Test("rows that the mapping leaves out are counted apart, and nothing of their targets")
    func skipped() throws {
        let trial = try trial(
            "{n: '$a | drop_row_if($b == \"gone\") | to_integer', t: $b}",
            [["1", "gone"], ["2", "here"], ["x", "here"], ["x", "gone"]])
        #expect(trial.rows == 4 && trial.accepted == 1 && trial.skipped == 2)
        #expect(trial.targets.map(\.accepted) == [1, 2])
        #expect(trial.targets.map(\.failures.total) == [1, 0])
    }

    @Test("each target counts its values, its blanks and its failures by code, also in rejected rows")
    func counts() throws {
        let trial = try trial(
            "{n: $a | to_integer, d: '$b | parse_date(\"dd/MM/yyyy\")'}",
            [["1", "01/02/2024"], ["x", "01/02/2024"], ["", "31/02/2024"], ["y", ""], ["4", "5"]])
        #expect(trial.rows == 5 && trial.accepted == 1)
        #expect(trial.targets.map(\.accepted) == [2, 2])
        #expect(trial.targets.map(\.blank) == [1, 1])
        #expect(trial.targets[0].failures.entries == [.init(rule: "to_integer", code: "not_an_integer", count: 2)])
        #expect(trial.targets[1].failures.entries.map(\.code) == ["no_such_date", "not_a_date"])
        #expect(trial.targets.map { $0.columns } == [[0], [1]])
        #expect(trial.rowFailures.total == 0)
    }

    @Test("a required field that is blank and a check that does not hold are failures of their target")
    func checks() throws {
        var name = Field("n", .string, isRequired: true)
        name.maximumLength = 3
        let trial = try trial("{n: $a}", fields: [name], [["abc", ""], ["", ""], ["abcd", ""]])
        #expect(trial.accepted == 1)
        #expect(trial.targets[0].failures.entries.map(\.code) == ["required", "too_long"])
    }

    @Test("rules, unique keys and unreadable records are failures of rows")
    func rows() throws {
        var trial = try trial(
            "{n: $a | to_integer}", more: "checks: [{unique: [n]}, {rule: '$a != \"7\"'}]",
            [["1", ""], ["01", ""], ["7", ""], ["2", ""]])
        var reader = Reader(.rfc4180, columns: 2)
        var record = Record()
        reader.feed(Array("3\n3\n".utf8))
        while record.fault == nil, reader.next(into: &record) {}
        trial.add(record)
        #expect(trial.rows == 5 && trial.accepted == 2)
        #expect(
            trial.rowFailures.entries == [
                .init(rule: "unique", code: "duplicate", count: 1), .init(rule: "rule", code: "rule_failed", count: 1),
                .init(rule: "csv", code: "wrong_cell_count", count: 1),
            ])
    }

    @Test("values that are left blank instead of refused count as failures, and their rows as accepted")
    func nullValue() throws {
        let trial = try trial("{n: $a | to_integer}", more: "on_reject: null_value", [["1", ""], ["x", ""]])
        #expect(trial.accepted == 2 && trial.targets[0].failures.total == 1 && trial.targets[0].blank == 0)
    }

    @Test("samples are the changes that differ most, each shape once, then each reason once")
    func samples() throws {
        let trial = try trial(
            "{d: '$a | parse_date(\"dd/MM/yyyy\", \"yyyy-MM-dd\")'}",
            [
                ["2024-01-31", ""], ["31/12/2023", ""], ["30/11/2022", ""], ["x", ""], ["y", ""], ["99/99/2022", ""],
                ["", ""],
            ])
        #expect(
            texts(trial.targets[0]) == [
                "2 31/12/2023 -> \"2023-12-31\"", "1 2024-01-31 -> \"2024-01-31\"", "4 x !! not_a_date",
                "6 99/99/2022 !! no_such_date",
            ])
    }

    @Test(
        "texts are written alike by their runs of letters, digits and spaces",
        arguments: [
            ("31/12/2019", "9/9/9"), ("1/7/20", "9/9/9"), ("Anna  Müller", "Aa Aa"), ("ÉCOLE", "A"), ("", ""),
            ("a\u{a0}b", "a a"), ("-12.50 €", "-9.9 \u{80}"), ("中国", "a"),
        ])
    func shapes(text: String, shape: String) {
        let bytes = shape.unicodeScalars.map { UInt8($0.value) }
        #expect(TextShape.bytes(of: text.utf8) == bytes)
    }

    @Test("a target of several columns shows their cells, one of none has no samples")
    func columns() throws {
        let trial = try trial("{j: 'join(\", \", $b, $a)', c: constant(\"x\")}", [["1", "2"], ["", ""]])
        #expect(trial.targets[0].columns == [1, 0] && trial.targets[1].columns.isEmpty)
        #expect(texts(trial.targets[0]) == ["1 2|1 -> \"2, 1\""])
        #expect(trial.targets[1].samples.isEmpty && trial.targets[1].accepted == 2)
    }

    @Test("no rows, short records and invalid bytes are counted and crash nothing")
    func extremes() throws {
        #expect(try trial("{n: $b}", []).rows == 0)
        #expect(try trial("{n: $b}", [["1"]]).targets[0].blank == 1)
        let yaml = "{name: n, api: x, mappings: {n: $a}}"
        var trial = Trial(try Program(Document(parsing: yaml, file: "t"), columns: ["a"]))
        trial.add(Record([[0xFF, 0xFE]]))
        trial.add(Record([[0]]))
        #expect(trial.targets[0].failures.entries.map(\.code) == ["invalid_utf8", "nul_byte"])
    }
}
