import Testing

@testable import Mapping

@Suite("Schemas to fields")
struct SchemaTests {
    @Test(
        "values have the types and limits of their schema",
        arguments: [
            (#"{"type":"string"}"#, "a string"), (#"{"type":"integer"}"#, "a integer"),
            (#"{"type":"number","format":"double"}"#, "a number"), (#"{"type":"boolean"}"#, "a boolean"),
            (#"{"type":"string","format":"date"}"#, "a date"),
            (#"{"type":"string","format":"date-time"}"#, "a datetime"),
            (#"{"type":"string","format":"email"}"#, "a email"), (#"{"type":"string","format":"uuid"}"#, "a uuid"),
            (#"{"type":"string","format":"uri","maxLength":9}"#, "a url max_length:9"),
            (#"{"type":"string","format":"ipv4"}"#, "a string format:ipv4"),
            (#"{"type":"string","format":"password"}"#, "a string"),
            (#"{"type":"integer","format":"int32"}"#, "a integer min:-2147483648,max:2147483647"),
            (
                #"{"type":"integer","format":"int64","minimum":1}"#,
                "a integer min:1,max:9223372036854775807"
            ),
            (#"{"type":"number","minimum":1e2,"maximum":1.5E+3}"#, "a number min:100,max:1500"),
            (#"{"type":"number","minimum":-2.5e-3,"maximum":0e1}"#, "a number min:-0.0025,max:0"),
            (#"{"type":"number","minimum":0,"exclusiveMinimum":true}"#, "a number exclusive_min:0"),
            (#"{"type":"number","minimum":0,"exclusiveMinimum":false}"#, "a number min:0"),
            (
                #"{"type":"number","maximum":1,"exclusiveMaximum":true,"multipleOf":0.01}"#,
                "a number exclusive_max:1,multiple_of:0.01"
            ),
            (
                #"{"type":"string","minLength":2,"maxLength":4,"pattern":"^[A-Z]+$"}"#,
                "a string min_length:2,max_length:4,pattern:^[A-Z]+$"
            ),
            (#"{"type":"string","enum":["x","ÿ"]}"#, "a string enum:[x,ÿ]"),
            (#"{"enum":[1,2]}"#, "a number enum:[1,2]"), (#"{"enum":["1",2]}"#, "a string enum:[1,2]"),
            (#"{"enum":[true]}"#, "a boolean enum:[true]"), (#"{"minLength":1}"#, "a string min_length:1"),
            (#"{"maximum":7}"#, "a number max:7"),
            (#"{"type":"string","description":"  One\n line.\n\nMore."}"#, "a string description:One line."),
            (#"{"type":"string","enum":["b",null],"nullable":true}"#, "a string enum:[b]"),
            (#"{"type":"string","minimum":3}"#, "a string"), (#"{"type":"date","format":"date"}"#, ""),
        ])
    func values(schema: String, line: String) throws {
        let text = #"{"type":"object","properties":{"a":\#(schema),"z":{"type":"boolean"}}}"#
        let described = try Described(text)
        #expect(described.lines == (line.isEmpty ? [] : [line]) + ["z boolean"])
    }

    @Test(
        "3.1 has lists of types, numbers as exclusive limits, and constants",
        arguments: [
            (#"{"type":["string","null"]}"#, "a string", []), (#"{"type":["integer","number"]}"#, "a number", []),
            (#"{"type":["string","integer"]}"#, "a string", ["simplified"]),
            (
                #"{"type":"integer","exclusiveMinimum":0,"exclusiveMaximum":10}"#,
                "a integer exclusive_min:0,exclusive_max:10", []
            ),
            (#"{"const":"v1"}"#, "a string const:v1", []), (#"{"type":"integer","const":3}"#, "a integer const:3", []),
            (#"true"#, "a string", ["simplified"]), (#"{}"#, "a string", ["simplified"]),
            (#"{"anyOf":[{"type":"string","format":"date"},{"type":"null"}]}"#, "a date", []),
            (
                ##"{"$ref":"#/components/schemas/S","maxLength":3,"description":"Here"}"##,
                "a string max_length:3,description:Here", []
            ),
        ] as [(String, String, [String])])
    func schema2020(schema: String, line: String, codes: [String]) throws {
        let described = try Described(
            #"{"type":"object","properties":{"a":\#(schema)}}"#, components: #""S":{"type":"string","maxLength":5}"#,
            version: "3.1.0")
        #expect(described.lines == [line])
        #expect(described.codes == codes)
    }

    @Test(
        "what cannot be kept is noted and stops nothing",
        arguments: [
            (#"{"type":"string","pattern":"^(?=a)a$"}"#, "a string", ["pattern"]),
            (#"{"type":"string","pattern":"(a)\\1"}"#, "a string", ["pattern"]),
            (#"{"type":"string","pattern":"a\u0000"}"#, "a string", ["pattern"]),
            (#"{"type":"string","format":"hostname"}"#, "a string", ["left_out"]),
            (#"{"type":"string","format":"binary"}"#, nil, ["left_out"]),
            (#"{"type":"number","minimum":1e400}"#, "a number", ["left_out"]),
            (#"{"type":"number","multipleOf":0}"#, "a number", ["left_out"]),
            (#"{"type":"string","maxLength":-1}"#, "a string", ["left_out"]),
            (#"{"type":"integer","enum":[1,1.5,"x"]}"#, "a integer enum:[1]", ["left_out", "left_out"]),
            (#"{"enum":[{"a":1}],"type":"string"}"#, "a string", ["left_out"]),
            (#"{"type":"integer","minimum":5,"maximum":4}"#, "a integer min:5,max:4", ["wrong_value"]),
            (#"{"type":"object"}"#, nil, ["left_out"]),
            (#"{"type":"object","additionalProperties":{"type":"string"}}"#, nil, ["left_out"]),
            (#"{"type":"array"}"#, nil, ["left_out"]),
            (#"{"type":"string","not":{"const":"x"}}"#, "a string", ["left_out"]),
            (#"{"type":"wrong"}"#, nil, ["left_out"]), (#"{"type":"string","readOnly":true}"#, nil, ["left_out"]),
            (#"{"type":"array","items":{"type":"string"}}"#, "a[0] string", ["simplified"]),
        ] as [(String, String?, [String])])
    func noted(schema: String, line: String?, codes: [String]) throws {
        let described = try Described(#"{"properties":{"a":\#(schema),"z":{"type":"boolean"}}}"#)
        #expect(described.lines == (line.map { [$0] } ?? []) + ["z boolean"])
        #expect(described.codes == codes, "\(described.notes)")
    }

    @Test("names that cannot be targets are left out")
    func names() throws {
        let long = String(repeating: "n", count: 201)
        let described = try Described(
            #"{"properties":{"a.b":{},"expand[]":{},"":{},"c\u0001":{},"\#(long)":{},"@ok é":{"type":"string"}}}"#)
        #expect(described.lines == ["@ok é string"])
        #expect(described.codes == Array(repeating: "left_out", count: 5))
    }

    @Test("nested bodies become dotted targets, and are required only where all around them is")
    func nesting() throws {
        let described = try Described(
            #"""
            {"type":"object","required":["id","home","tags"],"properties":{
              "id":{"type":"integer"},
              "home":{"type":"object","required":["city"],"properties":{"city":{"type":"string"},"zip":{"type":"string"}}},
              "work":{"type":"object","required":["city","geo"],"properties":{
                "city":{"type":"string"},
                "geo":{"type":"object","required":["lat"],"properties":{"lat":{"type":"number"},"lon":{"type":"number"}}}}},
              "tags":{"type":"array","minItems":1,"items":{"type":"string"}},
              "items":{"type":"array","minItems":1,"items":{"required":["sku"],"properties":{"sku":{"type":"string"}}}},
              "note":{"type":"string","nullable":true}}}
            """#)
        #expect(
            described.lines == [
                "id! integer", "home.city! string", "home.zip string", "work.city string", "work.geo.lat number",
                "work.geo.lon number", "tags[0]! string", "items[0].sku string", "note string",
            ])
        let optional = try #require(described.notes.first { $0.message.contains("'work' is optional") })
        #expect(optional.message.hasSuffix("it needs 'work.city', 'work.geo.lat'"))
        #expect(optional.advice == "add to 'checks': - all_or_none: [work.city, work.geo.lat]")
        #expect(optional.location.line == 5)
    }

    @Test("a required value that may be null is optional, which is said")
    func nullable() throws {
        let described = try Described(
            #"{"required":["a","b"],"properties":{"a":{"type":"string","nullable":true},"b":{"type":"string"}}}"#)
        #expect(described.lines == ["a string", "b! string"])
        #expect(described.codes == ["simplified"])
    }

    @Test("allOf asks for what each part asks for")
    func allOf() throws {
        let described = try Described(
            ##"""
            {"allOf":[{"$ref":"#/components/schemas/Base"},
                      {"required":["b"],"properties":{"b":{"type":"string","maxLength":9},"n":{"minimum":5,"maximum":9}}}]}
            """##,
            components: ##"""
                "Base":{"type":"object","required":["a"],"properties":{
                  "a":{"allOf":[{"type":"string","maxLength":5,"enum":["x","y"]},{"maxLength":7,"minLength":1,"enum":["y","z"]}]},
                  "b":{"type":"string","maxLength":12,"pattern":"^b"},
                  "n":{"type":"integer","minimum":1,"maximum":7}}}
                """##)
        #expect(
            described.lines == [
                "a! string min_length:1,max_length:5,enum:[y]", "b! string max_length:9,pattern:^b",
                "n integer min:5,max:7",
            ])
        #expect(described.notes.isEmpty, "\(described.notes)")
    }

    @Test("oneOf and anyOf give the fields of all, and require what all require", arguments: ["oneOf", "anyOf"])
    func alternatives(key: String) throws {
        let described = try Described(
            #"""
            {"required":["kind"],"properties":{"kind":{"type":"string"}},"discriminator":{"propertyName":"kind"},
             "\#(key)":[
               {"required":["name","iban"],"properties":{"name":{"type":"string","maxLength":5},"iban":{"type":"string"}}},
               {"required":["name","card"],"properties":{"card":{"type":"string"},"name":{"type":"string","maxLength":8}}}]}
            """#)
        #expect(
            described.lines == ["kind! string", "name! string max_length:8", "iban string", "card string"])
        #expect(described.codes == ["simplified"])
        #expect(described.notes.first?.message.contains("one of 2") == true)
        #expect(described.notes.first?.advice.hasSuffix("'kind' says which is meant") == true)
    }

    @Test(
        "of alternatives of several kinds objects come first, then values",
        arguments: [
            (
                #"{"anyOf":[{"enum":[""],"type":"string"},{"type":"object","required":["x"],"properties":{"x":{"type":"string"}}}]}"#,
                ["a.x string"]
            ),
            (#"{"oneOf":[{"type":"array","items":{"type":"integer"}},{"type":"string"}]}"#, ["a string"]),
            (#"{"oneOf":[{"type":"string"},{"type":"integer"}]}"#, ["a string"]),
            (#"{"oneOf":[{"type":"integer","minimum":1},{"type":"number","minimum":3}]}"#, ["a number min:1"]),
            (
                #"{"oneOf":[{"type":"string","enum":["p"]},{"type":"string","enum":["q","p"]}]}"#,
                ["a string enum:[p,q]"]
            ),
        ])
    func kinds(schema: String, lines: [String]) throws {
        let described = try Described(#"{"required":["a"],"properties":{"a":\#(schema)}}"#)
        let found = described.lines.map { $0.replacing("! ", with: " ") }
        #expect(found == lines)
        #expect(!described.notes.isEmpty)
    }

    @Test("a reference that leads back to itself is cut, and said with its place")
    func circular() throws {
        let described = try Described(
            ##"{"$ref":"#/components/schemas/Category"}"##,
            components: ##"""
                "Category":{"required":["name","parent"],"properties":{"name":{"type":"string"},
                  "parent":{"$ref":"#/components/schemas/Category"},
                  "children":{"type":"array","items":{"$ref":"#/components/schemas/Category"}},
                  "mirror":{"allOf":[{"$ref":"#/components/schemas/Category"},{"properties":{"x":{"type":"string"}}}]}}}
                """##)
        #expect(described.lines == ["name! string", "mirror.x string"])
        #expect(described.codes.count { $0 == "circular_reference" } == 3)
        #expect(
            described.notes.first { $0.code == .circularReference }?.description.hasPrefix("api.yaml:4:21: 'parent'")
                == true, "\(described.notes)")
    }

    @Test("definitions that were imported are read again as they are", arguments: SchemaTests.samples)
    func roundTrip(schema: String) throws {
        let described = try Described(#"{"properties":{"a":\#(schema)}}"#)
        let json = "[" + described.fields.map(\.json).joined(separator: ",") + "]"
        #expect(try Field.parseList(json, file: "x").map(\.json) == described.fields.map(\.json))
    }

    private static let samples = [
        #"{"type":"string","description":"\u0001 \ud83d\ude00 &a *a: # \"q\" \\","pattern":"^\\\\\"$"}"#,
        #"{"type":"number","enum":[1e2,-0.5,3]}"#, #"{"type":"string","enum":["","no","1","null","~"]}"#,
        #"{"type":"integer","enum":["7"]}"#, #"{"type":"boolean","enum":[true]}"#,
        #"{"type":"string","format":"date","enum":["2024-02-29"]}"#,
        #"{"type":"integer","format":"int64","multipleOf":2}"#,
    ]
}
