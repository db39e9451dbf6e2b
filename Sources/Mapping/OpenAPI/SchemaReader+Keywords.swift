extension SchemaReader {
    /// Reads what a schema says by itself, without what it refers to and is made of.
    mutating func readKeywords(of node: DocumentNode, _ trail: [[UInt8]], into schema: inout Schema) {
        readTypes(of: node, into: &schema)
        schema.isReadOnly = node["readOnly"]?.isTrue == true
        if let format = node["format"], let text = format.text {
            schema.formats = [Schema.PlacedText(text: text, location: format.location)]
        }
        schema.summary = node["description"]?.text ?? node["title"]?.text
        readLimits(of: node, into: &schema)
        schema.minimumLength = count(node["minLength"])
        schema.maximumLength = count(node["maxLength"])
        if let pattern = node["pattern"], let text = pattern.text {
            schema.patterns = [Schema.PlacedText(text: text, location: pattern.origin.start)]
        }
        readValues(of: node, into: &schema)
        schema.properties = (node["properties"]?.members ?? []).map { name, key, value in
            Schema.Property(name: name, term: .node(value, trail: trail), location: key.location)
        }
        schema.required = Set((node["required"]?.items ?? []).compactMap { $0.text.map { Array($0.utf8) } })
        if let items = node["items"], items.items.isEmpty { schema.listItem = .node(items, trail: trail) }
        schema.minimumItems = count(node["minItems"]) ?? 0
        count(schema.properties.count + schema.required.count + (schema.values?.count ?? 0))
        for key in ["if", "not", "dependentRequired", "dependentSchemas", "dependencies"] {
            guard let condition = node[key] else { continue }
            note(
                .leftOut, condition.location, "the condition '\(key)' is left out",
                "write it as a check of the mapping if rows can break it")
        }
    }

    private func readTypes(of node: DocumentNode, into schema: inout Schema) {
        let isSaidNullable = node["nullable"]?.isTrue == true || node["x-nullable"]?.isTrue == true
        if isSaidNullable { schema.isNullable = true }
        guard let type = node["type"] else { return }
        let names = type.text.map { [$0] } ?? type.items.compactMap(\.text)
        guard !names.isEmpty else { return }
        schema.types = Set(names).subtracting(["null"])
        schema.isNullable = names.contains("null") || isSaidNullable
    }

    /// Numbers that limit; in OpenAPI 3.0 and Swagger `exclusiveMinimum` is a boolean beside `minimum`.
    private mutating func readLimits(of node: DocumentNode, into schema: inout Schema) {
        schema.minimum = number(node["minimum"])
        schema.maximum = number(node["maximum"])
        if let exclusive = node["exclusiveMinimum"] {
            if exclusive.isTrue {
                (schema.exclusiveMinimum, schema.minimum) = (schema.minimum, nil)
            } else if exclusive.text?.lowercased() != "false" {
                schema.exclusiveMinimum = number(exclusive)
            }
        }
        if let exclusive = node["exclusiveMaximum"] {
            if exclusive.isTrue {
                (schema.exclusiveMaximum, schema.maximum) = (schema.maximum, nil)
            } else if exclusive.text?.lowercased() != "false" {
                schema.exclusiveMaximum = number(exclusive)
            }
        }
        if let node = node["multipleOf"], let step = number(node) {
            if step.mantissa > 0 { schema.multiples = [step] } else { noteLimit(node) }
        }
    }

    private mutating func readValues(of node: DocumentNode, into schema: inout Schema) {
        guard let values = node["const"].map({ [$0] }) ?? node["enum"]?.items else { return }
        schema.isConstant = node["const"] != nil
        let scalars = values.filter { $0.text != nil && !$0.isMissing }
        if scalars.count < values.count, values.contains(where: { $0.text == nil }) {
            note(
                .leftOut, values[0].location, "the allowed values are left out, since some are objects or lists",
                "check them in the mapping")
            return
        }
        if scalars.isEmpty { schema.types = [] }
        if scalars.count < values.count { schema.isNullable = schema.isNullable ?? true }
        if !scalars.isEmpty { schema.values = scalars }
    }

    private mutating func number(_ node: DocumentNode?) -> ExactDecimal? {
        guard let node else { return nil }
        if let number = node.number { return number }
        noteLimit(node)
        return nil
    }

    private mutating func count(_ node: DocumentNode?) -> Int? {
        guard let node else { return nil }
        if let number = node.number?.integer, number >= 0 { return Int(exactly: number) ?? .max }
        noteLimit(node)
        return nil
    }

    private mutating func noteLimit(_ node: DocumentNode) {
        note(
            .leftOut, node.location, "the limit \(node.label) is left out: it is no number of up to 38 digits",
            "check it in the mapping if rows can break it")
    }
}
