/// Turns checked expressions into instructions; the result of an expression is in register 0.
struct Compiler {
    private(set) var instructions: [Instruction] = []
    private(set) var constants: [Constant] = []
    private(set) var calls: [Call] = []
    private(set) var registerCount = 1
    var dates: DateCalls

    /// Where a step goes on that fails, while it is being compiled: the place is known only later.
    private var handlers: [[Int]] = []

    static let types: [ValueType] = ValueType.allCases

    init(_ dates: DateCalls) {
        self.dates = dates
    }

    mutating func compile(_ expression: TypedExpression) -> Range<Int> {
        let (start, dateCalls) = (instructions.count, dates.calls.count)
        append(expression, 0)
        let code = start..<instructions.count
        if dates.calls.count > dateCalls { dates.note(code) }
        return code
    }

    @discardableResult
    private mutating func emit(
        _ operation: Instruction.Operation, _ register: Int, _ operand: Int, column: Int? = nil
    ) -> Int {
        instructions.append(
            Instruction(
                operation: operation, register: Int32(register), operand: Int32(operand), handler: -1,
                column: Int32(column ?? -1)))
        if operation == .call || operation == .convert, !handlers.isEmpty {
            handlers[handlers.count - 1].append(instructions.count - 1)
        }
        return instructions.count - 1
    }

    private mutating func aim(_ jump: Int) {
        instructions[jump].operand = Int32(instructions.count)
    }

    private mutating func append(_ expression: TypedExpression, _ register: Int) {
        registerCount = max(registerCount, register + 1)
        switch expression.kind {
        case .column(let column):
            emit(.cell, register, column)
        case .constant(let constant):
            appendConstant(constant, register)
        case .conversion(let operand, let type):
            append(operand, register)
            let number = Self.types.firstIndex(of: type) ?? 0
            emit(.convert, register, number, column: operand.firstColumn)
        case .call(let function, let body, let choice, let operands):
            for (offset, operand) in operands.enumerated() { append(operand, register + offset) }
            appendCall(function, choice.map { dates.body($0) } ?? body, operands, register)
        case .fallback(let first, let second):
            appendFallback(first, second, register)
        case .conditional(let condition, let yes, let no):
            append(condition, register)
            let toElse = emit(.jumpUnlessTrue, register, 0)
            append(yes, register)
            let toEnd = emit(.jump, register, 0)
            aim(toElse)
            append(no, register)
            aim(toEnd)
        case .shortCircuit(let function, let body, let deciding, let first, let second):
            append(first, register)
            let toEnd = emit(deciding ? .jumpIfTrue : .jumpIfFalse, register, 0)
            append(second, register + 1)
            appendCall(function, body, [first, second], register)
            aim(toEnd)
        }
    }

    private mutating func appendConstant(_ constant: Constant, _ register: Int) {
        // Each its own: equal numbers may be written differently, as 1.5 and 1.50 are.
        emit(.constant, register, constants.count)
        constants.append(constant)
    }

    private mutating func appendCall(
        _ function: Function, _ body: @escaping Function.Body, _ operands: [TypedExpression], _ register: Int
    ) {
        calls.append(
            Call(
                body: body, name: function.name, operandCount: operands.count,
                propagatesBlanks: function.blanks == .propagate))
        emit(.call, register, calls.count - 1, column: operands.lazy.compactMap(\.firstColumn).first)
    }

    /// The first operand; where it is blank or a step of it fails, the second.
    private mutating func appendFallback(_ first: TypedExpression, _ second: TypedExpression, _ register: Int) {
        handlers.append([])
        append(first, register)
        let guarded = handlers.removeLast()
        let toEnd = emit(.jumpIfPresent, register, 0)
        for index in guarded { instructions[index].handler = Int32(instructions.count) }
        append(second, register)
        aim(toEnd)
    }
}
