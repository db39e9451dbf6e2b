import AuditLog
import Foundation
import Mapping

/// Fields of an API as events keep them: limits and allowed values as text, which is exact.
enum StoredFields {
    static func descriptions(of fields: [Field]) -> [FieldDescription] {
        fields.map { field in
            var description: FieldDescription = [
                "name": .text(field.name), "type": .text(field.type.rawValue), "required": .boolean(field.isRequired),
            ]
            description["min"] = field.minimum.map(text)
            description["max"] = field.maximum.map(text)
            description["exclusive_min"] = field.exclusiveMinimum.map(text)
            description["exclusive_max"] = field.exclusiveMaximum.map(text)
            description["multiple_of"] = field.multipleOf.map { .text($0.description) }
            description["min_length"] = field.minimumLength.map { .integer(Int64($0)) }
            description["max_length"] = field.maximumLength.map { .integer(Int64($0)) }
            description["pattern"] = field.pattern.map { .text($0.text) }
            description["format"] = field.format.map { .text($0.name) }
            description["country"] = field.format?.country.map { .text($0) }
            description["enum"] = field.allowedValues.map { .array($0.map(text)) }
            description["const"] = field.constant.map(text)
            description["formulas"] = field.forbidsFormulas ? .text("forbid") : nil
            description["description"] = field.summary.map { .text($0) }
            return description
        }
    }

    static func fields(_ descriptions: [FieldDescription], of api: String) throws -> [Field] {
        try Field.parseList(try json(descriptions), file: "the stored fields of \(api)")
    }

    /// Canonical JSON: keys sorted, no spaces.
    static func json(_ descriptions: [FieldDescription]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(descriptions), as: UTF8.self)
    }

    private static func text(_ constant: Constant) -> JSONValue {
        .text(String(decoding: constant.bytes, as: UTF8.self))
    }
}
