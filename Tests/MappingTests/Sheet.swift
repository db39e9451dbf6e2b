import CSV
import Testing

@testable import Mapping

/// Runs mappings on rows of cells, for tests.
struct Sheet {
    let program: Program

    init(
        _ yaml: String, columns: [String], fields: [Field]? = nil, tables: [LookupTable.Sample] = [.countries]
    ) throws {
        let document = try Document(parsing: yaml, file: "test.yaml")
        program = try Program(
            document, fields: fields, columns: columns, tables: try LookupTables(tables, for: document))
    }

    /// The output of a row, or what was wrong with it as `field: rule code`.
    func map(_ cells: [String]) -> String {
        map(cells.map { Array($0.utf8) })
    }

    func map(_ cells: [[UInt8]]) -> String {
        let evaluator = Evaluator(program)
        var output: [UInt8] = []
        switch evaluator.evaluate(.init(cells), into: &output) {
        case .accepted: return String(decoding: output, as: UTF8.self)
        case .rejected: return evaluator.rejections.map(\.summary).joined(separator: "; ")
        case .skipped(let field): return "skipped by \(field ?? "row")"
        }
    }

    /// Everything that is wrong with a mapping, as `line:column code`.
    static func problems(
        _ yaml: String, columns: [String]? = nil, fields: [Field]? = nil
    ) -> [String] {
        diagnostics(yaml, columns: columns, fields: fields).map {
            "\($0.location.line):\($0.location.column) \($0.code.rawValue)"
        }
    }

    static func diagnostics(_ yaml: String, columns: [String]? = nil, fields: [Field]? = nil) -> [Diagnostic] {
        do {
            return try Document(parsing: yaml, file: "test.yaml").check(fields: fields, columns: columns)
        } catch {
            return error.diagnostics
        }
    }
}

extension Rejection {
    var summary: String { "\(field ?? "row"): \(rule) \(code)" }
}

extension Record {
    init(_ cells: [[UInt8]]) {
        self.init()
        number = 1
        for cell in cells {
            bytes += cell
            ends.append(bytes.count)
            quoted.append(false)
        }
    }

    init(_ cells: [String]) {
        self.init(cells.map { Array($0.utf8) })
    }
}

/// What an expression gives for the columns `a`, `b` and `c`: JSON, or the code of its failure.
func value(of expression: String, _ a: String = "", _ b: String = "", _ c: String = "") throws -> String {
    let quoted = expression.replacing("'", with: "''")
    let sheet = try Sheet("{name: n, api: x, mappings: {t: '\(quoted)'}}", columns: ["a", "b", "c"])
    let evaluator = Evaluator(sheet.program)
    var output: [UInt8] = []
    switch evaluator.evaluate(Record([a, b, c]), into: &output) {
    case .accepted: return String(decoding: output.dropFirst().dropLast(), as: UTF8.self)
    case .rejected: return evaluator.rejections.map(\.code).joined(separator: " ")
    case .skipped: return "skipped"
    }
}
