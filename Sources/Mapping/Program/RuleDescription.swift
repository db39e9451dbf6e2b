/// One step of a mapping as data: what a table of transformation rules shows.
///
/// The list is canonical: it depends only on the document, not on a file's columns, and its order is that of evaluation.
package struct RuleDescription: Sendable, Equatable {
    /// The target field; `nil` for a rule on the row or a unique check.
    package let target: String?
    /// From 1, for each target, and for the checks on rows together.
    package let ordinal: Int
    package let kind: Function.Kind
    /// The function, operator or check: `trim`, `??`, `if`, `copy` (a column as it is), `constant`, `max_length` …
    package let function: String
    /// A JSON array of the arguments: constants as they are, `{"column":"name"}`, `{"step":2}` for what an earlier step of
    /// the same expression gave, `["UK","GB"]` for an entry of `map`.
    package let arguments: String
    /// The columns that the step reads itself or through earlier steps, in order of appearance.
    package let columns: [String]
}

extension Document {
    /// All steps of the mapping, in canonical order: the targets', the checks of their fields, the rules on rows.
    ///
    /// `fields` are the API's where the document only names it.
    package func ruleDescriptions(fields: [Field]? = nil) -> [RuleDescription] {
        let fields = api.fields ?? fields ?? []
        var result: [RuleDescription] = []
        for mapping in mappings {
            var list = RuleList(target: mapping.target)
            list.append(whole: mapping.expression)
            let definitions = definitions(of: mapping, fields.first { $0.name.isSpelled(mapping.target) })
            for (index, definition) in definitions.enumerated() {
                list.appendChecks(of: definition, includesType: index == 0)
            }
            result += list.rules
        }
        var list = RuleList(target: nil)
        for rule in rowRules { list.append(rule) }
        for check in rowChecks { list.append(check) }
        for check in uniqueChecks { list.append(check) }
        return result + list.rules
    }

    /// What the API and the checks of the mapping ask of a target.
    private func definitions(of mapping: TargetMapping, _ field: Field?) -> [Field] {
        var definitions = field.map { [$0] } ?? []
        var reader = DocumentReader()
        for check in fieldChecks where check.field.isSpelled(mapping.target) {
            var checker = TypeChecker(columns: nil, origin: mapping.origin)
            let type = checker.check(mapping.expression)?.type
            definitions.append(check.definition(after: definitions.first, type, &reader))
        }
        return definitions
    }
}

private struct RuleList {
    let target: String?
    private(set) var rules: [RuleDescription] = []
    private var columns: [String] = []

    init(target: String?) {
        self.target = target
    }

    private struct Operand {
        let json: String
        let columns: [String]
    }

    mutating func append(whole expression: Expression) {
        let operand = append(expression)
        if rules.isEmpty {
            let isColumn = !operand.columns.isEmpty
            add(.transformation, isColumn ? "copy" : "constant", [operand])
        }
        columns = operand.columns
    }

    mutating func append(_ rule: RowRule) {
        let condition = append(rule.expression)
        add(.validation, "rule", [condition, Operand(json: Self.json(rule.message), columns: [])])
    }

    mutating func append(_ check: RowCheck) {
        let fields = Self.operands(check.fields)
        switch check.kind {
        case .allOrNone: add(.validation, Check.allOrNone.rule, fields)
        case .exactlyOneOf: add(.validation, Check.exactlyOneOf.rule, fields)
        case .required(let condition, _, _): add(.validation, Check.requiredIf.rule, [append(condition)] + fields)
        case .foreignKey(let table, _, let key):
            let place = ([table] + (key ?? [])).map { Operand(json: Self.json($0), columns: []) }
            add(.validation, Check.foreignKey.rule, fields + place)
        }
    }

    mutating func append(_ check: UniqueCheck) {
        add(.validation, "unique", Self.operands(check.fields))
    }

    private static func operands(_ fields: [String]) -> [Operand] {
        fields.map { Operand(json: "{\"field\":\(json($0))}", columns: []) }
    }

    mutating func appendChecks(of field: Field, includesType: Bool) {
        func add(_ name: String, _ arguments: [String]) {
            self.add(.validation, name, arguments.map { Operand(json: $0, columns: columns) })
        }
        if field.isRequired { add("required", []) }
        if includesType { add("type", [Self.json(field.type.rawValue)]) }
        if let minimum = field.minimum { add("min", [minimum.json]) }
        if let maximum = field.maximum { add("max", [maximum.json]) }
        if let limit = field.exclusiveMinimum { add("exclusive_min", [limit.json]) }
        if let limit = field.exclusiveMaximum { add("exclusive_max", [limit.json]) }
        if let step = field.multipleOf { add("multiple_of", [step.description]) }
        if let length = field.minimumLength { add("min_length", ["\(length)"]) }
        if let length = field.maximumLength { add("max_length", ["\(length)"]) }
        if let pattern = field.pattern { add("pattern", [Self.json(pattern.text)]) }
        if let format = field.format { add("format", [format.name, format.country].compactMap(\.self).map(Self.json)) }
        if let values = field.allowedValues { add("enum", values.map(\.json)) }
        if let value = field.constant { add("const", [value.json]) }
        if field.forbidsFormulas { add("formulas", [Self.json("forbid")]) }
    }

    private mutating func add(_ kind: Function.Kind, _ function: String, _ operands: [Operand]) {
        var seen: [String] = []
        for column in operands.flatMap(\.columns) where !seen.contains(where: { $0.isSpelled(column) }) {
            seen.append(column)
        }
        rules.append(
            RuleDescription(
                target: target, ordinal: rules.count + 1, kind: kind, function: function,
                arguments: "[\(operands.map(\.json).joined(separator: ","))]", columns: seen))
    }

    private mutating func step(_ kind: Function.Kind, _ function: String, _ operands: [Operand]) -> Operand {
        add(kind, function, operands)
        return Operand(json: "{\"step\":\(rules.count)}", columns: rules[rules.count - 1].columns)
    }

    private mutating func append(_ expression: Expression) -> Operand {
        switch expression.kind {
        case .column(let name):
            return Operand(json: "{\"column\":\(Self.json(name))}", columns: [name])
        case .literal(let constant):
            return Operand(json: constant.json, columns: [])
        case .call(let name, let arguments):
            let operands = arguments.map { append($0) }
            return step(FunctionTable.function(named: name)?.kind ?? .transformation, name, operands)
        case .fallback(let first, let second):
            let operands = [append(first), append(second)]
            return step(.transformation, "??", operands)
        case .conditional(let condition, let yes, let no):
            let operands = [append(condition), append(yes), append(no)]
            return step(.transformation, "if", operands)
        case .and(let first, let second):
            let operands = [append(first), append(second)]
            return step(.validation, "and", operands)
        case .or(let first, let second):
            let operands = [append(first), append(second)]
            return step(.validation, "or", operands)
        }
    }

    private mutating func append(_ argument: Expression.Argument) -> Operand {
        switch argument {
        case .value(let expression): return append(expression)
        case .entry(let key, let value):
            let (from, to) = (append(key), append(value))
            return Operand(json: "[\(from.json),\(to.json)]", columns: [])
        }
    }

    private static func json(_ text: String) -> String { Constant.text(Array(text.utf8)).json }
}
