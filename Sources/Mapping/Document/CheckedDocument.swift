/// A mapping document whose names and types are resolved against an API's fields and, where known, a file's columns.
struct CheckedDocument {
    struct Target {
        let name: String
        /// The API's definition of the field and those of the mapping's checks, all of one type; empty for a target that
        /// neither says anything about: it takes any value.
        let definitions: [Field]
        let expression: TypedExpression
    }

    struct Rule {
        let expression: TypedExpression
        let message: String
    }

    struct RowCheck {
        enum Kind {
            case allOrNone, exactlyOneOf
            case required(if: TypedExpression, text: String)
            case foreignKey(ForeignKey)
        }

        let kind: Kind
        let names: [String]
        /// Indexes of the targets.
        let targets: [Int]
        let message: String?
    }

    private(set) var targets: [Target] = []
    private(set) var rules: [Rule] = []
    private(set) var rowChecks: [RowCheck] = []
    /// For each unique check, the targets' indexes.
    private(set) var uniqueChecks: [[Int]] = []
    /// What may be wrong in checks of targets whose type only the API's fields can tell, where they are not known.
    private(set) var undecided: [Diagnostic] = []
    private var diagnostics: [Diagnostic] = []
    private let tables: LookupTables?

    /// Checks everything; throws all that is wrong.
    init(
        _ document: Document, fields: [Field]?, columns: [String]?, tables: LookupTables?
    ) throws(MappingError) {
        self.tables = tables
        let fields = document.api.fields ?? fields
        for mapping in document.mappings { check(mapping, document, fields, columns) }
        for rule in document.rowRules {
            var checker = TypeChecker(columns: columns, tables: tables, origin: rule.origin)
            if let expression = checker.check(rule.expression, as: .boolean, "the rule") {
                rules.append(Rule(expression: expression, message: rule.message))
            }
            diagnostics += checker.diagnostics
        }
        checkTargets(document)
        checkRequired(document, fields)
        checkUnique(document)
        checkRows(document, columns)
        if !diagnostics.isEmpty { throw MappingError(diagnostics) }
    }

    private mutating func note(_ code: Diagnostic.Code, _ location: Location, _ message: String, _ advice: String) {
        diagnostics.append(Diagnostic(code, at: location, message, advice))
    }

    private mutating func check(
        _ mapping: TargetMapping, _ document: Document, _ fields: [Field]?, _ columns: [String]?
    ) {
        let field = fields?.first { $0.name.isSpelled(mapping.target) }
        if field == nil, let fields, let advice = unknown(mapping.target, among: fields) {
            let api = document.api.name
            note(.unknownField, mapping.targetLocation, "the API '\(api)' has no field '\(mapping.target)'", advice)
        }
        var checker = TypeChecker(columns: columns, tables: tables, origin: mapping.origin)
        let expression = checker.check(mapping.expression)
        let definitions = definitions(mapping, field, expression?.type, document, areFieldsKnown: fields != nil)
        let target = definitions.first
        if let expression, let field = target, !expression.type.converts(to: field.type.valueType) {
            let type = field.type.valueType
            checker.note(
                .typeMismatch, mapping.expression.span,
                "'\(field.name)' is \(type.label), but the expression gives \(expression.type.label)",
                expression.type.advice(to: type))
        } else if let expression, let field = definitions.first(where: \.isRequired), expression.type == .null {
            checker.note(
                .typeMismatch, mapping.expression.span,
                "'\(field.name)' is required, but the expression is always blank",
                "map it to a column or a value")
        } else if let expression, let field = target, case .constant = expression.kind {
            // A constant that does not fit would reject every row.
            _ = checker.convert(expression, to: field.type.valueType, at: mapping.expression.span, "'\(field.name)'")
        }
        diagnostics += checker.diagnostics
        guard let expression else { return }
        targets.append(Target(name: mapping.target, definitions: definitions, expression: expression))
    }

