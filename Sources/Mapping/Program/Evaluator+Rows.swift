extension Evaluator {
    /// Runs a check on which targets have values; where it does not hold, the rejection is noted.
    ///
    /// In a row that is rejected already, a check on a target whose value was refused says nothing: whether the row has that
    /// value is not known.
    func passes(_ check: RowCheckPlan, _ cells: Cells, _ row: borrowing RowBuffer, isAccepted: Bool) -> Bool {
        if !isAccepted, check.targets.contains(where: { isRefused($0) }) { return true }
        switch check.test {
        case .allOrNone(let failure):
            guard let blank = check.targets.first(where: { isBlank($0, row) }),
                check.targets.contains(where: { !isBlank($0, row) })
            else { return true }
            reject(field: nil, column: plans[blank].column, rule: check.rule, failure, cells)
        case .exactlyOneOf(let none, let several):
            var given = 0
            var blamed = check.targets[0]
            for target in check.targets where !isBlank(target, row) {
                given += 1
                if given == 2 { blamed = target }
            }
            if given == 1 { return true }
            reject(
                field: nil, column: plans[blamed].column, rule: check.rule, given == 0 ? none : several, cells)
        case .required(let condition, let failures):
            guard run(condition, cells, target: nil) else { return false }
            guard case .boolean(true) = registers[0] else { return true }
            var passes = true
            for (index, target) in check.targets.enumerated() where isBlank(target, row) {
                reject(
                    field: plans[target].name, column: plans[target].column, rule: check.rule, failures[index], cells)
                passes = false
            }
            return passes
        case .foreignKey(let foreignKey, let failure):
            if check.targets.contains(where: { isBlank($0, row) }) { return true }
            if isFound(check.targets, by: foreignKey, row) { return true }
            let plan = plans + check.targets[0]
            reject(field: plan.pointee.name, column: plan.pointee.column, rule: check.rule, failure, cells)
        }
        return false
    }

    /// Whether the value in the row is `null`; no other value begins so.
    private func isBlank(_ target: Int, _ row: borrowing RowBuffer) -> Bool {
        row.start[target == 0 ? 1 : ends[target - 1] + 1] == UInt8(ascii: "n")
    }

    private func isRefused(_ target: Int) -> Bool {
        rejections.contains { $0.field == plans[target].name }
    }
}
