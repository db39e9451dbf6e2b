import CSV
import Mapping

/// The unique checks of a program over the rows of one job: the first row that is accepted keeps its keys.
final class UniqueChecks {
    private let program: Program
    private let indexes: [UniqueIndex]
    private var keys: [[UInt8]]

    init(_ program: Program) {
        self.program = program
        indexes = program.uniqueChecks.map { _ in UniqueIndex() }
        keys = program.uniqueChecks.map { _ in [] }
    }

    var isEmpty: Bool { indexes.isEmpty }

    /// Why the row that `evaluator` just accepted is not unique; where it is, its keys are remembered, all of them.
    func duplicate(_ record: borrowing Record, _ evaluator: Evaluator) throws -> Rejection? {
        guard !indexes.isEmpty else { return nil }
        for check in indexes.indices {
            keys[check].removeAll(keepingCapacity: true)
            guard evaluator.appendUniqueKey(of: check, to: &keys[check]) else {
                keys[check].removeAll(keepingCapacity: true)
                continue
            }
            if let first = try indexes[check].first(of: keys[check]) {
                let fields = program.uniqueChecks[check]
                let message =
                    "the same \(fields.joined(separator: ", ")) as in row \(first.row) (line \(first.line)), which was accepted;"
                    + " remove one of the two"
                return Rejection(
                    field: fields.first, column: nil, rule: "unique", code: "duplicate", value: nil, message: message)
            }
        }
        for check in indexes.indices where !keys[check].isEmpty {
            try indexes[check].insert(keys[check], row: record.number, line: record.line)
        }
        return nil
    }
}
