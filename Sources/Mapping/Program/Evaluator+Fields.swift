extension Evaluator {
    /// Converts, checks and writes the value in register 0; where it is not accepted, the rejections are noted.
    @inline(__always)
    func finish(_ index: Int, _ cells: Cells, _ row: inout RowBuffer) -> Bool {
        let plan = plans + index
        let value = Conversion.convert(registers[0], to: plan.pointee.type, workspace)
        switch value {
        case .null:
            if plan.pointee.isRequired {
                note(plan, "required", plan.pointee.missing, cells)
                return false
            }
            row.append("null")
            return true
        case .failed:
            note(plan, "type", workspace.failure, cells)
            return false
        default:
            if !plan.pointee.checks.isEmpty, !passes(value, plan, cells) { return false }
            return write(value, plan, cells, &row)
        }
    }

    @inline(__always)
    private func write(
        _ value: Value, _ plan: UnsafeMutablePointer<FieldPlan>, _ cells: Cells, _ row: inout RowBuffer
    ) -> Bool {
        switch value {
        case .text(let bytes):
            do {
                row.count += try JSONWriter.write(bytes, to: row.room(for: JSONWriter.capacity(for: bytes.count)))
            } catch {
                note(plan, "type", error == .nul ? .nulByte : .invalidUTF8, cells)
                return false
            }
        case .number(let number):
            row.count += number.write(to: row.room(for: ExactDecimal.textCapacity))
        case .boolean(let boolean):
            row.append(boolean ? "true" : "false")
        case .date(let date):
            let target = row.room(for: CalendarDate.textCount + 2)
            target[0] = UInt8(ascii: "\"")
            date.write(to: target + 1)
            target[CalendarDate.textCount + 1] = UInt8(ascii: "\"")
            row.count += CalendarDate.textCount + 2
        case .datetime(let datetime):
            let target = row.room(for: Datetime.textCapacity + 2)
            let count = datetime.write(to: target + 1)
            target[0] = UInt8(ascii: "\"")
            target[count + 1] = UInt8(ascii: "\"")
            row.count += count + 2
        case .json(let bytes):
            if let start = bytes.baseAddress { row.room(for: bytes.count).update(from: start, count: bytes.count) }
            row.count += bytes.count
        case .null, .failed:
            row.append("null")
        }
        return true
    }

    @inline(never)
    private func note(_ plan: UnsafeMutablePointer<FieldPlan>, _ rule: String, _ failure: Failure, _ cells: Cells) {
        reject(field: plan.pointee.name, column: plan.pointee.column, rule: rule, failure, cells)
    }

    /// Runs all checks of a field, so that every failure is noted and not only the first.
    private func passes(_ value: Value, _ plan: UnsafeMutablePointer<FieldPlan>, _ cells: Cells) -> Bool {
        var passes = true
        for index in plan.pointee.checks where !checks[index]._withUnsafeGuaranteedRef({ holds($0, value) }) {
            let check = program.checks[index]
            var failure = check.failure
            if case .pattern = check.test, workspace.threads.isExhausted { failure = .patternTooCostly }
            note(plan, check.rule, failure, cells)
            passes = false
        }
        return passes
    }

    /// Whether a value, which is not blank and of the field's type, passes a check.
    @inline(__always)
    private func holds(_ check: ValueCheck, _ value: Value) -> Bool {
        switch value {
        case .text(let bytes):
            holds(check, bytes)
        case .number(let number):
            switch check.test {
            case .number(let relation, let limit): relation.holds(number, limit)
            case .multiple(let step): number.isMultiple(of: step)
            case .value(let values): values.contains(.number(number))
            default: true
            }
        case .date(let date):
            switch check.test {
            case .date(let relation, let limit): relation.holds(date, limit)
            case .value(let values): values.contains(.date(date))
            default: true
            }
        case .datetime(let datetime):
            switch check.test {
            case .datetime(let relation, let limit): relation.holds(datetime.compared(to: limit), 0)
            case .value(let values): values.contains { $0.datetime?.compared(to: datetime) == 0 }
            default: true
            }
        case .boolean(let boolean):
            if case .value(let values) = check.test { values.contains(.boolean(boolean)) } else { true }
        // No check but `required` is for objects and arrays.
        case .json, .null, .failed:
            true
        }
    }

    private func holds(_ check: ValueCheck, _ bytes: Bytes) -> Bool {
        switch check.test {
        case .form(let form): hasForm(bytes, form)
        // A scalar has at least one byte, so that most texts need not be counted.
        case .maximumLength(let limit): bytes.count <= limit || scalarCount(bytes) <= limit
        case .minimumLength(let limit): scalarCount(bytes) >= limit
        case .pattern(let pattern): pattern.matches(bytes, threads: workspace.threads)
        case .format(_, let test): test(bytes)
        case .text(let table): table.index(of: bytes) != nil
        case .noFormula: !TextFormat.isFormula(bytes)
        case .number, .date, .datetime, .multiple, .value: true
        }
    }

    private func hasForm(_ bytes: Bytes, _ form: ValueCheck.Form) -> Bool {
        switch form {
        case .email: TextFormat.isEmail(bytes)
        case .phone: TextFormat.isPhone(bytes)
        case .url: TextFormat.isURL(bytes)
        case .uuid: TextFormat.isUUID(bytes)
        }
    }
}

extension Failure {
    static let nulByte = Failure(
        "nul_byte", "the text holds a NUL (U+0000), which cannot be stored; remove it from the cell")
    static let invalidUTF8 = Failure(
        "invalid_utf8", "the text holds bytes that are not UTF-8; give the file's encoding under source: encoding")
}
