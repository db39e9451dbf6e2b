/// A mapping compiled for one set of columns: what an `Evaluator` runs for every row.
///
/// Immutable and `Sendable`: make one for a job and an evaluator for each of its workers. The same program gives the same
/// bytes for the same record, whatever the machine, its clock and its locale.
package struct Program: Sendable {
    /// The names of the targets in the order of the values in the output.
    package let targets: [String]
    /// For each unique check, the names of its fields.
    package let uniqueChecks: [[String]]
    package let onReject: OnReject
    package let rejectLimit: RejectLimit?
    /// The file's columns that the program was compiled for.
    package let columns: [String]

    let plans: [FieldPlan]
    let checks: [ValueCheck]
    let rules: [RulePlan]
    let rowChecks: [RowCheckPlan]
    let uniqueIndexes: [[Int]]
    let instructions: [Instruction]
    let constants: [Constant]
    let calls: [Call]
    let registerCount: Int
    let nulls: [[UInt8]]
    let dateCalls: DateCalls

    /// Whether it reads dates in formats of which some read the same text as different days: which ones a file is written
    /// in is what a ``DateSurvey`` finds out.
    package var hasOpenDates: Bool { !dateCalls.calls.isEmpty }

    /// Compiles a document for a file with these columns.
    ///
    /// `fields` are the API's, where the document only names the API; they are not looked at where it writes one out.
    /// `dates` are what a survey of the file decided; dates that nothing was decided of fail where they are two days.
    /// `tables` are those that there are; with `nil`, for a mere trial, every lookup fails. Throws everything that is wrong,
    /// with places in the document.
    package init(
        _ document: Document, fields: [Field]? = nil, columns: [String], dates: [DateDecision] = [],
        tables: LookupTables? = LookupTables()
    ) throws(MappingError) {
        try self.init(document, fields: fields, columns: columns, DateCalls(dates), tables)
    }

    init(
        _ document: Document, fields: [Field]?, columns: [String], _ dates: DateCalls, _ tables: LookupTables?
    ) throws(MappingError) {
        let checked = try CheckedDocument(document, fields: fields, columns: columns, tables: tables)
        if !checked.undecided.isEmpty { throw MappingError(checked.undecided) }
        var compiler = Compiler(dates)
        var checks: [ValueCheck] = []
        plans = checked.targets.map { target in
            compiler.dates.target = target.name
            return FieldPlan(target, code: compiler.compile(target.expression), columns: columns, checks: &checks)
        }
        compiler.dates.target = nil
        self.checks = checks
        rules = checked.rules.map { rule in
            RulePlan(
                code: compiler.compile(rule.expression), column: rule.expression.firstColumn ?? -1,
                failure: Failure("rule_failed", rule.message))
        }
        rowChecks = checked.rowChecks.map { RowCheckPlan($0, &compiler) }
        targets = checked.targets.map(\.name)
        uniqueIndexes = checked.uniqueChecks
        uniqueChecks = document.uniqueChecks.map(\.fields)
        onReject = document.onReject
        rejectLimit = document.rejectLimit
        self.columns = columns
        instructions = compiler.instructions
        constants = compiler.constants
        calls = compiler.calls
        dateCalls = compiler.dates
        registerCount = compiler.registerCount
        nulls = document.source.nulls.map { Array($0.utf8) }.filter { !$0.isEmpty }
    }
}

/// One step of a program.
struct Instruction: Sendable {
    enum Operation: UInt8, Sendable {
        /// register ← cell `operand`
        case cell
        /// register ← constant `operand`
        case constant
        /// register ← call `operand` on the registers from this one on
        case call
        /// register ← register in the canonical form of the type numbered `operand`
        case convert
        case jump
        /// Go on at `operand` if the register is not blank.
        case jumpIfPresent
        /// Go on at `operand` unless the register is true.
        case jumpUnlessTrue
        /// Go on at `operand` if the register is true, or false.
        case jumpIfTrue, jumpIfFalse
    }

    let operation: Operation
    let register: Int32
    var operand: Int32
    /// Where to go on when this step fails; -1 where the expression fails with it.
    var handler: Int32
    /// The column blamed for a failure, or -1.
    let column: Int32
}

final class Call: Sendable {
    let body: Function.Body
    let name: String
    let operandCount: Int
    let propagatesBlanks: Bool

    init(body: @escaping Function.Body, name: String, operandCount: Int, propagatesBlanks: Bool) {
        self.body = body
        self.name = name
        self.operandCount = operandCount
        self.propagatesBlanks = propagatesBlanks
    }
}

/// A condition on a row.
struct RulePlan: Sendable {
    let code: Range<Int>
    let column: Int
    let failure: Failure
}
