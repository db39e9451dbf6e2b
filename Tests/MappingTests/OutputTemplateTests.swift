import Mapping
import Testing

@Test(
    "values become one object, nested by the paths of their fields, and items stand in the order of their numbers",
    arguments: [
        (["id"], #"{"id":0}"#),
        (["a.b", "id", "a.c"], #"{"a":{"b":0,"c":2},"id":1}"#),
        (["x[1]", "x[0]"], #"{"x":[1,0]}"#),
        ((0...10).reversed().map { "x[\($0)]" }, #"{"x":[10,9,8,7,6,5,4,3,2,1,0]}"#),
        (["x[1].b", "x[0].b", "x[1].a"], #"{"x":[{"b":1},{"b":0,"a":2}]}"#),
        (["\u{E9}", "e\u{301}"], "{\"\u{E9}\":0,\"e\u{301}\":1}"),
        ([], "{}"),
    ])
func outputTemplate(_ fields: [String], _ expected: String) {
    var output: [UInt8] = []
    OutputTemplate(fields: fields).append(fields.indices.map { Array("\($0)".utf8)[...] }, to: &output)
    #expect(output == Array(expected.utf8))
}
