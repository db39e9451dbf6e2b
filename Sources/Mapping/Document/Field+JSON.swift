extension Field {
    /// The definition as a JSON object in canonical form: what `Field.parseList` reads in a list.
    package var json: String {
        var members = ["\"name\":\(Self.text(name))", "\"type\":\(Self.text(type.rawValue))"]
        if isRequired { members.append("\"required\":true") }
        if let minimum { members.append("\"min\":\(minimum.json)") }
        if let maximum { members.append("\"max\":\(maximum.json)") }
        if let exclusiveMinimum { members.append("\"exclusive_min\":\(exclusiveMinimum.json)") }
        if let exclusiveMaximum { members.append("\"exclusive_max\":\(exclusiveMaximum.json)") }
        if let multipleOf { members.append("\"multiple_of\":\(multipleOf)") }
        if let minimumLength { members.append("\"min_length\":\(minimumLength)") }
        if let maximumLength { members.append("\"max_length\":\(maximumLength)") }
        if let pattern { members.append("\"pattern\":\(Self.text(pattern.text))") }
        if let format { members.append("\"format\":\(Self.text(format.name))") }
        if let country = format?.country { members.append("\"country\":\(Self.text(country))") }
        if let allowedValues { members.append("\"enum\":[\(allowedValues.map(\.json).joined(separator: ","))]") }
        if let constant { members.append("\"const\":\(constant.json)") }
        if forbidsFormulas { members.append("\"formulas\":\"forbid\"") }
        if let summary { members.append("\"description\":\(Self.text(summary))") }
        return "{\(members.joined(separator: ","))}"
    }

    private static func text(_ text: String) -> String { Constant.text(Array(text.utf8)).json }
}

extension Constant {
    /// The value in JSON: numbers with all their digits, dates and datetimes as texts.
    var json: String {
        switch self {
        case .null: return "null"
        case .number(let number): return number.description
        case .boolean(let boolean): return boolean ? "true" : "false"
        case .text, .date, .datetime:
            var output: [UInt8] = []
            JSONWriter.append(bytes, to: &output)
            return String(decoding: output, as: UTF8.self)
        }
    }
}
