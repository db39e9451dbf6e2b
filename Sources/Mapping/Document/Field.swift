/// A field that an API expects, with what its values must be.
package struct Field: Sendable {
    package var name: String
    package var type: FieldType
    package var isRequired = false
    /// Limits of numbers, dates and datetimes, both inclusive.
    package var minimum: Constant?
    package var maximum: Constant?
    /// Limits of numbers and dates that values must not reach.
    package var exclusiveMinimum: Constant?
    package var exclusiveMaximum: Constant?
    /// More than 0; numbers are a whole number of times this.
    package var multipleOf: ExactDecimal?
    /// Limits of the length of texts in Unicode scalars, both inclusive.
    package var minimumLength: Int?
    package var maximumLength: Int?
    /// A regular expression that must match somewhere in the text; `^` and `$` tie it to the ends.
    package var pattern: Pattern?
    package var format: Format?
    /// The only values allowed; of the field's type.
    package var allowedValues: [Constant]?
    /// The only value allowed; of the field's type.
    package var constant: Constant?
    /// Whether texts that spreadsheets run as formulas are refused.
    package var forbidsFormulas = false
    package var summary: String?

    package init(_ name: String, _ type: FieldType, isRequired: Bool = false) {
        self.name = name
        self.type = type
        self.isRequired = isRequired
    }
}

/// The types of API fields.
package enum FieldType: String, Sendable, CaseIterable {
    case string, number, integer, boolean, email, phone, date, datetime, url, uuid, object, array

    /// The type by its name in a document; `text` and `decimal` are other names for `string` and `number`.
    package init?(name: String) {
        switch name {
        case "text": self = .string
        case "decimal": self = .number
        default: self.init(rawValue: name)
        }
    }

    package var valueType: ValueType {
        switch self {
        case .string, .email, .phone, .url, .uuid: .text
        case .number: .decimal
        case .integer: .integer
        case .boolean: .boolean
        case .date: .date
        case .datetime: .datetime
        case .object: .object
        case .array: .array
        }
    }

    var isNumeric: Bool { self == .number || self == .integer }
}
