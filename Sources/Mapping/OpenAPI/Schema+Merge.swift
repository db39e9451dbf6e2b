extension Schema {
    /// What holds where both hold: the tighter limits, the properties of both.
    func and(_ other: Schema) -> Schema {
        var result = self
        result.circularReference = nil
        if let types, let others = other.types {
            result.types = types.intersection(others)
            // Whole numbers are numbers.
            if types.contains("integer") && others.contains("number")
                || types.contains("number") && others.contains("integer")
            {
                result.types?.insert("integer")
            }
        } else {
            result.types = types ?? other.types
        }
        result.isNullable = isNullable.map { $0 && other.isNullable ?? true } ?? other.isNullable
        result.isReadOnly = isReadOnly || other.isReadOnly
        result.hasOtherKinds = hasOtherKinds || other.hasOtherKinds
        result.formats += other.formats
        result.minimum = Self.larger(minimum, other.minimum)
        result.maximum = Self.smaller(maximum, other.maximum)
        result.exclusiveMinimum = Self.larger(exclusiveMinimum, other.exclusiveMinimum)
        result.exclusiveMaximum = Self.smaller(exclusiveMaximum, other.exclusiveMaximum)
        result.multiples += other.multiples
        result.minimumLength = Self.larger(minimumLength, other.minimumLength)
        result.maximumLength = Self.smaller(maximumLength, other.maximumLength)
        result.patterns += other.patterns
        if let values, let others = other.values {
            let texts = Set(others.compactMap(\.text).map { Array($0.utf8) })
            result.values = values.filter { $0.text.map { texts.contains(Array($0.utf8)) } ?? false }
            result.isConstant = isConstant || other.isConstant
        } else if values == nil {
            result.values = other.values
            result.isConstant = other.isConstant
        }
        result.properties = Self.merged([properties, other.properties]) { .all($0) }
        result.required.formUnion(other.required)
        result.listItem =
            switch (listItem, other.listItem) {
            case (let first?, let second?): .all([first, second])
            case (let first, let second): first ?? second
            }
        result.minimumItems = max(minimumItems, other.minimumItems)
        result.summary = summary ?? other.summary
        return result
    }

    /// What holds where one of the alternatives does: the fields of all, and what all ask for.
    ///
    /// Of several kinds objects come before values and values before lists.
    static func either(_ all: [Schema], at location: Location) -> Schema {
        let isNullable = all.contains { $0.isNullable == true }
        let described = all.filter { !$0.isNull && $0.circularReference == nil }
        if described.isEmpty, let cut = all.first(where: { $0.circularReference != nil }) { return cut }
        let kinds = described.map(\.kind)
        let kind: Kind =
            described.contains { !$0.properties.isEmpty }
            ? .object : kinds.contains(.value) ? .value : kinds.contains(.object) ? .object : .list
        let alternatives = described.filter { $0.kind == kind || $0.types == nil && $0.kind == .value }
        guard let first = alternatives.first else {
            var null = Schema(at: location)
            null.types = []
            null.isNullable = isNullable
            return null
        }
        var result = Schema(at: location)
        if alternatives.count == 1 { result = first }
        result.isNullable = isNullable ? true : first.isNullable
        result.hasOtherKinds = alternatives.count < described.count || alternatives.contains(where: \.hasOtherKinds)
        guard alternatives.count > 1 else { return result }
        let types = alternatives.compactMap(\.types)
        result.types = types.count == alternatives.count ? types.reduce(Set()) { $0.union($1) } : nil
        result.isReadOnly = alternatives.allSatisfy(\.isReadOnly)
        result.minimum = loosest(alternatives.map(\.minimum), smaller)
        result.maximum = loosest(alternatives.map(\.maximum), larger)
        result.exclusiveMinimum = loosest(alternatives.map(\.exclusiveMinimum), smaller)
        result.exclusiveMaximum = loosest(alternatives.map(\.exclusiveMaximum), larger)
        result.minimumLength = loosest(alternatives.map(\.minimumLength), smaller)
        result.maximumLength = loosest(alternatives.map(\.maximumLength), larger)
        if alternatives.allSatisfy({ $0.formats.map(\.text) == first.formats.map(\.text) }) {
            result.formats = first.formats
        }
        if alternatives.allSatisfy({ $0.patterns.map(\.text) == first.patterns.map(\.text) }) {
            result.patterns = first.patterns
        }
        if alternatives.allSatisfy({ $0.multiples == first.multiples }) { result.multiples = first.multiples }
        let values = alternatives.compactMap(\.values)
        if values.count == alternatives.count { result.values = unique(values.flatMap(\.self)) }
        result.properties = merged(alternatives.map(\.properties)) { .any($0) }
        result.required = alternatives.dropFirst().reduce(first.required) { $0.intersection($1.required) }
        let items = alternatives.compactMap(\.listItem)
        result.listItem = items.isEmpty ? nil : .any(items)
        result.minimumItems = alternatives.map(\.minimumItems).min() ?? 0
        result.summary = alternatives.compactMap(\.summary).first
        return result
    }

    /// Properties of several schemas, each once, in the order of their first occurrence.
    private static func merged(
        _ lists: [[Property]], _ combine: ([SchemaTerm]) -> SchemaTerm
    ) -> [Property] {
        let filled = lists.filter { !$0.isEmpty }
        if filled.count <= 1 { return filled.first ?? [] }
        var terms: [[UInt8]: [SchemaTerm]] = [:]
        var order: [Property] = []
        for property in filled.joined() {
            let name = Array(property.name.utf8)
            if terms[name] == nil { order.append(property) }
            terms[name, default: []].append(property.term)
        }
        return order.map { property in
            let own = terms[Array(property.name.utf8)] ?? []
            return own.count == 1
                ? property : Property(name: property.name, term: combine(own), location: property.location)
        }
    }

    private static func unique(_ values: [DocumentNode]) -> [DocumentNode] {
        var seen: Set<[UInt8]> = []
        return values.filter { value in value.text.map { seen.insert(Array($0.utf8)).inserted } ?? false }
    }

    static func larger<Limit: Comparable>(_ left: Limit?, _ right: Limit?) -> Limit? {
        if let left, let right { max(left, right) } else { left ?? right }
    }

    static func smaller<Limit: Comparable>(_ left: Limit?, _ right: Limit?) -> Limit? {
        if let left, let right { min(left, right) } else { left ?? right }
    }

    /// A limit that every alternative has, as the loosest of them has it.
    private static func loosest<Limit>(_ limits: [Limit?], _ choose: (Limit?, Limit?) -> Limit?) -> Limit? {
        let stated = limits.compactMap(\.self)
        return stated.count == limits.count ? stated.reduce(nil) { choose($0, $1) } : nil
    }
}
