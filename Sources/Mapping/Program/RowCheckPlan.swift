/// A check on which targets of a row have values, ready to run.
struct RowCheckPlan: Sendable {
    enum Test: Sendable {
        case allOrNone(Failure)
        case exactlyOneOf(none: Failure, several: Failure)
        /// The condition, and what is said of each target.
        case required(if: Range<Int>, [Failure])
        case foreignKey(ForeignKey, Failure)
    }

    let rule: String
    let test: Test
    /// Indexes among the program's targets.
    let targets: [Int]
}

extension RowCheckPlan {
    init(_ check: CheckedDocument.RowCheck, _ compiler: inout Compiler) {
        let names = check.names.map { "'\($0)'" }.joined(separator: ", ")
        func failure(_ refusal: Check.Refusal, _ field: String, _ demand: String = "") -> Failure {
            check.message.map { Failure(refusal.code, $0) } ?? refusal.failure(field, demand)
        }
        targets = check.targets
        switch check.kind {
        case .allOrNone:
            rule = Check.allOrNone.rule
            test = .allOrNone(failure(Check.allOrNone.refusals[0], names))
        case .exactlyOneOf:
            rule = Check.exactlyOneOf.rule
            let refusals = Check.exactlyOneOf.refusals
            test = .exactlyOneOf(none: failure(refusals[0], names), several: failure(refusals[1], names))
        case .required(let condition, let text):
            rule = Check.requiredIf.rule
            let failures = check.names.map { failure(Check.requiredIf.refusals[0], $0, text) }
            test = .required(if: compiler.compile(condition), failures)
        case .foreignKey(let foreignKey):
            rule = Check.foreignKey.rule
            let table = foreignKey.table.description.name
            test = .foreignKey(foreignKey, failure(Check.foreignKey.refusals[0], names, table))
        }
    }
}
