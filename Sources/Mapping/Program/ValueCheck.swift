/// One check of a field's value, ready to run.
final class ValueCheck: Sendable {
    /// The form that a text of a type must have beyond being a text.
    enum Form: UInt8, Sendable {
        case email, phone, url, uuid
    }

    enum Relation: UInt8, Sendable {
        case atLeast, above, atMost, below

        @inline(__always)
        func holds<Ordered: Comparable>(_ value: Ordered, _ limit: Ordered) -> Bool {
            switch self {
            case .atLeast: value >= limit
            case .above: value > limit
            case .atMost: value <= limit
            case .below: value < limit
            }
        }

        /// Whether all values in this relation to `own` are in the other one to `limit`.
        fileprivate func implies<Ordered: Comparable>(_ own: Ordered, _ other: Relation, _ limit: Ordered) -> Bool {
            switch (self, other) {
            case (.atLeast, .above): own > limit
            case (.atMost, .below): own < limit
            case (.atLeast, .atLeast), (.above, .atLeast), (.above, .above): own >= limit
            case (.atMost, .atMost), (.below, .atMost), (.below, .below): own <= limit
            default: false
            }
        }
    }

    enum Test: Sendable {
        case form(Form)
        case number(Relation, ExactDecimal)
        case date(Relation, CalendarDate)
        case datetime(Relation, Datetime)
        case multiple(of: ExactDecimal)
        case maximumLength(Int)
        case minimumLength(Int)
        case pattern(Pattern)
        /// `id` is the same for the same format.
        case format(id: String, @Sendable (Bytes) -> Bool)
        case text(among: ByteTable)
        case value(among: [Constant])
        case noFormula
    }

    /// The check's name in rejections.
    let rule: String
    let test: Test
    let failure: Failure

    init(_ rule: String, _ test: Test, _ failure: Failure) {
        self.rule = rule
        self.test = test
        self.failure = failure
    }

    /// Whether what passes this check passes the other, so that the other need not be run.
    private func implies(_ other: ValueCheck) -> Bool {
        switch (test, other.test) {
        case (.number(let relation, let own), .number(let second, let limit)): relation.implies(own, second, limit)
        case (.date(let relation, let own), .date(let second, let limit)): relation.implies(own, second, limit)
        case (.datetime(let relation, let own), .datetime(let second, let limit)):
            relation.implies(own.compared(to: limit), second, 0)
        case (.maximumLength(let own), .maximumLength(let limit)): own <= limit
        case (.minimumLength(let own), .minimumLength(let limit)): own >= limit
        case (.pattern(let own), .pattern(let second)): own.text == second.text
        case (.format(let own, _), .format(let second, _)): own == second
        case (.form, .form), (.noFormula, .noFormula): true
        default: false
        }
    }
}

extension ValueCheck {
    /// The checks of definitions that all hold; of limits of one kind only the tightest is left.
    static func list(for definitions: [Field]) -> [ValueCheck] {
        var list: [ValueCheck] = []
        for check in definitions.flatMap({ all(of: $0) }) where !list.contains(where: { $0.implies(check) }) {
            list.removeAll { check.implies($0) }
            list.append(check)
        }
        return list
    }

