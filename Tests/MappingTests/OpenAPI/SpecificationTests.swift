import Testing

@testable import Mapping

@Suite("API descriptions")
struct SpecificationTests {
    static let petstore = """
        openapi: "3.0.2"
        info: {title: Swagger Petstore - OpenAPI 3.0, version: 1.0.11}
        servers:
          - url: https://{region}.petstore.example.com/api/{v}
            variables: {region: {default: eu}, v: {default: v3}}
          - url: https://other.example.com
        paths:
          /pet:
            put:
              operationId: updatePet
              requestBody: {$ref: "#/components/requestBodies/Pet"}
              security: [{petstore_auth: ["write:pets"]}]
            post:
              summary: Add a new pet to the store
              operationId: addPet
              requestBody: {$ref: "#/components/requestBodies/Pet"}
          /pet/{petId}:
            get: {operationId: getPet, responses: {}}
          /pet/{petId}/uploadImage:
            post:
              operationId: uploadFile
              requestBody: {content: {application/octet-stream: {schema: {type: string, format: binary}}}}
        security: [{api_key: []}]
        components:
          requestBodies:
            Pet:
              content:
                application/xml: {schema: {type: string}}
                application/json; charset=utf-8: {schema: {$ref: "#/components/schemas/Pet"}}
          schemas:
            Category:
              type: object
              properties: {id: {type: integer, format: int64}, name: {type: string, pattern: '^[a-zA-Z0-9]+[a-zA-Z0-9\\.\\-_]*[a-zA-Z0-9]+$'}}
            Tag: {type: object, properties: {id: {type: integer, format: int64}, name: {type: string}}}
            Pet:
              required: [name, photoUrls]
              type: object
              properties:
                id: {type: integer, format: int64, readOnly: true}
                name: {type: string, example: doggie, description: What it is called}
                category: {$ref: "#/components/schemas/Category"}
                photoUrls: {type: array, items: {type: string, format: uri}}
                tags: {type: array, items: {$ref: "#/components/schemas/Tag"}}
                status: {type: string, enum: [available, pending, sold]}
          securitySchemes:
            petstore_auth: {type: oauth2, flows: {}}
            api_key: {type: apiKey, name: api_key, in: header}
        """

