/// What happens to a target's value: conversion to the field's type, checks, and the sentences for their failures.
struct FieldPlan: Sendable {
    /// The form that a text must have beyond being a text.
    enum Form: UInt8, Sendable {
        case none, email, phone, url, uuid
    }

    let name: String
    let code: Range<Int>
    /// The first column that the expression reads, or -1.
    let column: Int
    let type: ValueType
    let form: Form
    let isRequired: Bool
    let minimumNumber: ExactDecimal?
    let maximumNumber: ExactDecimal?
    let minimumDate: CalendarDate?
    let maximumDate: CalendarDate?
    let minimumDatetime: Datetime?
    let maximumDatetime: Datetime?
    /// Whether values are datetimes, which unique checks compare by their instants.
    let isDatetime: Bool
    let minimumLength: Int
    let maximumLength: Int
    let pattern: Pattern?
    let allowedTexts: ByteTable?
    let allowedOthers: [Constant]?
    let hasChecks: Bool
    let failures: Failures

    struct Failures: Sendable {
        var required: Failure
        var form: Failure
        var minimum: Failure
        var maximum: Failure
        var minimumLength: Failure
        var maximumLength: Failure
        var pattern: Failure
        var allowed: Failure
    }

    init(_ target: CheckedDocument.Target, code: Range<Int>, columns: [String]) {
        let field = target.field
        name = target.name
        self.code = code
        column = target.expression.firstColumn ?? -1
        type = field?.type.valueType ?? .any
        form =
            switch field?.type {
            case .email: .email
            case .phone: .phone
            case .url: .url
            case .uuid: .uuid
            default: .none
            }
        isRequired = field?.isRequired ?? false
        minimumNumber = field?.minimum?.number
        maximumNumber = field?.maximum?.number
        minimumDate = field?.minimum?.date
        maximumDate = field?.maximum?.date
        minimumDatetime = field?.minimum?.datetime
        maximumDatetime = field?.maximum?.datetime
        isDatetime = type == .datetime || (type == .any && target.expression.type == .datetime)
        minimumLength = field?.minimumLength ?? 0
        maximumLength = field?.maximumLength ?? Int.max
        pattern = field?.pattern
        let isText = type == .text
        let allowed = field?.allowedValues
        allowedTexts = isText ? allowed.map { ByteTable($0.map(\.bytes)) } : nil
        allowedOthers = isText ? nil : allowed
        hasChecks =
            form != .none || field?.minimum != nil || field?.maximum != nil || minimumLength > 0
            || maximumLength < Int.max || pattern != nil || allowed != nil
        failures = Failures(field, form, column: column < 0 ? nil : columns[column])
    }
}

extension FieldPlan.Failures {
    init(_ field: Field?, _ form: FieldPlan.Form, column: String?) {
        let name = field?.name ?? ""
        let cell = column.map { "the column '\($0)'" } ?? "the row"
        required = Failure(
            "required",
            "'\(name)' is required, and \(cell) gives nothing for it; fill the cell, or give a value with ??")
        self.form =
            switch form {
            case .none: .none
            case .email:
                Failure("not_an_email", "this is not an e-mail address such as ann@example.com; correct the cell")
            case .phone:
                Failure("not_a_phone", "this is not a telephone number such as +49 30 1234567; correct the cell")
            case .url: Failure("not_a_url", "this is not a web address such as https://example.com; correct the cell")
            case .uuid:
                Failure(
                    "not_a_uuid", "this is not a UUID such as 123e4567-e89b-12d3-a456-426614174000; correct the cell")
            }
        func text(_ constant: Constant?) -> String { constant.map { String(decoding: $0.bytes, as: UTF8.self) } ?? "" }
        minimum = Failure("below_minimum", "'\(name)' must be at least \(text(field?.minimum)); correct the cell")
        maximum = Failure("above_maximum", "'\(name)' must be at most \(text(field?.maximum)); correct the cell")
        minimumLength = Failure(
            "too_short", "'\(name)' needs at least \(field?.minimumLength ?? 0) characters; lengthen the text")
        maximumLength = Failure(
            "too_long", "'\(name)' takes at most \(field?.maximumLength ?? 0) characters; shorten the text")
        pattern = Failure(
            "pattern_mismatch", "'\(name)' must match the pattern \(field?.pattern?.text ?? ""); correct the cell")
        let values = field?.allowedValues ?? []
        let shown = values.prefix(10).map { text($0) }.joined(separator: ", ") + (values.count > 10 ? ", …" : "")
        allowed = Failure(
            "not_in_enum", "'\(name)' must be one of \(shown); correct the cell, or translate it with map(…)")
    }
}

extension Constant {
    fileprivate var number: ExactDecimal? {
        if case .number(let number) = self { return number }
        return nil
    }

    fileprivate var date: CalendarDate? {
        if case .date(let date) = self { return date }
        return nil
    }

    var datetime: Datetime? {
        if case .datetime(let datetime) = self { return datetime }
        return nil
    }
}
