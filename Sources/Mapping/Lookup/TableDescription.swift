/// What a lookup table has, without its rows: the targets of the mapping whose completed job the table is.
package struct TableDescription: Sendable {
    struct Field: Sendable {
        let name: String
        let type: ValueType
    }

    /// The name of the mapping.
    package let name: String
    let fields: [Field]
    /// The fields of each unique check, in the order of the document.
    let uniqueChecks: [[String]]

    /// - Parameter fields: those of the API, where the document only names it.
    package init(_ name: String, _ document: Document, fields: [Mapping.Field]) {
        self.name = name
        let known = document.api.fields ?? fields
        self.fields = document.mappings.map { mapping in
            let field = known.first { $0.name.isSpelled(mapping.target) }
            return Field(name: mapping.target, type: field?.type.valueType ?? .any)
        }
        uniqueChecks = document.uniqueChecks.map(\.fields)
    }

    /// The type of a field's values; `nil` where there is no such field.
    func type(of name: String) -> ValueType? {
        fields.first { $0.name.isSpelled(name) }?.type
    }

    /// The fields of the first unique check that has so many.
    func key(ofCount count: Int) -> [String]? {
        uniqueChecks.first { $0.count == count }
    }
}

/// What a document reads of a lookup table.
package struct TableUse: Sendable {
    /// The fields that rows are found by.
    enum Key: Sendable {
        /// Those of the table's first unique check of so many.
        case unique(count: Int)
        case fields([String])
    }

    /// The name of the mapping whose job it is.
    package let name: String
    /// The fields that lookups give.
    fileprivate(set) var columns: [String] = []
    fileprivate(set) var keys: [Key] = []

    /// The fields of each key that the table has.
    func keys(in table: TableDescription) -> [[String]] {
        var result: [[String]] = []
        for key in keys {
            guard let fields = table.fields(of: key), !result.contains(where: { $0.areSpelled(fields) }) else {
                continue
            }
            result.append(fields)
        }
        return result
    }
}

extension TableDescription {
    /// The fields of a key; `nil` where the table lacks one of them, or the unique check.
    func fields(of key: TableUse.Key) -> [String]? {
        switch key {
        case .unique(let count): self.key(ofCount: count)
        case .fields(let names): names.allSatisfy { type(of: $0) != nil } ? names : nil
        }
    }
}

extension [String] {
    /// Whether both lists have the same names, byte by byte.
    func areSpelled(_ other: [String]) -> Bool {
        count == other.count && zip(self, other).allSatisfy { $0.isSpelled($1) }
    }
}

extension Document {
    /// The tables that the document reads, each once, in order of appearance.
    package var tables: [TableUse] {
        var tables: [TableUse] = []
        func add(_ name: String, _ key: TableUse.Key, column: String? = nil) {
            let index = tables.firstIndex { $0.name.isSpelled(name) } ?? tables.endIndex
            if index == tables.endIndex { tables.append(TableUse(name: name)) }
            tables[index].keys.append(key)
            if let column, !tables[index].columns.contains(where: { $0.isSpelled(column) }) {
                tables[index].columns.append(column)
            }
        }
        for expression in mappings.map(\.expression) + rowRules.map(\.expression) {
            expression.forEachLookup { add($0, .unique(count: 1), column: $1) }
        }
        for check in rowChecks {
            switch check.kind {
            case .allOrNone, .exactlyOneOf: break
            case .required(let condition, _, _):
                condition.forEachLookup { add($0, .unique(count: 1), column: $1) }
            case .foreignKey(let table, _, let key):
                add(table, key.map { .fields($0) } ?? .unique(count: check.fields.count))
            }
        }
        return tables
    }
}

extension Expression {
    /// Gives the table and the column of every `lookup` in the expression that is called as it should be.
    fileprivate func forEachLookup(_ body: (_ table: String, _ column: String) -> Void) {
        switch kind {
        case .column, .literal: break
        case .call(let name, let arguments):
            let values = arguments.flatMap(\.expressions)
            for value in values { value.forEachLookup(body) }
            guard name == Function.lookup, values.count == 3, let table = values[0].text, let column = values[2].text
            else { return }
            body(table, column)
        case .fallback(let first, let second), .and(let first, let second), .or(let first, let second):
            first.forEachLookup(body)
            second.forEachLookup(body)
        case .conditional(let condition, let yes, let no):
            for part in [condition, yes, no] { part.forEachLookup(body) }
        }
    }

    private var text: String? {
        if case .literal(.text(let bytes)) = kind { String(decoding: bytes, as: UTF8.self) } else { nil }
    }
}

extension Expression.Argument {
    fileprivate var expressions: [Expression] {
        switch self {
        case .value(let value): [value]
        case .entry(let key, let value): [key, value]
        }
    }
}
