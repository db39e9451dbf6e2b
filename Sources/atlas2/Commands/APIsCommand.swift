import ArgumentParser
import AuditLog
import Mapping
import Postgres
import Processing

/// `atlas2 apis`
struct APIsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apis",
        abstract: "Take the fields of APIs from their descriptions, and show those that are registered.",
        discussion: """
            Examples:
              atlas2 apis import openapi.yaml
              atlas2 apis import openapi.yaml --operation createCustomer --name crm
              atlas2 apis list
              atlas2 apis show crm
              atlas2 history api crm
            """,
        subcommands: [Import.self, List.self, Show.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the registered APIs.")

        @OptionGroup var acting: Acting
        @OptionGroup var format: OutputFormat

        func run() async throws {
            try await Installation.use { installation in
                let scope = try await acting.scope(installation)
                let apis = try await APIs(installation.log).list(as: scope)
                if format.json {
                    for api in apis { try Output.line(.object(api.members)) }
                    return
                }
                var table = Table("API", "Type", ">Fields", ">Required", "Signs in by", "Address", "Changed")
                for api in apis {
                    table.add(
                        api.name, api.type, String(api.fieldCount), String(api.requiredCount), api.authType,
                        api.baseURL ?? "-", api.updatedAt.description)
                }
                if table.isEmpty {
                    try Output.line("there are no APIs: atlas2 apis import SPEC takes one from its description")
                } else {
                    try table.print()
                }
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show an API and its fields.",
            discussion: """
                Examples:
                  atlas2 apis show crm
                  atlas2 apis show crm --json
                """)

        @Argument(help: "Its name.")
        var name: String
        @OptionGroup var acting: Acting
        @OptionGroup var format: OutputFormat

        func run() async throws {
            try await Installation.use { installation in
                let scope = try await acting.scope(installation)
                let apis = APIs(installation.log)
                let api = try await apis.find(name, as: scope)
                let fields = try await apis.fields(of: name, as: scope) ?? []
                if format.json {
                    let definitions = fields.map { JSONValue.text(Array($0.json.utf8)) }
                    try Output.line(.object(api.members + [("definitions", .array(definitions))]))
                    return
                }
                try Output.line("\(api.name)  \(api.type)  \(api.baseURL ?? "no address")  \(api.authType)".printable)
                try Output.line("")
                var table = Table("Field", "Type", "Required", "Limits")
                for field in fields {
                    table.add(field.name, field.type.rawValue, field.isRequired ? "yes" : "", field.limits)
                }
                try table.print()
            }
        }
    }
}

extension StoredAPI {
    fileprivate var members: [(String, JSONValue)] {
        [
            ("id", .string(id.text)), ("name", .string(name)), ("type", .string(type)),
            ("base_url", .optional(baseURL)), ("auth_type", .string(authType)), ("fields", .integer(fieldCount)),
            ("required", .integer(requiredCount)), ("created_at", .string(createdAt.description)),
            ("updated_at", .string(updatedAt.description)),
        ]
    }
}

extension Field {
    /// What is asked of its values, in the words of a mapping document.
    fileprivate var limits: String {
        let bounds = [
            ("min", minimum), ("max", maximum), ("exclusive_min", exclusiveMinimum),
            ("exclusive_max", exclusiveMaximum),
        ]
        var limits = bounds.compactMap { name, bound in bound.map { "\(name) \($0.text)" } }
        if let multipleOf { limits.append("multiple_of \(multipleOf)") }
        if let minimumLength { limits.append("min_length \(minimumLength)") }
        if let maximumLength { limits.append("max_length \(maximumLength)") }
        if let pattern { limits.append("pattern \(pattern.text.shortened(to: 60))") }
        if let format { limits.append("format \(format.name)\(format.country.map { " \($0)" } ?? "")") }
        if let allowedValues {
            let shown = allowedValues.prefix(6).map(\.text).joined(separator: "|")
            limits.append("enum \(shown)\(allowedValues.count > 6 ? "|…" : "")")
        }
        if let constant { limits.append("const \(constant.text)") }
        if forbidsFormulas { limits.append("formulas forbid") }
        return limits.joined(separator: ", ")
    }
}

extension Constant {
    fileprivate var text: String { String(decoding: bytes, as: UTF8.self) }
}