    /// All that is asked of a target: by the API's field, if there is one, and by the checks of the mapping.
    private mutating func definitions(
        _ mapping: TargetMapping, _ field: Field?, _ type: ValueType?, _ document: Document, areFieldsKnown: Bool
    ) -> [Field] {
        var definitions = field.map { [$0] } ?? []
        var place = mapping.targetLocation
        for check in document.fieldChecks where check.field.isSpelled(mapping.target) {
            var reader = DocumentReader()
            let definition = check.definition(after: definitions.first, type, &reader)
            guard reader.diagnostics.isEmpty || areFieldsKnown || check.keys["type"] != nil else {
                undecided += reader.diagnostics
                continue
            }
            diagnostics += reader.diagnostics
            if reader.diagnostics.isEmpty {
                definitions.append(definition)
                place = check.location
            }
        }
        if let reason = Field.contradiction(in: definitions) {
            note(.wrongValue, place, "no value of '\(mapping.target)' can pass: \(reason)", "correct one of the two")
        }
        return definitions
    }

    /// What to say about a target that the API does not define; `nil` for a nested one below a name that the API says
    /// nothing about.
    private func unknown(_ target: String, among fields: [Field]) -> String? {
        let names = fields.map(\.name)
        let advice = Suggestion.advice(for: target, among: names) { "'\($0)'" }
        guard let root = TargetPath.root(of: target) else { return advice }
        let isKnownRoot = names.contains {
            $0.isSpelled(root) || TargetPath.root(of: $0)?.isSpelled(root) == true
        }
        return isKnownRoot || Suggestion.nearest(to: target, among: names) != nil ? advice : nil
    }

    private mutating func checkTargets(_ document: Document) {
        for conflict in TargetTree(document.mappings.map(\.target)).conflicts {
            guard let mapping = document.mappings.first(where: { $0.target.isSpelled(conflict.target) }) else {
                continue
            }
            note(.conflictingTarget, mapping.targetLocation, conflict.message, conflict.advice)
        }
    }

    private mutating func checkRequired(_ document: Document, _ fields: [Field]?) {
        for field in fields ?? [] where field.isRequired {
            if document.mappings.contains(where: { $0.target.isSpelled(field.name) }) { continue }
            note(
                .unmappedField, document.api.location, "the required field '\(field.name)' is not mapped",
                "add \(field.name): $column to 'mappings'")
        }
    }

    private mutating func checkUnique(_ document: Document) {
        for check in document.uniqueChecks {
            uniqueChecks.append(targets(check.fields, "'unique'", check.location, document))
        }
        for check in document.fieldChecks { _ = targets([check.field], "'field'", check.location, document) }
    }

    private mutating func checkRows(_ document: Document, _ columns: [String]?) {
        for check in document.rowChecks {
            let kind: RowCheck.Kind?
            let what: String
            switch check.kind {
            case .allOrNone: (kind, what) = (.allOrNone, "'all_or_none'")
            case .exactlyOneOf: (kind, what) = (.exactlyOneOf, "'exactly_one_of'")
            case .required(let condition, let text, let origin):
                var checker = TypeChecker(columns: columns, tables: tables, origin: origin)
                let expression = checker.check(condition, as: .boolean, "the condition")
                diagnostics += checker.diagnostics
                (kind, what) = (expression.map { .required(if: $0, text: text) }, "'required'")
            case .foreignKey(let table, let location, let key):
                let found = foreignKey(check.fields, table, location, key)
                (kind, what) = (found.map { .foreignKey($0) }, "'foreign_key'")
            }
            let indexes = targets(check.fields, what, check.location, document)
            guard let kind, indexes.count == check.fields.count else { continue }
            rowChecks.append(RowCheck(kind: kind, names: check.fields, targets: indexes, message: check.message))
        }
    }

