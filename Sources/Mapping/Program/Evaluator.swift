package import CSV

/// Runs a program on one record after the other; its buffers are reused, so that rows allocate nothing.
///
/// Not `Sendable`: one evaluator for each worker. Evaluating depends on nothing but the program and the record.
package final class Evaluator {
    package let program: Program
    /// What was wrong with the last record, in the order of the targets and rules: all of it, not only the first.
    ///
    /// Valid until the next `evaluate`. Beside an accepted row these are warnings.
    package internal(set) var rejections: [Rejection] = []

    let workspace = Workspace()
    private var row = RowBuffer()
    let registers: UnsafeMutablePointer<Value>
    private let constants: UnsafeMutablePointer<Value>
    private let constantTexts: UnsafeMutablePointer<UInt8>
    private let instructions: UnsafeMutablePointer<Instruction>
    /// Those of the program, which keeps them: reading one of an array for each cell would count a reference.
    private let calls: UnsafeMutablePointer<Unmanaged<Call>>
    let checks: UnsafeMutablePointer<Unmanaged<ValueCheck>>
    let plans: UnsafeMutablePointer<FieldPlan>
    /// For each target, where its value ends in the row; it starts behind the comma before it.
    let ends: UnsafeMutablePointer<Int>
    private let targetCount: Int
    private let longestNull: Int
    /// Whether a step of the program can leave a row out.
    private let dropsRows: Bool
    private let blanksRefusedValues: Bool
    private let hasRowChecks: Bool

    package init(_ program: Program) {
        self.program = program
        registers = .allocate(capacity: program.registerCount)
        registers.initialize(repeating: .null, count: program.registerCount)
        instructions = .allocate(capacity: program.instructions.count)
        instructions.initialize(from: program.instructions, count: program.instructions.count)
        calls = .allocate(capacity: program.calls.count)
        calls.initialize(from: program.calls.map(Unmanaged.passUnretained), count: program.calls.count)
        plans = .allocate(capacity: program.plans.count)
        plans.initialize(from: program.plans, count: program.plans.count)
        checks = .allocate(capacity: program.checks.count)
        checks.initialize(from: program.checks.map(Unmanaged.passUnretained), count: program.checks.count)
        ends = .allocate(capacity: program.plans.count)
        ends.initialize(repeating: 0, count: program.plans.count)
        targetCount = program.plans.count
        blanksRefusedValues = program.onReject == .nullValue
        hasRowChecks = !program.rules.isEmpty || !program.rowChecks.isEmpty
        longestNull = program.nulls.map(\.count).max() ?? 0
        dropsRows = program.calls.contains { $0.name == Function.dropRowIf }
        constants = .allocate(capacity: program.constants.count)
        constantTexts = .allocate(capacity: program.constants.reduce(0) { $0 + $1.bytes.count })
        var next = constantTexts
        for (index, constant) in program.constants.enumerated() {
            let value: Value
            switch constant {
            case .null: value = .null
            case .number(let number): value = .number(number)
            case .boolean(let boolean): value = .boolean(boolean)
            case .date(let date): value = .date(date)
            case .datetime(let datetime): value = .datetime(datetime)
            case .text(let bytes):
                next.initialize(from: bytes, count: bytes.count)
                value = .blankable(next, count: bytes.count)
                next += bytes.count
            }
            (constants + index).initialize(to: value)
        }
    }

    deinit {
        registers.deallocate()
        constants.deallocate()
        constantTexts.deallocate()
        instructions.deallocate()
        calls.deallocate()
        plans.deinitialize(count: program.plans.count)
        plans.deallocate()
        checks.deallocate()
        ends.deallocate()
    }

    /// Maps and checks one record.
    ///
    /// For an accepted row the values are appended to `output` as a JSON array in the order of `program.targets`: numbers
    /// with all their digits, dates as "yyyy-MM-dd", datetimes by RFC 3339, texts as UTF-8, blanks as null. For a rejected
    /// row nothing is appended, and `rejections` says why; for one that `drop_row_if` leaves out nothing either, and what was
    /// wrong with it is not said.
    ///
    /// A cell is blank that is empty (quoted or not), listed under the source's nulls, or not in the record. A rule on the row
    /// holds unless it is false: one that compares a blank is blank itself.
    package func evaluate(_ record: borrowing Record, into output: inout [UInt8]) -> Outcome {
        let outcome = evaluate(record)
        if case .accepted = outcome { appendRow(to: &output) }
        return outcome
    }

    /// Maps and checks one record, as above; what was made of an accepted one is had from `appendRow(to:)`.
    package func evaluate(_ record: borrowing Record) -> Outcome {
        workspace.reset(row: record.number)
        row.removeAll()
        if !rejections.isEmpty { rejections.removeAll(keepingCapacity: true) }
        let outcome = record.bytes.withUnsafeBufferPointer { bytes in
            record.ends.withUnsafeBufferPointer { ends in evaluate(Cells(bytes: bytes, ends: ends), &row) }
        }
        if case .skipped = outcome { rejections.removeAll(keepingCapacity: true) }
        return outcome
    }

    /// Appends the values of the row that was just accepted as a JSON array.
    package func appendRow(to output: inout [UInt8]) {
        output.append(contentsOf: UnsafeBufferPointer(start: row.start, count: row.count))
    }

    /// Appends the row that was just accepted as one JSON object.
    ///
    /// - Parameter template: made of `program.targets`.
    package func appendObject(_ template: OutputTemplate, to output: inout [UInt8]) {
        for piece in template.pieces {
            switch piece {
            case .text(let text): output += text
            case .value(let target): output += value(of: target)
            }
        }
    }

    /// Appends the key of a unique check for the row that was just accepted: a JSON array of its fields' values, in which
    /// equal values have equal bytes (`1.50` as `1.5`, a datetime as the seconds since 1970).
    ///
    /// Returns whether there is a key: none if one of the values is blank, which nothing is equal to. The caller keeps the
    /// keys seen, one set for each of `program.uniqueChecks`, and rejects the row whose key is in the set already.
    package func appendUniqueKey(of check: Int, to key: inout [UInt8]) -> Bool {
        let start = key.count
        key.append(UInt8(ascii: "["))
        for (position, target) in program.uniqueIndexes[check].enumerated() {
            let value = value(of: target)
            if value.first == UInt8(ascii: "n") {
                key.removeSubrange(start...)
                return false
            }
            if position > 0 { key.append(UInt8(ascii: ",")) }
            if plans[target].isDatetime, let instant = Datetime.scan(Bytes(rebasing: value.dropFirst().dropLast())) {
                let text = workspace.allocate(ExactDecimal.textCapacity)
                key.append(contentsOf: Bytes(start: text, count: instant.epochSeconds.write(to: text)))
            } else {
                key.append(contentsOf: Self.normalized(value))
            }
        }
        key.append(UInt8(ascii: "]"))
        return true
    }

    /// The value of a target in the last record as JSON, also where the row was rejected; `null` where it was refused.
    ///
    /// Valid until the next `evaluate`.
    func value(of target: Int) -> Bytes {
        let start = target == 0 ? 1 : ends[target - 1] + 1
        return Bytes(start: row.start + start, count: ends[target] - start)
    }

    /// A number without zeros at the end of its fraction; any other value as it is.
    private static func normalized(_ value: Bytes) -> Slice<Bytes> {
        guard value.first != UInt8(ascii: "\""), value.contains(UInt8(ascii: ".")) else { return value[...] }
        var end = value.count
        while value[end - 1] == UInt8(ascii: "0") { end -= 1 }
        if value[end - 1] == UInt8(ascii: ".") { end -= 1 }
        return value[..<end]
    }
}

