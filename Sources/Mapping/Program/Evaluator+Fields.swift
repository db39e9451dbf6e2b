extension Evaluator {
    /// Converts, checks and writes the value in register 0; where it is not accepted, the rejections are noted.
    @inline(__always)
    func finish(_ index: Int, _ cells: Cells, _ row: inout RowBuffer) -> Bool {
        let plan = plans + index
        let value = Conversion.convert(registers[0], to: plan.pointee.type, workspace)
        switch value {
        case .null:
            if plan.pointee.isRequired {
                note(plan, "required", plan.pointee.failures.required, cells)
                return false
            }
            row.append("null")
            return true
        case .failed:
            note(plan, "type", workspace.failure, cells)
            return false
        default:
            if plan.pointee.hasChecks, !passes(value, plan, cells) { return false }
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
        let before = rejections.count
        switch value {
        case .text(let bytes):
            checkText(bytes, plan, cells)
        case .number(let number):
            if let minimum = plan.pointee.minimumNumber, number < minimum {
                note(plan, "min", plan.pointee.failures.minimum, cells)
            }
            if let maximum = plan.pointee.maximumNumber, number > maximum {
                note(plan, "max", plan.pointee.failures.maximum, cells)
            }
            checkAllowed(plan, cells) { $0 == .number(number) }
        case .date(let date):
            if let minimum = plan.pointee.minimumDate, date < minimum {
                note(plan, "min", plan.pointee.failures.minimum, cells)
            }
            if let maximum = plan.pointee.maximumDate, date > maximum {
                note(plan, "max", plan.pointee.failures.maximum, cells)
            }
            checkAllowed(plan, cells) { $0 == .date(date) }
        case .datetime(let datetime):
            if let minimum = plan.pointee.minimumDatetime, datetime.compared(to: minimum) < 0 {
                note(plan, "min", plan.pointee.failures.minimum, cells)
            }
            if let maximum = plan.pointee.maximumDatetime, datetime.compared(to: maximum) > 0 {
                note(plan, "max", plan.pointee.failures.maximum, cells)
            }
            checkAllowed(plan, cells) { $0.datetime?.compared(to: datetime) == 0 }
        case .boolean(let boolean):
            checkAllowed(plan, cells) { $0 == .boolean(boolean) }
        case .null, .failed:
            break
        }
        return rejections.count == before
    }

    private func checkAllowed(
        _ plan: UnsafeMutablePointer<FieldPlan>, _ cells: Cells, _ isValue: (Constant) -> Bool
    ) {
        guard let allowed = plan.pointee.allowedOthers, !allowed.contains(where: isValue) else { return }
        note(plan, "enum", plan.pointee.failures.allowed, cells)
    }

    private func checkText(_ bytes: Bytes, _ plan: UnsafeMutablePointer<FieldPlan>, _ cells: Cells) {
        if plan.pointee.form != .none, !hasForm(bytes, plan.pointee.form) {
            note(plan, "type", plan.pointee.failures.form, cells)
        }
        // A scalar has at least one byte, so that most texts need not be counted.
        if bytes.count > plan.pointee.maximumLength, scalarCount(bytes) > plan.pointee.maximumLength {
            note(plan, "max_length", plan.pointee.failures.maximumLength, cells)
        }
        if plan.pointee.minimumLength > 0, scalarCount(bytes) < plan.pointee.minimumLength {
            note(plan, "min_length", plan.pointee.failures.minimumLength, cells)
        }
        if let matches = plan.pointee.pattern?.matches(bytes, threads: workspace.threads), !matches {
            let failure = workspace.threads.isExhausted ? .patternTooCostly : plan.pointee.failures.pattern
            note(plan, "pattern", failure, cells)
        }
        if let allowed = plan.pointee.allowedTexts, allowed.index(of: bytes) == nil {
            note(plan, "enum", plan.pointee.failures.allowed, cells)
        }
    }

    private func hasForm(_ bytes: Bytes, _ form: FieldPlan.Form) -> Bool {
        switch form {
        case .none: true
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
