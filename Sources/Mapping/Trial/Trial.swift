package import CSV

/// What becomes of some records when a program runs on them: counts for each target and for the rows, and a few cells with
/// what became of them.
///
/// Deterministic: the same program and records give the same trial. Memory is bounded but for the keys of unique checks.
package struct Trial {
    package let program: Program
    package private(set) var rows = 0
    package private(set) var accepted = 0
    /// Rows that the mapping leaves out; nothing is counted for their targets.
    package private(set) var skipped = 0
    /// Rows that had too few or too many cells, and were read in the only way that their columns leave.
    package private(set) var repaired = 0
    /// In the order of the program's targets.
    package private(set) var targets: [TargetTrial]
    /// What was wrong with rows as a whole: rules, unique keys, records that cannot be read.
    package private(set) var rowFailures = FailureCounts()

    private let evaluator: Evaluator
    /// For each unique check, the keys seen.
    private var keys: [Set<[UInt8]>]
    private var output: [UInt8] = []

    package init(_ program: Program) {
        self.program = program
        evaluator = Evaluator(program)
        targets = program.plans.map { plan in
            TargetTrial(name: plan.name, columns: program.columns(readBy: plan.code))
        }
        keys = program.uniqueChecks.map { _ in [] }
    }

    /// Runs the program on the next record of the file, which is none of its header.
    package mutating func add(_ record: borrowing Record) {
        rows += 1
        guard record.fault == nil else {
            if let code = record.fault?.code.rawValue { rowFailures.add(rule: "csv", code: code) }
            return
        }
        if record.repair != nil { repaired += 1 }
        output.removeAll(keepingCapacity: true)
        switch evaluator.evaluate(record, into: &output) {
        case .accepted: if isUnique() { accepted += 1 }
        case .rejected: break
        // The targets behind the one that dropped the row have no values.
        case .skipped:
            skipped += 1
            return
        }
        for index in targets.indices {
            let name = targets[index].name
            if let rejection = evaluator.rejections.first(where: { $0.field?.isSpelled(name) == true }) {
                targets[index].addFailure(rejection, record)
            } else {
                targets[index].add(evaluator.value(of: index), record)
            }
        }
        for rejection in evaluator.rejections where rejection.field == nil {
            rowFailures.add(rule: rejection.rule, code: rejection.code)
        }
    }

    /// Whether the accepted row has keys that no row before had; they are remembered then.
    private mutating func isUnique() -> Bool {
        var found: [(check: Int, key: [UInt8])] = []
        for check in keys.indices {
            var key: [UInt8] = []
            guard evaluator.appendUniqueKey(of: check, to: &key) else { continue }
            if keys[check].contains(key) {
                rowFailures.add(rule: "unique", code: "duplicate")
                return false
            }
            found.append((check, key))
        }
        for (check, key) in found { keys[check].insert(key) }
        return true
    }
}

/// How often which rule failed how, in the order in which they were first seen.
package struct FailureCounts: Sendable {
    package struct Entry: Sendable, Equatable {
        package let rule: String
        package let code: String
        package var count: Int
    }

    package private(set) var entries: [Entry] = []
    package var total: Int { entries.reduce(0) { $0 + $1.count } }

    mutating func add(rule: String, code: String) {
        if let index = entries.firstIndex(where: { $0.code == code && $0.rule == rule }) {
            entries[index].count += 1
        } else {
            entries.append(Entry(rule: rule, code: code, count: 1))
        }
    }
}

extension Program {
    /// The indexes of the columns that a stretch of the program reads, in order of appearance.
    fileprivate func columns(readBy code: Range<Int>) -> [Int] {
        var columns: [Int] = []
        for instruction in instructions[code] where instruction.operation == .cell {
            let column = Int(instruction.operand)
            if !columns.contains(column) { columns.append(column) }
        }
        return columns
    }
}
