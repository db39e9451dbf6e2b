/// A description of an API: OpenAPI 3.0, 3.1 or 3.2, or Swagger 2.0, in JSON or YAML.
package struct Specification: Sendable {
    private static let sizeLimit = DocumentNode.SizeLimit(
        size: largestSize >> 20, advice: "import a smaller part of it, bundled by a tool for OpenAPI")
    private static let methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"]

    /// Larger ones are refused; in bytes.
    package static let largestSize = 32 << 20

    package let title: String
    /// Every operation, in the order of the document.
    package let operations: [Operation]
    let root: DocumentNode
    let version: SpecificationVersion

    /// An operation of the API; some can be imported, because they take a body.
    package struct Operation: Sendable {
        package let id: String?
        /// In capital letters.
        package let method: String
        package let path: String
        package let summary: String?
        package let takesBody: Bool
        package let location: Location
        let node: DocumentNode
        let pathNode: DocumentNode

        /// `POST /customers`
        package var route: String { "\(method) \(path)" }
    }

    /// - Throws: what is wrong with it as a document; schemas are read when an operation is imported.
    package init(parsing text: String, file: String) throws(MappingError) {
        root = try DocumentNode.parse(text, file: file, limit: Self.sizeLimit)
        guard let version = SpecificationVersion(root) else {
            let stated = root["openapi"] ?? root["swagger"]
            throw MappingError([
                Diagnostic(
                    .wrongValue, at: stated?.location ?? root.location,
                    stated.map { "the version \($0.label) of OpenAPI is not known" }
                        ?? "this is no OpenAPI or Swagger description: it has no key 'openapi' or 'swagger'",
                    "give one of OpenAPI 3.0, 3.1 or 3.2, or Swagger 2.0")
            ])
        }
        self.version = version
        title = root["info"]?["title"]?.text ?? "api"
        operations = try Self.operations(of: root, version)
    }

    private static func operations(
        of root: DocumentNode, _ version: SpecificationVersion
    ) throws(MappingError) -> [Operation] {
        var resolver = ReferenceResolver(root)
        var operations: [Operation] = []
        for (path, _, value) in root["paths"]?.members ?? [] {
            // A part that lies elsewhere stops nobody who imports another.
            guard let node = try? resolver.followed(value) else { continue }
            for (method, key, operation) in node.members where methods.contains(method.lowercased()) {
                guard operation.isGroup else { continue }
                operations.append(
                    Operation(
                        id: operation["operationId"]?.text, method: method.uppercased(), path: path,
                        summary: operation["summary"]?.text,
                        takesBody: takesBody(operation, node, version, &resolver),
                        location: key.location, node: operation, pathNode: node))
            }
        }
        return operations
    }

    private static func takesBody(
        _ operation: DocumentNode, _ path: DocumentNode, _ version: SpecificationVersion,
        _ resolver: inout ReferenceResolver
    ) -> Bool {
        guard version == .swagger2 else { return operation["requestBody"] != nil }
        for parameter in (operation["parameters"]?.items ?? []) + (path["parameters"]?.items ?? []) {
            let place = (try? resolver.followed(parameter))?["in"]?.text
            if place == "body" || place == "formData" { return true }
        }
        return false
    }
}

extension Specification {
    /// Those that can be imported.
    package var candidates: [Operation] { operations.filter(\.takesBody) }

    /// The operation of an id, or of a method and path: `createCustomer`, `POST /customers`.
    ///
    /// - Throws: what to give instead.
    package func operation(named name: String) throws(MappingError) -> Operation {
        let words = name.split(separator: " ")
        let found = operations.filter { operation in
            if words.count == 2, operation.path.isSpelled(String(words[1])) {
                return operation.method == words[0].uppercased()
            }
            return operation.id.map { $0.isSpelled(name) } ?? false
        }
        func failure(_ location: Location, _ message: String, _ advice: String) -> MappingError {
            MappingError([Diagnostic(.wrongValue, at: location, message, advice)])
        }
        guard let operation = found.first else {
            let known = candidates.map { words.count == 2 ? $0.route : $0.id ?? $0.route }
            throw failure(
                root.location, "there is no operation '\(name)'",
                Suggestion.advice(for: name, among: known) { "'\($0)'" })
        }
        guard found.count == 1 else {
            throw failure(
                found[1].location, "'\(name)' is the id of \(found.count) operations",
                "give method and path instead: '\(operation.route)'")
        }
        guard operation.takesBody else {
            throw failure(
                operation.location, "\(operation.route) takes no body, so there is nothing to map to",
                "give an operation that takes one")
        }
        return operation
    }
}