/// The cells of the record at hand.
struct Cells {
    let bytes: Bytes
    let ends: UnsafeBufferPointer<Int>

    @inline(__always)
    subscript(_ index: Int) -> Bytes {
        guard index < ends.count else { return Bytes(start: nil, count: 0) }
        let start = index == 0 ? 0 : ends[index - 1]
        return Bytes(rebasing: bytes[start..<ends[index]])
    }
}

// MARK: - Running

extension Evaluator {
    private func evaluate(_ cells: Cells, _ row: inout RowBuffer) -> Outcome {
        var isAccepted = true
        row.append(UInt8(ascii: "["))
        for index in 0..<targetCount {
            if index > 0 { row.append(UInt8(ascii: ",")) }
            let start = row.count
            if !run(plans[index].code, cells, target: index) || !finish(index, cells, &row) {
                row.count = start
                row.append("null")
                if plans[index].isRequired || !blanksRefusedValues { isAccepted = false }
            }
            ends[index] = row.count
            if dropsRows, workspace.isDropped { return .skipped(field: plans[index].name) }
        }
        row.append(UInt8(ascii: "]"))
        if hasRowChecks, !holdsRules(cells, row, isAccepted: isAccepted) { isAccepted = false }
        if dropsRows, workspace.isDropped { return .skipped(field: nil) }
        return isAccepted ? .accepted : .rejected
    }

