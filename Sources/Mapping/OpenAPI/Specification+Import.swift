extension Specification {
    /// What an operation takes, as the configuration of an API.
    package struct Import: Sendable {
        package let api: API
        /// What of the description could not be kept as it is; in the order of the document.
        package let notes: [Diagnostic]
    }

    /// Of all fields together, in bytes of JSON.
    private static let largestDefinition = 768 << 10

    /// The fields that an operation's body has, in the order of the document, under a name of the API.
    ///
    /// - Throws: why the operation cannot be imported.
    package func api(of operation: Operation, named name: String) throws(MappingError) -> Import {
        let resolver = ReferenceResolver(root)
        var body = RequestBody(version, resolver)
        let term = try body.schema(of: operation)
        let builder = try fields(of: term, operation, SchemaReader(resolver, version))
        let access = Access(root, operation, version)
        var api = API(name: name, location: operation.location)
        api.kind = .restAPI
        api.baseURL = access.baseURL
        api.authentication = access.authentication
        api.fields = builder.fields
        // A schema that stands at several places of the body is noted once.
        let notes = MappingError(body.notes + access.notes + builder.reader.notes).diagnostics
        return Import(
            api: api,
            notes: notes.enumerated().filter { $0.offset == 0 || notes[$0.offset - 1] != $0.element }.map(\.element))
    }

    /// Takes as many levels of nested objects as the limits allow.
    private func fields(
        of term: SchemaTerm, _ operation: Operation, _ reader: SchemaReader
    ) throws(MappingError) -> FieldBuilder {
        func failure(_ message: String, _ advice: String) -> MappingError {
            MappingError([Diagnostic(.wrongValue, at: operation.location, message, advice)])
        }
        for deepest in (1...FieldBuilder.deepestNesting).reversed() {
            var builder = FieldBuilder(reader, deepest: deepest)
            builder.addBody(term)
            guard builder.reader.errors.isEmpty else { throw MappingError(builder.reader.errors) }
            // What is too much before the first field is so at any depth.
            if builder.isTooLarge, builder.fields.isEmpty { break }
            if builder.isTooLarge || Self.size(of: builder.fields) > Self.largestDefinition { continue }
            if builder.fields.isEmpty {
                throw failure(
                    "the body of \(operation.route) has no fields that could be mapped",
                    (builder.reader.notes.map(\.description) + ["give another operation"]).prefix(3)
                        .joined(separator: "; "))
            }
            return builder
        }
        throw failure(
            "the body of \(operation.route) has more than \(FieldBuilder.mostFields) fields, or refers to itself too often",
            "write the fields that you need into the mapping, under 'api'")
    }

    private static func size(of fields: [Field]) -> Int {
        fields.reduce(0) { $0 + $1.json.utf8.count }
    }
}
