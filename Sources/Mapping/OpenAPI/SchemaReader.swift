/// Reads schemas of one document, and notes what of them cannot be kept.
///
/// Bounded: references on the way to a schema are not followed again, and what is read in all is counted.
struct SchemaReader {
    /// Schemas, properties and allowed values that are read for one import.
    static let mostVisits = 50_000
    private static let deepestNesting = 150

    let version: SpecificationVersion
    private(set) var resolver: ReferenceResolver
    private(set) var notes: [Diagnostic] = []
    /// What makes the description unusable.
    private(set) var errors: [Diagnostic] = []
    private(set) var visits = 0
    private var depth = 0

    init(_ resolver: ReferenceResolver, _ version: SpecificationVersion) {
        self.resolver = resolver
        self.version = version
    }

    var isExhausted: Bool { visits > Self.mostVisits }

    mutating func note(_ code: Diagnostic.Code, _ location: Location, _ message: String, _ advice: String) {
        notes.append(Diagnostic(code, at: location, message, advice))
    }

    mutating func read(_ term: SchemaTerm) -> Schema {
        switch term {
        case .node(let node, let trail):
            return read(node, trail)
        case .all(let terms):
            let all = terms.map { read($0) }
            return all.dropFirst().reduce(all[0]) { $0.and($1) }
        case .any(let terms):
            let all = terms.map { read($0) }
            return .either(all, at: all[0].location)
        }
    }

    private mutating func read(_ node: DocumentNode, _ trail: [[UInt8]]) -> Schema {
        var schema = Schema(at: node.location)
        visits += 1
        depth += 1
        defer { depth -= 1 }
        guard !isExhausted else { return schema }
        guard depth < Self.deepestNesting, trail.count < Self.deepestNesting else {
            fail(.wrongValue, node.location, "the schema is nested too deeply", "import another operation")
            return schema
        }
        guard node.isGroup else {
            if node.text != "true", node.text != "false" {
                fail(.wrongValue, node.location, "a schema is \(node.label)", "write a group of keys such as type")
            }
            return schema
        }
        if let reference = node["$ref"], let text = reference.text {
            let target = referenced(text, at: reference.location, trail)
            guard version.readsKeysBesideReferences else { return target }
            readKeywords(of: node, trail, into: &schema)
            return target.circularReference == nil ? schema.and(target) : target
        }
        readKeywords(of: node, trail, into: &schema)
        let isSaidNullable = schema.isNullable == true
        for part in node["allOf"]?.items ?? [] {
            let other = read(part, trail)
            if let cut = other.circularReference { noteCut(cut) } else { schema = schema.and(other) }
        }
        for key in ["oneOf", "anyOf"] {
            guard let alternatives = node[key], !alternatives.items.isEmpty else { continue }
            let all = alternatives.items.map { read($0, trail) }
            let either = Schema.either(all, at: alternatives.location)
            if all.count(where: { !$0.isNull }) > 1 { noteAlternatives(all, node, alternatives.location) }
            if let cut = either.circularReference { noteCut(cut) } else { schema = schema.and(either) }
        }
        if isSaidNullable { schema.isNullable = true }
        return schema
    }

    private mutating func referenced(_ text: String, at location: Location, _ trail: [[UInt8]]) -> Schema {
        let key = Array(text.utf8)
        guard !trail.contains(key) else {
            var schema = Schema(at: location)
            schema.circularReference = Schema.PlacedText(text: text, location: location)
            return schema
        }
        do {
            return read(try resolver.node(at: text, from: location), trail + [key])
        } catch {
            for diagnostic in error.diagnostics where !errors.contains(diagnostic) { errors.append(diagnostic) }
            return Schema(at: location)
        }
    }

    private mutating func noteCut(_ reference: Schema.PlacedText) {
        note(
            .circularReference, reference.location,
            "\(reference.text) leads back to itself and is left out here", "nothing has to be done")
    }

    private mutating func noteAlternatives(_ all: [Schema], _ node: DocumentNode, _ location: Location) {
        let teller = node["discriminator"].flatMap { $0["propertyName"] ?? $0 }?.text
        note(
            .simplified, location, "one of \(all.count) schemas is meant",
            "the fields of all can be mapped, and required are those that all require"
                + (teller.map { "; '\($0)' says which is meant" } ?? ""))
    }

    private mutating func fail(_ code: Diagnostic.Code, _ location: Location, _ message: String, _ advice: String) {
        let error = Diagnostic(code, at: location, message, advice)
        if !errors.contains(error) { errors.append(error) }
    }

    /// Counts what costs time to put together, so that it is bounded.
    mutating func count(_ more: Int) { visits += more }
}
