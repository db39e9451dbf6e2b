/// Finds the schema of what an operation is sent.
struct RequestBody {
    private static let formats = ["application/x-www-form-urlencoded", "multipart/form-data", "*/*"]

    private let version: SpecificationVersion
    private var resolver: ReferenceResolver
    private(set) var notes: [Diagnostic] = []

    init(_ version: SpecificationVersion, _ resolver: ReferenceResolver) {
        self.version = version
        self.resolver = resolver
    }

    private func failure(_ location: Location, _ message: String, _ advice: String) -> MappingError {
        MappingError([Diagnostic(.wrongValue, at: location, message, advice)])
    }

    /// - Throws: why there is none that could be mapped to.
    mutating func schema(of operation: Specification.Operation) throws(MappingError) -> SchemaTerm {
        let parameters = try parameters(of: operation)
        let others = parameters.filter { ["path", "query"].contains($0["in"]?.text) && $0["required"]?.isTrue == true }
        if let first = others.first {
            let names = others.compactMap { $0["name"]?.text }.map { "'\($0)'" }.joined(separator: ", ")
            notes.append(
                Diagnostic(
                    .leftOut, at: first.location, "\(names) of the address are left out: they are no part of the body",
                    "map them as targets of their own, if who sends the rows needs them"))
        }
        if version == .swagger2 { return try schema(of: parameters, operation) }
        guard let node = operation.node["requestBody"] else {
            throw failure(operation.location, "\(operation.route) takes no body", "give an operation that takes one")
        }
        let body = try resolver.followed(node)
        let content = body["content"]?.members ?? []
        let media =
            content.first { Self.isJSON($0.name) }
            ?? Self.formats.lazy.compactMap { format in
                content.first { $0.name.lowercased().hasPrefix(format) }
            }.first
        guard let media else {
            throw failure(
                body.location,
                "\(operation.route) takes \(content.isEmpty ? "nothing" : content.map(\.name).joined(separator: ", "))",
                "give an operation that takes JSON or a form")
        }
        if !Self.isJSON(media.name), media.name != "*/*" { noteForm(media.key.location, media.name) }
        guard let schema = media.value["schema"] else {
            throw failure(media.key.location, "\(operation.route) does not say what its body is", "add a 'schema'")
        }
        return .node(schema, trail: [])
    }

    /// `application/json; charset=utf-8`, `application/vnd.api+json`.
    private static func isJSON(_ media: String) -> Bool {
        let type = media.lowercased().prefix { $0 != ";" && $0 != " " }
        return type == "application/json" || type == "text/json" || type.hasSuffix("+json")
    }

    private mutating func noteForm(_ location: Location, _ media: String) {
        notes.append(
            Diagnostic(
                .simplified, at: location, "the body is sent as a form (\(media))",
                "whoever sends the rows writes them so"))
    }

    /// Those of the operation, and those of its path that it does not replace.
    private mutating func parameters(of operation: Specification.Operation) throws(MappingError) -> [DocumentNode] {
        var parameters: [DocumentNode] = []
        for node in (operation.node["parameters"]?.items ?? []) + (operation.pathNode["parameters"]?.items ?? []) {
            let parameter = try resolver.followed(node)
            let (name, place) = (parameter["name"]?.text, parameter["in"]?.text)
            if parameters.contains(where: { $0["name"]?.text == name && $0["in"]?.text == place }) { continue }
            parameters.append(parameter)
        }
        return parameters
    }

    /// The body of Swagger 2.0: one parameter, or one for each field of a form.
    private mutating func schema(
        of parameters: [DocumentNode], _ operation: Specification.Operation
    ) throws(MappingError) -> SchemaTerm {
        if let body = parameters.first(where: { $0["in"]?.text == "body" }) {
            guard let schema = body["schema"] else {
                throw failure(body.location, "\(operation.route) does not say what its body is", "add a 'schema'")
            }
            return .node(schema, trail: [])
        }
        let form = parameters.filter { $0["in"]?.text == "formData" }
        guard let first = form.first else {
            throw failure(operation.location, "\(operation.route) takes no body", "give an operation that takes one")
        }
        noteForm(first.location, "form data")
        func scalar(_ text: String, _ place: DocumentNode) -> DocumentNode {
            DocumentNode(content: .scalar(text, isPlain: false), origin: place.origin)
        }
        // As an object whose properties are the parameters: they have the keys of a schema.
        let fields = form.compactMap { node in node["name"]?.text.map { (key: scalar($0, node), value: node.field) } }
        let required = form.filter { $0["required"]?.isTrue == true }.compactMap { $0["name"] }
        return .node(
            DocumentNode(
                content: .mapping([
                    (scalar("properties", first), DocumentNode(content: .mapping(fields), origin: first.origin)),
                    (scalar("required", first), DocumentNode(content: .sequence(required), origin: first.origin)),
                ]), origin: first.origin), trail: [])
    }
}

extension DocumentNode {
    /// A parameter as the schema of its value: without `required`, which is a boolean there.
    fileprivate var field: DocumentNode {
        guard case .mapping(let pairs) = content else { return self }
        return DocumentNode(content: .mapping(pairs.filter { $0.key.text != "required" }), origin: origin)
    }
}
