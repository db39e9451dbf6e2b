/// What happens to a target's value: conversion to the field's type, then its checks.
struct FieldPlan: Sendable {
    let name: String
    let code: Range<Int>
    /// The first column that the expression reads, or -1.
    let column: Int
    let type: ValueType
    /// Whether values are datetimes, which unique checks compare by their instants.
    let isDatetime: Bool
    let isRequired: Bool
    /// Its checks among the program's.
    let checks: Range<Int>
    let missing: Failure

    /// `checks` has the checks of the targets before, and gets this one's.
    init(_ target: CheckedDocument.Target, code: Range<Int>, columns: [String], checks: inout [ValueCheck]) {
        name = target.name
        self.code = code
        column = target.expression.firstColumn ?? -1
        type = target.definitions.first?.type.valueType ?? .any
        isDatetime = type == .datetime || type == .any && target.expression.type == .datetime
        isRequired = target.definitions.contains { $0.isRequired }
        let first = checks.count
        checks += ValueCheck.list(for: target.definitions)
        self.checks = first..<checks.count
        let cell = column < 0 ? "the row" : "the column '\(columns[column])'"
        missing = Check.required.refusals[0].failure(target.name, cell)
    }
}

extension Constant {
    var datetime: Datetime? {
        if case .datetime(let datetime) = self { return datetime }
        return nil
    }
}
