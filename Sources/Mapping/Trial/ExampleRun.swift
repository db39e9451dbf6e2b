import CSV

/// Runs the examples of a mapping document.
package struct ExampleRun: Sendable {
    /// Something that did not come out as an example says.
    package struct Difference: Sendable, Equatable {
        /// The number of the example in the document, from 1.
        package let example: Int
        package let name: String?
        package let location: Location
        /// The target that differs; `nil` where the row as a whole does.
        package let target: String?
        package let expected: String
        package let found: String
    }

    package let count: Int
    /// In the order of the document; empty where all came out as they should.
    package private(set) var differences: [Difference] = []

    /// - Throws: all that is wrong with the mapping itself.
    package init(
        _ document: Document, fields: [Field]? = nil, tables: LookupTables? = LookupTables()
    ) throws(MappingError) {
        count = document.examples.count
        var columns = document.readColumns
        for column in document.examples.flatMap({ $0.row.map(\.column) })
        where !columns.contains(where: { $0.isSpelled(column) }) {
            columns.append(column)
        }
        let evaluator = Evaluator(try Program(document, fields: fields, columns: columns, tables: tables))
        for (index, example) in document.examples.enumerated() {
            let found = Self.differences(example, columns, evaluator)
            differences += found.map { target, expected, found in
                Difference(
                    example: index + 1, name: example.name, location: example.location, target: target,
                    expected: expected, found: found)
            }
        }
    }

    private static func differences(
        _ example: MappingExample, _ columns: [String], _ evaluator: Evaluator
    ) -> [(target: String?, expected: String, found: String)] {
        var record = Record()
        record.number = 1
        record.line = 1
        for column in columns { record.append(example.row.first { $0.column.isSpelled(column) }?.cell ?? "") }
        var output: [UInt8] = []
        let outcome = evaluator.evaluate(record, into: &output)
        let isAccepted = if case .accepted = outcome { true } else { false }
        if case .skipped = outcome {
            switch example.expectation {
            case .rejects(let code): return [(nil, "rejected with \(code)", "the row is skipped")]
            case .gives: return [(nil, "the row is accepted", "the row is skipped")]
            }
        }
        switch example.expectation {
        case .rejects(let code):
            let reasons = evaluator.rejections
            if !isAccepted, reasons.contains(where: { $0.code == code }) { return [] }
            let found =
                isAccepted ? "the row is accepted" : "rejected with \(reasons.map(\.brief).joined(separator: ", "))"
            return [(nil, "rejected with \(code)", found)]
        case .gives(let values):
            guard isAccepted else {
                let reasons = evaluator.rejections.map(\.brief).joined(separator: ", ")
                return [(nil, "the row is accepted", "rejected with \(reasons)")]
            }
            return values.compactMap { target, value in
                guard let index = evaluator.program.targets.firstIndex(where: { $0.isSpelled(target) }) else {
                    return nil
                }
                let found = Array(evaluator.value(of: index))
                if value.equals(found) { return nil }
                return (target, value.json(like: found), String(decoding: found, as: UTF8.self))
            }
        }
    }
}

extension Rejection {
    /// `code (field: message)`
    fileprivate var brief: String { "\(code) (\(field ?? "row"): \(message))" }
}
