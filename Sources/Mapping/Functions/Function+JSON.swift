extension Function {
    private static let failures: [Failure] = [
        .notJSON, .jsonTooDeep, .duplicateName, .numberTooLarge, .loneSurrogate, .nulByte, .invalidUTF8,
        Workspace.textTooLong,
    ]

    /// Functions on JSON that stands in a cell.
    static let json: [Function] = [
        Function(
            "json_parse", .transformation, [Parameter("value", .value(.text))], result: .type(.any),
            summary:
                "Reads JSON: an object or array for a field of that type, or a text, number, true, false or blank",
            example: Example("\"[1, 2.50, null]\" | json_parse", gives: "[1,2.50,null]"), failures: failures
        ) { operands, workspace in
            guard case .text(let bytes) = operands[0] else { return .null }
            return JSONText.read(bytes, workspace)
        },
        .specialized(
            "json_path", .transformation, [Parameter("value", .value(.any)), Parameter("path", .text)],
            result: .type(.any),
            summary:
                "Gives one part of JSON by names and indexes, as in $.items[0]['unit price'] and $.tags[-1]; blank where "
                + "there is none. A text is read as json_parse does",
            example: Example(
                "'{\"items\": [{\"sku\": \"A7\"}]}' | json_path(\"$.items[0].sku\")", gives: "A7"),
            failures: failures
        ) { (arguments) throws(ArgumentError) in
            let text = arguments.texts[0]
            let path: JSONPath
            do throws(JSONPath.SyntaxError) {
                path = try JSONPath(text.string)
            } catch {
                throw ArgumentError(
                    text.argument, offset: error.offset, "the path is wrong: \(error.message)",
                    "write a path to one value, such as $.items[0].name or $['full name']")
            }
            return { operands, workspace in
                var value = operands[0]
                if case .text(let bytes) = value { value = JSONText.read(bytes, workspace) }
                guard case .json(let canonical) = value else { return value.isFailed || path.isWhole ? value : .null }
                return path.part(of: canonical).map { JSONText.value(of: $0, workspace) } ?? .null
            }
        },
    ]
}
