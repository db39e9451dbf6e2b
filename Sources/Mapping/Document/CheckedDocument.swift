/// A mapping document whose names and types are resolved against an API's fields and, where known, a file's columns.
struct CheckedDocument {
    struct Target {
        let name: String
        /// `nil` for a nested target that the API does not define: it takes any value.
        let field: Field?
        let expression: TypedExpression
    }

    struct Rule {
        let expression: TypedExpression
        let message: String
    }

    private(set) var targets: [Target] = []
    private(set) var rules: [Rule] = []
    /// For each unique check, the targets' indexes.
    private(set) var uniqueChecks: [[Int]] = []
    private var diagnostics: [Diagnostic] = []

    /// Checks everything; throws all that is wrong.
    init(_ document: Document, fields: [Field]?, columns: [String]?) throws(MappingError) {
        let fields = document.api.fields ?? fields
        for mapping in document.mappings { check(mapping, document, fields, columns) }
        for rule in document.rowRules {
            var checker = TypeChecker(columns: columns, origin: rule.origin)
            if let expression = checker.check(rule.expression, as: .boolean, "the rule") {
                rules.append(Rule(expression: expression, message: rule.message))
            }
            diagnostics += checker.diagnostics
        }
        checkRequired(document, fields)
        checkUnique(document)
        if !diagnostics.isEmpty { throw MappingError(diagnostics) }
    }

    private mutating func note(_ code: Diagnostic.Code, _ location: Location, _ message: String, _ advice: String) {
        diagnostics.append(Diagnostic(code, at: location, message, advice))
    }

    private mutating func check(
        _ mapping: TargetMapping, _ document: Document, _ fields: [Field]?, _ columns: [String]?
    ) {
        let field = fields?.first { $0.name == mapping.target }
        if field == nil, let fields, let advice = unknown(mapping.target, among: fields) {
            let api = document.api.name
            note(.unknownField, mapping.targetLocation, "the API '\(api)' has no field '\(mapping.target)'", advice)
        }
        var checker = TypeChecker(columns: columns, origin: mapping.origin)
        let expression = checker.check(mapping.expression)
        if let expression, let field, !expression.type.converts(to: field.type.valueType) {
            let type = field.type.valueType
            checker.note(
                .typeMismatch, mapping.expression.span,
                "'\(field.name)' is \(type.label), but the expression gives \(expression.type.label)",
                expression.type.advice(to: type))
        } else if let expression, let field, field.isRequired, expression.type == .null {
            checker.note(
                .typeMismatch, mapping.expression.span,
                "'\(field.name)' is required, but the expression is always blank",
                "map it to a column or a value")
        } else if let expression, let field, case .constant = expression.kind {
            // A constant that does not fit would reject every row.
            _ = checker.convert(expression, to: field.type.valueType, at: mapping.expression.span, "'\(field.name)'")
        }
        diagnostics += checker.diagnostics
        guard let expression else { return }
        targets.append(Target(name: mapping.target, field: field, expression: expression))
    }

    /// What to say about a target that the API does not define; `nil` for a nested one below a name that the API says
    /// nothing about.
    private func unknown(_ target: String, among fields: [Field]) -> String? {
        let names = fields.map(\.name)
        let advice = Suggestion.advice(for: target, among: names) { "'\($0)'" }
        guard let root = TargetPath.root(of: target) else { return advice }
        let isKnownRoot = names.contains { $0 == root || TargetPath.root(of: $0) == root }
        return isKnownRoot || Suggestion.nearest(to: target, among: names) != nil ? advice : nil
    }

    private mutating func checkRequired(_ document: Document, _ fields: [Field]?) {
        for field in fields ?? [] where field.isRequired {
            if document.mappings.contains(where: { $0.target == field.name }) { continue }
            note(
                .unmappedField, document.api.location, "the required field '\(field.name)' is not mapped",
                "add \(field.name): $column to 'mappings'")
        }
    }

    private mutating func checkUnique(_ document: Document) {
        let names = document.mappings.map(\.target)
        for check in document.uniqueChecks {
            var indexes: [Int] = []
            for field in check.fields {
                if let index = targets.firstIndex(where: { $0.name == field }) {
                    indexes.append(index)
                } else if !names.contains(field) {
                    note(
                        .unknownField, check.location,
                        "'unique' names '\(field)', which is not a target of the mapping",
                        Suggestion.advice(for: field, among: names) { "'\($0)'" })
                }
            }
            uniqueChecks.append(indexes)
        }
    }
}

extension Document {
    /// Everything that is wrong with the mapping; empty when it is right.
    ///
    /// `fields` are the API's where the document only names it (without any, targets are not checked); `columns` are the
    /// file's where it is known (without any, every column is accepted).
    package func check(fields: [Field]? = nil, columns: [String]? = nil) -> [Diagnostic] {
        do {
            _ = try CheckedDocument(self, fields: fields, columns: columns)
            return []
        } catch {
            return error.diagnostics
        }
    }
}