    /// The table of a foreign key and its key there; `nil` where a mistake was noted, or tables are not known.
    private mutating func foreignKey(
        _ fields: [String], _ name: String, _ location: Location, _ key: [String]?
    ) -> ForeignKey? {
        guard let tables else { return nil }
        guard let table = tables[name] else {
            let problem = tables.problem(of: name)
            note(.unknownTable, location, problem.message, problem.advice)
            return nil
        }
        let description = table.description
        for field in key ?? [] where description.type(of: field) == nil {
            note(
                .unknownColumn, location, "the table '\(name)' has no column '\(field)'",
                Suggestion.advice(for: field, among: description.fields.map(\.name)) { "'\($0)'" })
        }
        let found = description.fields(of: key.map { .fields($0) } ?? .unique(count: fields.count))
        guard let found, let index = table.keys.firstIndex(where: { $0.areSpelled(found) }) else {
            if key == nil {
                let count = fields.count == 1 ? "one field" : "\(fields.count) fields"
                note(
                    .unknownTable, location, "the table '\(name)' has no key of \(count)",
                    "add a check 'unique' of \(count) to its mapping and run its file again, or name the fields with 'key'"
                )
            }
            return nil
        }
        let foreignKey = ForeignKey(table: table, key: index)
        for (field, type) in zip(fields, foreignKey.types) {
            guard let target = targets.first(where: { $0.name.isSpelled(field) }) else { continue }
            let own = target.definitions.first?.type.valueType ?? target.expression.type
            if !own.converts(to: type) {
                note(
                    .typeMismatch, location, "'\(field)' is \(own.label), and the key of '\(name)' \(type.label)",
                    "name another field, or another 'key'")
            }
        }
        return foreignKey
    }

    /// The indexes of the targets that a check names; names that are none are noted.
    private mutating func targets(
        _ fields: [String], _ what: String, _ location: Location, _ document: Document
    ) -> [Int] {
        let names = document.mappings.map(\.target)
        return fields.compactMap { field in
            if let index = targets.firstIndex(where: { $0.name.isSpelled(field) }) { return index }
            if !names.contains(where: { $0.isSpelled(field) }) {
                note(
                    .unknownField, location, "\(what) names '\(field)', which is not a target of the mapping",
                    Suggestion.advice(for: field, among: names) { "'\($0)'" })
            }
            return nil
        }
    }
}

extension FieldCheck {
    /// What the check asks for, as a definition of the same type as `field`, the one that stands already; without one of
    /// the type that it names itself, or that the target's expression has. `reader` notes what is wrong.
    func definition(after field: Field?, _ expression: ValueType?, _ reader: inout DocumentReader) -> Field {
        let named = reader.type(keys["type"])
        var definition = Field(self.field, field?.type ?? named ?? FieldType(of: expression ?? .text))
        if let named, let field, named != field.type, let node = keys["type"] {
            reader.note(
                .wrongValue, node.location, "'\(self.field)' is of type \(field.type.rawValue)",
                "remove 'type' from the check")
        }
        reader.readChecks(of: &definition, keys)
        return definition
    }
}

extension FieldType {
    /// The type of a field that takes the values of an expression as they are.
    fileprivate init(of type: ValueType) {
        switch type {
        case .integer: self = .integer
        case .decimal: self = .number
        case .boolean: self = .boolean
        case .date: self = .date
        case .datetime: self = .datetime
        case .object: self = .object
        case .array: self = .array
        case .text, .null, .any: self = .string
        }
    }
}

extension Document {
    /// Everything that is wrong with the mapping; empty when it is right.
    ///
    /// `fields` are the API's where the document only names it (without any, targets are not checked); `columns` are the
    /// file's where it is known (without any, every column is accepted); `tables` are the lookup tables where they are
    /// known (without any, every table is accepted).
    package func check(
        fields: [Field]? = nil, columns: [String]? = nil, tables: LookupTables? = nil
    ) -> [Diagnostic] {
        do {
            _ = try CheckedDocument(self, fields: fields, columns: columns, tables: tables)
            return []
        } catch {
            return error.diagnostics
        }
    }
}
