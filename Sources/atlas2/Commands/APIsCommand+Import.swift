import ArgumentParser
import AuditLog
import Mapping
import Processing

extension APIsCommand {
    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Register what an operation of an OpenAPI or Swagger description takes.",
            discussion: """
                Reads OpenAPI 3.0, 3.1 and 3.2, and Swagger 2.0, in JSON or YAML. What of the description cannot be kept as it \
                is, is printed as notes. A mapping that names the API then maps to its fields. Importing the same again \
                changes nothing; a changed description replaces the fields.

                Examples:
                  atlas2 apis import openapi.yaml
                  atlas2 apis import openapi.yaml --operation createCustomer --name crm
                  atlas2 apis import openapi.json --operation "POST /v1/customers" --dry-run
                """)

        @Argument(help: "The description.", completion: .file())
        var spec: String
        @Option(
            help: ArgumentHelp(
                "The operation, by its id or as \"POST /path\"; not needed where only one takes a body.",
                valueName: "operation"))
        var operation: String?
        @Option(help: "Name of the API; without it made of the description's title and the operation.")
        var name: String?
        @Flag(help: "Only show what would change.")
        var dryRun = false
        @OptionGroup var acting: Acting
        @OptionGroup var format: OutputFormat

        func validate() throws {
            guard let name else { return }
            if name.allSatisfy(\.isWhitespace) || name.unicodeScalars.contains(where: { $0.value < 0x20 }) {
                throw ValidationError("--name is blank or holds control characters: give a word such as crm")
            }
        }

        func run() async throws {
            let specification = try Specification(parsing: try text(), file: spec)
            guard let operation = try chosen(of: specification) else {
                try printCandidates(of: specification)
                throw Failure(
                    .value,
                    "\(spec) has \(specification.candidates.count) operations that take a body: give one with --operation"
                )
            }
            let result = try specification.api(of: operation, named: name ?? specification.name(for: operation))
            let change = try await Installation.use { installation in
                let command = Command(scope: try await acting.scope(installation))
                try command.requireWriter("import APIs")
                let apis = APIs(installation.log)
                if dryRun { return try await apis.change(to: result.api, as: command.scope) }
                let change = try await apis.register(result.api, as: command)
                try await installation.catchUp(as: command.scope)
                return change
            }
            if format.json {
                try Output.line(ImportedAPI(result, operation, change, isDryRun: dryRun).json)
            } else {
                try ImportedAPI(result, operation, change, isDryRun: dryRun).print()
            }
        }

        private func text() throws -> String {
            let bytes = try InputFile(spec).read(Specification.largestSize + 1)
            guard bytes.count <= Specification.largestSize else {
                throw Failure(
                    .file,
                    "\(spec) has more than \(Specification.largestSize.grouped) bytes: import a smaller part of it")
            }
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw Failure(.file, "\(spec) is no UTF-8 text: save it as UTF-8")
            }
            return text
        }

        /// The operation that is named, or the only one; `nil` where one has to be chosen.
        private func chosen(of specification: Specification) throws -> Specification.Operation? {
            if let operation { return try specification.operation(named: operation) }
            let candidates = specification.candidates
            if candidates.isEmpty {
                throw Failure(.value, "\(spec) has no operation that takes a body: there is nothing to map to")
            }
            return candidates.count == 1 ? candidates[0] : nil
        }

        private func printCandidates(of specification: Specification) throws {
            if format.json {
                for operation in specification.candidates { try Output.line(operation.json) }
                return
            }
            var table = Table("Operation", "Route", "What it does")
            for operation in specification.candidates {
                table.add(operation.id ?? "-", operation.route, (operation.summary ?? "").shortened(to: 60))
            }
            try table.print()
        }
    }
}

extension Specification.Operation {
    fileprivate var json: JSONValue {
        .object([
            ("operation", .optional(id)), ("method", .string(method)), ("path", .string(path)),
            ("summary", .optional(summary)),
        ])
    }
}