    @Test("a pet store: references, servers with variables, keys, lists, read-only properties")
    func pets() throws {
        let specification = try Specification(parsing: Self.petstore, file: "pets.yaml")
        #expect(specification.title == "Swagger Petstore - OpenAPI 3.0")
        #expect(specification.operations.map(\.route).count == 4)
        #expect(
            specification.candidates.map(\.route) == ["PUT /pet", "POST /pet", "POST /pet/{petId}/uploadImage"])
        #expect(specification.candidates.map(\.id) == ["updatePet", "addPet", "uploadFile"])
        #expect(specification.candidates[1].summary == "Add a new pet to the store")
        let described = try Described(specification: Self.petstore, "addPet", file: "pets.yaml")
        #expect(
            described.lines == [
                "name! string description:What it is called",
                "category.id integer min:-9223372036854775808,max:9223372036854775807",
                "category.name string pattern:^[a-zA-Z0-9]+[a-zA-Z0-9\\\\.\\\\-_]*[a-zA-Z0-9]+$", "photoUrls[0] url",
                "tags[0].id integer min:-9223372036854775808,max:9223372036854775807", "tags[0].name string",
                "status string enum:[available,pending,sold]",
            ])
        #expect(described.api.baseURL == "https://eu.petstore.example.com/api/v3")
        #expect(described.api.authentication == .apiKey)
        #expect(described.api.kind == .restAPI)
        #expect(
            described.notes.map { "\($0.location.line) \($0.code.rawValue)" } == [
                "4 simplified", "39 left_out", "42 simplified", "43 simplified",
            ])
        #expect(
            described.notes[1].description
                == "pets.yaml:39:9: 'id' is left out, since it is read-only: the API sets it; nothing has to be done")
        #expect(
            try Described(specification: Self.petstore, "PUT /pet").api.authentication == .oauth2)
    }

    @Test("a CRM of OpenAPI 3.1 in JSON: lists of types, constants, alternatives, keys beside references")
    func crm() throws {
        let text = ##"""
            {"openapi": "3.1.0", "info": {"title": "CRM"}, "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
             "servers": [{"url": "/v1"}],
             "paths": {"/contacts": {"$ref": "#/components/pathItems/contacts"}},
             "components": {
              "pathItems": {"contacts": {
               "parameters": [{"name": "tenant", "in": "query", "required": true, "schema": {"type": "string"}}],
               "post": {"operationId": "contacts.create", "requestBody": {"required": true, "content":
                {"application/vnd.crm+json": {"schema": {"allOf": [{"$ref": "#/components/schemas/Base"},
                  {"$ref": "#/components/schemas/Contact"}]}}}}}}},
              "schemas": {
               "Base": {"type": "object", "required": ["source"], "properties": {"source": {"const": "import"}}},
               "Contact": {"type": "object", "required": ["last_name", "email"], "properties": {
                 "first_name": {"type": ["string", "null"], "maxLength": 50},
                 "last_name": {"type": "string", "maxLength": 80},
                 "email": {"anyOf": [{"type": "string", "format": "email"}, {"type": "null"}]},
                 "born": {"type": ["string", "null"], "format": "date"},
                 "score": {"type": "number", "exclusiveMinimum": 0, "maximum": 100},
                 "owner": {"$ref": "#/components/schemas/Owner", "description": "Who cares for the contact"},
                 "custom": {"type": "object", "additionalProperties": true}}},
               "Owner": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string", "format": "uuid"}}}},
              "securitySchemes": {"bearer": {"type": "http", "scheme": "Bearer"}}},
             "security": [{}, {"bearer": []}]}
            """##
        let described = try Described(specification: text, "contacts.create", file: "crm.json")
        #expect(
            described.lines == [
                "source! string const:import", "first_name string max_length:50", "last_name! string max_length:80",
                "email email", "born date", "score number max:100,exclusive_min:0", "owner.id uuid",
            ])
        #expect(described.api.baseURL == nil)
        #expect(described.api.authentication == .bearerToken)
        let messages = described.notes.map(\.description).joined(separator: "\n")
        for part in [
            "crm.json:2:14: the address '/v1' has no host", "'tenant' of the address are left out",
            "'custom' is an object of any keys", "'owner' is optional; where it is given, it needs 'owner.id'",
            "'email' is required, but may be null",
        ] { #expect(messages.contains(part), "\(messages)") }
    }

    @Test("a payments API with form bodies, objects in them, and Basic authentication")
    func payments() throws {
        let text = """
            openapi: 3.0.0
            info: {title: Payments}
            servers: [{url: "https://api.pay.example.com/"}]
            paths:
              /v1/charges:
                post:
                  requestBody:
                    content:
                      multipart/form-data: {schema: {type: object, properties: {file: {type: string, format: binary}}}}
                      application/x-www-form-urlencoded:
                        encoding: {expand: {style: deepObject, explode: true}}
                        schema:
                          type: object
                          additionalProperties: false
                          required: [amount, currency]
                          properties:
                            amount: {type: integer, minimum: 50}
                            currency: {type: string, minLength: 3, maxLength: 3}
                            expand: {type: array, items: {type: string, maxLength: 5000}}
                            metadata: {anyOf: [{type: object, additionalProperties: {type: string}}, {type: string, enum: [""]}]}
                            shipping:
                              anyOf:
                                - type: object
                                  required: [name, address]
                                  properties:
                                    name: {type: string}
                                    address: {type: object, required: [line1], properties: {line1: {type: string}}}
                                - {type: string, enum: [""]}
            security: [{basicAuth: []}, {bearerAuth: []}]
            components: {securitySchemes: {basicAuth: {type: http, scheme: basic}, bearerAuth: {type: http, scheme: bearer}}}
            """
        let described = try Described(specification: text, "post /v1/charges")
        #expect(
            described.lines == [
                "amount! integer min:50", "currency! string min_length:3,max_length:3",
                "expand[0] string max_length:5000",
                "metadata string enum:[]", "shipping.name string", "shipping.address.line1 string",
            ])
        #expect(described.api.baseURL == "https://api.pay.example.com/")
        #expect(described.api.authentication == .basic)
        #expect(
            described.notes.contains { $0.message == "the body is sent as a form (application/x-www-form-urlencoded)" })
        #expect(described.notes.contains { $0.message.contains("it needs 'shipping.name', 'shipping.address.line1'") })
    }

    static let swagger = """
        swagger: "2.0"
        info: {title: Shop}
        host: shop.example.com
        basePath: /v2
        schemes: [http, https]
        securityDefinitions: {basic: {type: basic}}
        security: [{basic: []}]
        parameters:
          Lang: {name: lang, in: formData, type: string, enum: [de, en], required: true}
        paths:
          /orders:
            post:
              operationId: createOrder
              parameters:
                - {name: body, in: body, required: true, schema: {$ref: "#/definitions/Order"}}
          /signups/{list}:
            parameters:
              - {name: list, in: path, required: true, type: string}
              - {name: email, in: formData, type: integer}
            post:
              consumes: [application/x-www-form-urlencoded]
              parameters:
                - {$ref: "#/parameters/Lang"}
                - {name: email, in: formData, type: string, format: email, required: true}
                - {name: age, in: formData, type: integer, minimum: 18, exclusiveMinimum: false}
                - {name: photo, in: formData, type: file}
          /ping: {get: {parameters: [{name: q, in: query, type: string}]}}
        definitions:
          Order:
            type: object
            required: [number]
            properties:
              number: {type: string, x-nullable: false}
              total: {type: number, minimum: 0, exclusiveMinimum: true}
              placed: {type: string, format: date-time}
        """

    @Test("Swagger 2.0 with a body")
    func swaggerBody() throws {
        let described = try Described(specification: Self.swagger, "createOrder")
        #expect(described.lines == ["number! string", "total number exclusive_min:0", "placed datetime"])
        #expect(described.api.baseURL == "https://shop.example.com/v2")
        #expect(described.api.authentication == .basic)
        #expect(described.notes.isEmpty)
    }

    @Test("Swagger 2.0 with a form, whose parameters replace those of the path")
    func swaggerForm() throws {
        let described = try Described(specification: Self.swagger, "POST /signups/{list}")
        #expect(described.lines == ["lang! string enum:[de,en]", "email! email", "age integer min:18"])
        let messages = described.notes.map(\.message)
        #expect(messages.contains("the body is sent as a form (form data)"))
        #expect(messages.contains("'photo' is a file and is left out"))
        #expect(messages.contains("'list' of the address are left out: they are no part of the body"))
    }

    @Test("a body that is a list has the fields of its items, and each row is an item")
    func list() throws {
        let described = try Described(
            #"{"type":"array","items":{"required":["a"],"properties":{"a":{"type":"string"}}}}"#)
        #expect(described.lines == ["a! string"])
        #expect(described.codes == ["simplified"])
    }

    @Test(
        "what cannot be imported is refused with its place and what to do",
        arguments: [
            (
                "{}", nil,
                "api.yaml:1:1: this is no OpenAPI or Swagger description: it has no key 'openapi' or 'swagger'"
            ),
            (
                "openapi: 4.0.0", nil,
                "api.yaml:1:10: the version '4.0.0' of OpenAPI is not known; give one of OpenAPI 3.0"
            ),
            ("swagger: '1.2'", nil, "the version '1.2' of OpenAPI is not known"),
            ("openapi: [", nil, "the document is not valid YAML or JSON"), ("", nil, "the document is empty"),
            ("openapi: 3.0.0\nx: &a {y: 1}\nz: *a", nil, "api.yaml:3:4: aliases (*a) are not supported"),
            (petstore, "addPat", "there is no operation 'addPat'; did you mean 'addPet'?"),
            (petstore, "POST /pets", "there is no operation 'POST /pets'; did you mean 'POST /pet'?"),
            (petstore, "getPet", "GET /pet/{petId} takes no body, so there is nothing to map to"),
            (petstore, "uploadFile", "takes application/octet-stream; give an operation that takes JSON or a form"),
            (swagger, "GET /ping", "GET /ping takes no body"),
            (one(#"{"$ref":"other.yaml#/Pet"}"#), "POST /x", "api.yaml:2:74: 'other.yaml#/Pet' is outside of the file"),
            (one(#"{"$ref":"https://example.com/pet.json"}"#), "POST /x", "nothing else is opened or fetched; bundle"),
            (one(##"{"$ref":"#Pet"}"##), "POST /x", "'#Pet' names an anchor"),
            (one(##"{"$ref":"#/components/schemas/Pat"}"##), "POST /x", "there is no 'components'"),
            (one(##"{"$ref":"#/paths/~1y"}"##), "POST /x", "there is no '/y'; did you mean '/x'?"),
            (one(#""text""#), "POST /x", "a schema is 'text'"),
            (one("{}"), "POST /x", "no fields that could be mapped"),
            (one(#"{"type":"string"}"#), "POST /x", "no fields that could be mapped"),
            (one(#"{"properties":{"a":{"$ref":"x.json"},"b":{"$ref":"y.json"}}}"#), "POST /x", "'y.json' is outside"),
        ] as [(String, String?, String)])
    func refused(text: String, operation: String?, message: String) {
        let errors = Described.errors(text, operation)
        #expect(errors.joined(separator: "\n").contains(message), "\(errors)")
    }

    @Test("an id that two operations have is refused; their routes are not")
    func sameID() throws {
        let schema = #"{"schema":{"properties":{"a":{"type":"string"}}}}"#
        let body = #"{"requestBody":{"content":{"application/json":\#(schema)}},"operationId":"x"}"#
        let text = #"{"openapi":"3.0.0","paths":{"/x":{"post":\#(body),"put":\#(body)}}}"#
        #expect(
            Described.errors(text, "x").first?.contains("'x' is the id of 2 operations; give method and path") == true)
        #expect(Described.errors(text, "PUT /x") == [])
    }

    /// A description of one operation, whose body has this schema.
    static func one(_ schema: String) -> String {
        #"{"openapi":"3.0.0","paths":{"/x":\#n{"post":{"requestBody":{"content":{"application/json":{"schema":"#
            + schema
            + "}}}}}}}"
    }
}
