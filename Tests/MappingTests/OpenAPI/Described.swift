@testable import Mapping

/// A body's schema inside a description, and what an import makes of it.
struct Described {
    let fields: [Field]
    let notes: [Diagnostic]
    let api: API

    /// - Parameters:
    ///   - schema: JSON.
    ///   - components: the members of `components/schemas`, JSON.
    init(_ schema: String, components: String = "", version: String = "3.0.3") throws {
        let text = """
            {"openapi": "\(version)", "info": {"title": "T"},
             "paths": {"/x": {"post": {"requestBody": {"content": {"application/json": {"schema": \(schema)}}}}}},
             "components": {"schemas": {\(components)}}}
            """
        try self.init(specification: text, "POST /x")
    }

    init(specification text: String, _ operation: String, file: String = "api.yaml") throws {
        let specification = try Specification(parsing: text, file: file)
        let result = try specification.api(of: try specification.operation(named: operation), named: "t")
        api = result.api
        fields = result.api.fields ?? []
        notes = result.notes
    }

    /// A line for each field: name, type, and what is asked of it, without quotes; `!` for required ones.
    var lines: [String] {
        fields.map { field in
            var rest = field
            rest.isRequired = false
            let start = "{\"name\":\"\(field.name)\",\"type\":\"\(field.type.rawValue)\""
            let limits = rest.json.dropFirst(start.count).dropLast().dropFirst().replacing("\"", with: "")
            return "\(field.name)\(field.isRequired ? "!" : "") \(field.type.rawValue)"
                + (limits.isEmpty ? "" : " \(limits)")
        }
    }

    /// What was noted, without places.
    var codes: [String] { notes.map(\.code.rawValue) }

    /// What is wrong with a description.
    static func errors(_ text: String, _ operation: String? = nil) -> [String] {
        do throws(MappingError) {
            let specification = try Specification(parsing: text, file: "api.yaml")
            guard let operation else { return [] }
            _ = try specification.api(of: try specification.operation(named: operation), named: "t")
            return []
        } catch {
            return error.diagnostics.map(\.description)
        }
    }
}