    private static func all(of field: Field) -> [ValueCheck] {
        var list: [ValueCheck] = []
        func add(_ check: Check, _ demand: String, _ test: Test?) {
            guard let test else { return }
            list.append(ValueCheck(check.rule, test, check.refusals[0].failure(field.name, demand)))
        }
        if let form = Form(field.type) { list.append(ValueCheck("type", .form(form), form.failure)) }
        for (check, relation, limit) in [
            (Check.minimum, Relation.atLeast, field.minimum), (.exclusiveMinimum, .above, field.exclusiveMinimum),
            (.maximum, .atMost, field.maximum), (.exclusiveMaximum, .below, field.exclusiveMaximum),
        ] {
            switch limit {
            case .number(let number): add(check, "\(number)", .number(relation, number))
            case .date(let date): add(check, "\(date)", .date(relation, date))
            case .datetime(let datetime): add(check, "\(datetime)", .datetime(relation, datetime))
            default: break
            }
        }
        if let step = field.multipleOf { add(.multiple, "\(step)", .multiple(of: step)) }
        if let count = field.maximumLength { add(.maximumLength, "\(count)", .maximumLength(count)) }
        if let count = field.minimumLength, count > 0 { add(.minimumLength, "\(count)", .minimumLength(count)) }
        if let pattern = field.pattern { add(.pattern, pattern.text, .pattern(pattern)) }
        if let format = field.format {
            let id = format.name + (format.country ?? "")
            list.append(ValueCheck(Check.format.rule, .format(id: id, format.test), format.failure))
        }
        if let values = field.allowedValues {
            let shown = values.prefix(10).map(\.text).joined(separator: ", ") + (values.count > 10 ? ", …" : "")
            add(.enumeration, shown, among(values, field.type))
        }
        if let value = field.constant { add(.constant, value.text, among([value], field.type)) }
        if field.forbidsFormulas { add(.formulas, "", .noFormula) }
        return list
    }

    private static func among(_ values: [Constant], _ type: FieldType) -> Test {
        type.valueType == .text ? .text(among: ByteTable(values.map(\.bytes))) : .value(among: values)
    }
}

extension ValueCheck.Form {
    init?(_ type: FieldType) {
        switch type {
        case .email: self = .email
        case .phone: self = .phone
        case .url: self = .url
        case .uuid: self = .uuid
        default: return nil
        }
    }

    fileprivate var failure: Failure {
        switch self {
        case .email:
            Failure("not_an_email", "this is not an e-mail address such as ann@example.com; correct the cell")
        case .phone:
            Failure("not_a_phone", "this is not a telephone number such as +49 30 1234567; correct the cell")
        case .url: Failure("not_a_url", "this is not a web address such as https://example.com; correct the cell")
        case .uuid:
            Failure("not_a_uuid", "this is not a UUID such as 123e4567-e89b-12d3-a456-426614174000; correct the cell")
        }
    }
}

extension Constant {
    fileprivate var text: String { String(decoding: bytes, as: UTF8.self) }
}

// MARK: - Contradictions

extension Field {
    /// Why no value at all passes definitions that must all hold, or `nil` where nothing says so.
    static func contradiction(in definitions: [Field]) -> String? {
        let lower = definitions.flatMap { [("min", $0.minimum, false), ("exclusive_min", $0.exclusiveMinimum, true)] }
        let upper = definitions.flatMap { [("max", $0.maximum, false), ("exclusive_max", $0.exclusiveMaximum, true)] }
        for (lowerName, low, excludesLow) in lower {
            for (upperName, high, excludesHigh) in upper {
                guard let low, let high, let order = low.compared(to: high) else { continue }
                if order > 0 || order == 0 && (excludesLow || excludesHigh) {
                    return "'\(lowerName)' is \(low.text) and '\(upperName)' \(high.text)"
                }
            }
        }
        if let shortest = definitions.compactMap(\.minimumLength).max(),
            let longest = definitions.compactMap(\.maximumLength).min(), shortest > longest
        {
            return "'min_length' is \(shortest) and 'max_length' \(longest)"
        }
        let lists = definitions.flatMap { [$0.allowedValues, $0.constant.map { [$0] }] }.compactMap(\.self)
        if let first = lists.first, !first.contains(where: { value in lists.allSatisfy { $0.contains(value) } }) {
            return "'enum' and 'const' have no value in common"
        }
        return nil
    }
}

extension Constant {
    /// -1, 0 or 1 for two numbers, dates or datetimes, else `nil`.
    fileprivate func compared(to other: Constant) -> Int? {
        switch (self, other) {
        case (.number(let left), .number(let right)): left.compared(to: right)
        case (.date(let left), .date(let right)): left < right ? -1 : left == right ? 0 : 1
        case (.datetime(let left), .datetime(let right)): left.compared(to: right)
        default: nil
        }
    }
}