    private func holdsRules(_ cells: Cells, _ row: borrowing RowBuffer, isAccepted: Bool) -> Bool {
        var isAccepted = isAccepted
        for rule in program.rules {
            guard run(rule.code, cells, target: nil) else {
                isAccepted = false
                continue
            }
            if case .boolean(false) = registers[0] {
                reject(field: nil, column: rule.column, rule: "rule", rule.failure, cells)
                isAccepted = false
            }
        }
        for check in program.rowChecks where !passes(check, cells, row, isAccepted: isAccepted) { isAccepted = false }
        return isAccepted
    }

    /// Runs an expression; its value is then in register 0. Where it fails, the rejection is noted.
    @inline(__always)
    func run(_ code: Range<Int>, _ cells: Cells, target: Int?) -> Bool {
        var index = code.lowerBound
        while index < code.upperBound {
            let instruction = instructions + index
            let register = registers + Int(instruction.pointee.register)
            let operand = Int(instruction.pointee.operand)
            index += 1
            switch instruction.pointee.operation {
            case .cell:
                register.pointee = load(cells[operand])
            case .constant:
                register.pointee = constants[operand]
            case .call:
                let value = calls[operand]._withUnsafeGuaranteedRef { call -> Value in
                    call.propagatesBlanks && hasBlank(register, call.operandCount)
                        ? .null : call.body(register, workspace)
                }
                register.pointee = value
                guard case .failed = value else { continue }
                guard instruction.pointee.handler >= 0 else {
                    reject(
                        target: target, column: Int(instruction.pointee.column), rule: program.calls[operand].name,
                        cells)
                    return false
                }
                index = Int(instruction.pointee.handler)
            case .convert:
                register.pointee = Conversion.convert(register.pointee, to: Compiler.types[operand], workspace)
                guard case .failed = register.pointee else { continue }
                guard instruction.pointee.handler >= 0 else {
                    reject(target: target, column: Int(instruction.pointee.column), rule: "type", cells)
                    return false
                }
                index = Int(instruction.pointee.handler)
            case .jump:
                index = operand
            case .jumpIfPresent:
                if !register.pointee.isNull { index = operand }
            case .jumpUnlessTrue:
                if case .boolean(true) = register.pointee { continue }
                index = operand
            case .jumpIfTrue:
                if case .boolean(true) = register.pointee { index = operand }
            case .jumpIfFalse:
                if case .boolean(false) = register.pointee { index = operand }
            }
        }
        return true
    }

    @inline(__always)
    private func hasBlank(_ operands: UnsafeMutablePointer<Value>, _ count: Int) -> Bool {
        for index in 0..<count where operands[index].isNull { return true }
        return false
    }

    @inline(__always)
    private func load(_ cell: Bytes) -> Value {
        if cell.isEmpty || (cell.count <= longestNull && isNull(cell)) { return .null }
        return .text(cell)
    }

    private func isNull(_ cell: Bytes) -> Bool {
        program.nulls.contains { $0.count == cell.count && $0.elementsEqual(cell) }
    }

    /// Notes that a step of a target's expression failed.
    @inline(never)
    private func reject(target: Int?, column: Int, rule: String, _ cells: Cells) {
        reject(field: target.map { plans[$0].name }, column: column, rule: rule, workspace.failure, cells)
    }

    @inline(never)
    func reject(field: String?, column: Int, rule: String, _ failure: Failure, _ cells: Cells) {
        rejections.append(
            Rejection(
                field: field, column: column < 0 ? nil : program.columns[column], rule: rule, code: failure.code,
                value: column < 0 ? nil : Array(cells[column]), message: failure.message))
    }
}
