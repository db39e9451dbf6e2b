/// The one way in which a value becomes a value of another type: by its canonical form.
enum Conversion {
    /// `workspace.failure` says why where the result is `.failed`.
    @inline(__always)
    static func convert(_ value: Value, to type: ValueType, _ workspace: Workspace) -> Value {
        switch (value, type) {
        case (.null, _), (.failed, _), (_, .any), (.text, .text), (.number, .decimal), (.boolean, .boolean),
            (.date, .date), (.datetime, .datetime):
            value
        case (.json(let bytes), .object), (.json(let bytes), .array):
            kind(of: bytes) == type ? value : workspace.fail(type == .object ? .notAnObject : .notAnArray)
        case (.number(let number), .integer):
            number.scale == 0 ? value : whole(number, workspace)
        case (.text(let bytes), _):
            read(bytes, as: type, workspace)
        case (_, .text):
            write(value, workspace)
        default:
            workspace.fail(.wrongType)
        }
    }

    private static func kind(of json: Bytes) -> ValueType { json[0] == UInt8(ascii: "{") ? .object : .array }

    private static func whole(_ number: ExactDecimal, _ workspace: Workspace) -> Value {
        number.integer.map { .number(ExactDecimal($0)) } ?? workspace.fail(.notWhole)
    }

    private static func read(_ bytes: Bytes, as type: ValueType, _ workspace: Workspace) -> Value {
        switch type {
        case .integer, .decimal:
            switch ExactDecimal.scan(bytes) {
            case .number(let number) where type == .decimal || number.scale == 0: return .number(number)
            case .tooLarge: return workspace.fail(.numberTooLarge)
            default: return workspace.fail(type == .integer ? .notAnInteger : .notADecimal)
            }
        case .boolean:
            if bytes.elementsEqual("true".utf8) { return .boolean(true) }
            if bytes.elementsEqual("false".utf8) { return .boolean(false) }
            return workspace.fail(.notCanonicalBoolean)
        case .date:
            switch CalendarDate.scan(bytes) {
            case .date(let date): return .date(date)
            case .malformed: return workspace.fail(.notCanonicalDate)
            case .noSuchDay: return workspace.fail(.noSuchDate)
            }
        case .datetime:
            return Datetime.scan(bytes).map(Value.datetime) ?? workspace.fail(.notADatetime)
        case .object, .array:
            let value = JSONText.read(bytes, workspace)
            if value.isNull || value.isFailed { return value }
            if case .json(let canonical) = value, kind(of: canonical) == type { return value }
            return workspace.fail(type == .object ? .notAnObject : .notAnArray)
        case .null:
            return .null
        case .text, .any:
            return .text(bytes)
        }
    }

    private static func write(_ value: Value, _ workspace: Workspace) -> Value {
        switch value {
        case .number(let number):
            let target = workspace.allocate(ExactDecimal.textCapacity)
            let count = number.write(to: target)
            workspace.giveBack(ExactDecimal.textCapacity - count)
            return .blankable(target, count: count)
        case .date(let date):
            let target = workspace.allocate(CalendarDate.textCount)
            date.write(to: target)
            return .blankable(target, count: CalendarDate.textCount)
        case .datetime(let datetime):
            let target = workspace.allocate(Datetime.textCapacity)
            let count = datetime.write(to: target)
            workspace.giveBack(Datetime.textCapacity - count)
            return .blankable(target, count: count)
        case .boolean(let boolean):
            return workspace.text(Constant.boolean(boolean).bytes)
        case .json(let bytes):
            return .text(bytes)
        case .null, .failed, .text:
            return value
        }
    }
}

extension Failure {
    static let wrongType = Failure(
        "wrong_type", "the value is of a type that does not fit the field; convert it in the mapping's expression")
    static let notWhole = Failure(
        "not_an_integer", "the number has digits behind the point; correct the cell, or make the field a number")
    static let notCanonicalBoolean = Failure(
        "not_a_boolean", "this is neither true nor false; read other spellings with parse_boolean")
    static let notCanonicalDate = Failure(
        "not_a_date",
        "this is not a date such as 2024-02-29; read other spellings with parse_date(\"dd/MM/yyyy\")")
    static let notADatetime = Failure(
        "not_a_datetime",
        "this is not a time such as 2024-02-29T12:30:00Z; read other spellings with parse_datetime")
}
