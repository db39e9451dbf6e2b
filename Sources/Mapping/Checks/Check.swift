/// One check that a field or a mapping can ask for: everything that is known about it, in one value.
///
/// The reader of documents, the compiler and the reference take it from here; adding a check is adding one value to
/// `CheckTable` and the code that runs it.
package struct Check: Sendable {
    /// What a check is for.
    package enum Scope: Sendable {
        case values, scalars, texts, strings, numbers, numbersAndTimes
        /// The values of several targets of a row.
        case rows

        /// Whether fields of a type may ask for the check.
        func includes(_ type: FieldType) -> Bool {
            switch self {
            case .values: true
            case .scalars: type != .object && type != .array
            case .texts: type.valueType == .text
            case .strings: type == .string
            case .numbers: type.isNumeric
            case .numbersAndTimes: type.isNumeric || type == .date || type == .datetime
            case .rows: false
            }
        }

        package var label: String {
            switch self {
            case .values: "all types"
            case .scalars: "all types but object and array"
            case .texts: "texts"
            case .strings: "fields of type string"
            case .numbers: "numbers"
            case .numbersAndTimes: "numbers, dates and datetimes"
            case .rows: "rows"
            }
        }
    }

    /// One way in which a value or row does not pass.
    package struct Refusal: Sendable {
        package let code: String
        /// The sentence about a field (or fields) and what is asked of it.
        private let message: @Sendable (_ field: String, _ demand: String) -> String

        init(_ code: String, _ message: @escaping @Sendable (_ field: String, _ demand: String) -> String) {
            self.code = code
            self.message = message
        }

        package func failure(_ field: String, _ demand: String = "") -> Failure {
            Failure(code, message(field, demand))
        }
    }

    /// The check as it stands in a document, cells that it lets pass and cells that it does not; the tests run every one.
    package struct Example: Sendable {
        package let definition: String
        package let passing: [String]
        package let refused: [String]

        init(_ definition: String, passes passing: String..., refuses refused: String...) {
            self.definition = definition
            self.passing = passing
            self.refused = refused
        }
    }

    /// The key in the document.
    package let name: String
    /// The name in rejections; the key, but for checks that rejections tell from others of the same key.
    package let rule: String
    package let scope: Scope
    /// One line for the reference.
    package let summary: String
    package let refusals: [Refusal]
    package let example: Example

    init(
        _ name: String, rule: String? = nil, _ scope: Scope, summary: String, refusals: [Refusal], example: Example
    ) {
        self.name = name
        self.rule = rule ?? name
        self.scope = scope
        self.summary = summary
        self.refusals = refusals
        self.example = example
    }
}
