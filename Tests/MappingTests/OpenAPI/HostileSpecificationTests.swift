import Testing

@testable import Mapping

/// Descriptions that are made to take all time or memory end soon, with a reason or with a bounded result.
@Suite("Hostile API descriptions", .timeLimit(.minutes(30)))
struct HostileSpecificationTests {
    private func specification(_ schema: String, _ components: [String]) -> String {
        """
        {"openapi":"3.1.0","paths":{"/x":{"post":{"requestBody":{"content":{"application/json":{"schema":\(schema)}}}}}},
         "components":{"schemas":{\(components.joined(separator: ",\n"))}}}
        """
    }

    private func reference(_ number: Int) -> String { "{\"$ref\":\"#/components/schemas/S\(number)\"}" }

    @Test("allOf, oneOf and properties that double at each of 40 levels", arguments: ["allOf", "oneOf", "properties"])
    func doubling(key: String) throws {
        let levels = (0..<40).map { level in
            let next = reference(level + 1)
            let parts = key == "properties" ? "{\"a\":\(next),\"b\":\(next)}" : "[\(next),\(next)]"
            return "\"S\(level)\":{\"\(key)\":\(parts)}"
        }
        let text = specification(reference(0), levels + ["\"S40\":{\"properties\":{\"x\":{\"type\":\"string\"}}}"])
        if key == "properties" {
            // As many levels are taken as there is room for, and what lies deeper is said.
            #expect(Described.errors(text, "POST /x").first?.contains("no fields that could be mapped") == true)
        } else {
            #expect(
                Described.errors(text, "POST /x").first?.contains(
                    "more than 1000 fields, or refers to itself too often")
                    == true)
        }
    }

    @Test("a wide and deep body is taken as deep as there is room for")
    func wideAndDeep() throws {
        let levels = (0..<6).map { level in
            let members = (0..<10).map { "\"p\($0)\":\(reference(level + 1))" } + ["\"v\":{\"type\":\"string\"}"]
            return "\"S\(level)\":{\"properties\":{\(members.joined(separator: ","))}}"
        }
        let text = specification(reference(0), levels + ["\"S6\":{\"type\":\"string\"}"])
        let described = try Described(specification: text, "POST /x")
        #expect(described.fields.count == 111)
        #expect(described.notes.map(\.code) == [.leftOut])
        #expect(described.notes.first?.message.contains("and 990 more are left out") == true, "\(described.notes)")
    }

    @Test("a chain of 20,000 references, and one that nests them in lists")
    func chains() {
        let chain = (0..<20_000).map { "\"S\($0)\":\(reference($0 + 1))" } + ["\"S20000\":{\"type\":\"string\"}"]
        #expect(Described.errors(specification(reference(0), chain), "POST /x").first?.contains("too deeply") == true)
        let nested = (0..<2_000).map { "\"S\($0)\":{\"allOf\":[{\"allOf\":[{\"allOf\":[\(reference($0 + 1))]}]}]}" }
        let text = specification(reference(0), nested + ["\"S2000\":{\"type\":\"string\"}"])
        #expect(Described.errors(text, "POST /x").first?.contains("too deeply") == true)
    }

    @Test("references that are nothing but themselves")
    func selfReferences() {
        for components in [
            ["\"S0\":\(reference(0))"], ["\"S0\":\(reference(1))", "\"S1\":\(reference(0))"],
            ["\"S0\":{\"allOf\":[\(reference(0))]}"], ["\"S0\":{\"oneOf\":[\(reference(0)),\(reference(0))]}"],
            ["\"S0\":{\"items\":\(reference(0))}"], ["\"S0\":{\"type\":\"array\",\"items\":\(reference(0))}"],
        ] {
            let errors = Described.errors(specification(reference(0), components), "POST /x")
            #expect(errors.first?.contains("no fields that could be mapped") == true, "\(components) \(errors)")
        }
        let paths = ##"{"openapi":"3.0.0","paths":{"/x":{"$ref":"#/paths/~1x"}}}"##
        #expect(Described.errors(paths, "POST /x").first?.contains("there is no operation") == true)
        let body =
            ##"{"openapi":"3.0.0","paths":{"/x":{"post":{"requestBody":{"$ref":"#/paths/~1x/post/requestBody"}}}}}"##
        #expect(Described.errors(body, "POST /x").first?.contains("a reference to a reference") == true)
    }

    @Test(
        "keys of the wrong kind stop nothing but what needs them",
        arguments: ["1", "\"x\"", "[]", "[1]", "{}", "null", "true"])
    func wrongKinds(value: String) throws {
        let keys = [
            "type", "format", "enum", "const", "required", "properties", "items", "minItems", "minimum",
            "exclusiveMaximum",
            "multipleOf", "minLength", "pattern", "nullable", "readOnly", "description", "discriminator", "allOf",
            "oneOf",
            "anyOf", "not", "$ref",
        ]
        for key in keys {
            let schema = "{\"properties\":{\"z\":{\"type\":\"string\"},\"a\":{\"\(key)\":\(value)}}}"
            let text = specification(schema, [])
            let errors = Described.errors(text, "POST /x")
            if errors.isEmpty {
                let described = try Described(specification: text, "POST /x")
                #expect(described.lines.first == "z string", "\(key)")
                let json = "[" + described.fields.map(\.json).joined(separator: ",") + "]"
                #expect(try Field.parseList(json, file: "x").count == described.fields.count, "\(key)")
            } else {
                #expect(errors.allSatisfy { $0.hasPrefix("api.yaml:1:") }, "\(key): \(errors)")
            }
        }
        for key in ["info", "paths", "servers", "security", "components"] {
            _ = Described.errors("{\"openapi\":\"3.0.0\",\"\(key)\":\(value)}", "POST /x")
        }
    }

    @Test("a list of 200,000 allowed values is more than an import takes")
    func manyValues() {
        let values = (0..<200_000).map { "\"v\($0)\"" }.joined(separator: ",")
        let text = specification("{\"properties\":{\"a\":{\"enum\":[\(values)]}}}", [])
        #expect(Described.errors(text, "POST /x").first?.contains("more than 1000 fields") == true)
    }
}
