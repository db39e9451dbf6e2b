/// A mapping document: how the columns of a file become the fields of an API.
package struct Document: Sendable {
    package let name: String
    /// The name under which messages speak of the document.
    package let file: String
    package let api: API
    package let source: SourceOptions
    /// In the order of the document, which is the order of the values in the output.
    package let mappings: [TargetMapping]
    package let uniqueChecks: [UniqueCheck]
    package let rowRules: [RowRule]
    package let fieldChecks: [FieldCheck]
    package let rowChecks: [RowCheck]
    package let examples: [MappingExample]
    package let onReject: OnReject
    package let rejectLimit: RejectLimit?

    /// Parses YAML or JSON.
    ///
    /// Throws everything that is wrong in it, with places. Types, columns and fields are checked by `Program` (and
    /// `Document.check`), which may need the API's fields and the file's columns for it.
    package init(parsing text: String, file: String) throws(MappingError) {
        self = try DocumentParser.parse(text, file: file)
    }

    init(
        name: String, file: String, api: API, source: SourceOptions, mappings: [TargetMapping],
        checks: DocumentChecks, examples: [MappingExample] = [], onReject: OnReject, rejectLimit: RejectLimit?
    ) {
        self.name = name
        self.file = file
        self.api = api
        self.source = source
        self.mappings = mappings
        uniqueChecks = checks.uniqueChecks
        rowRules = checks.rowRules
        fieldChecks = checks.fieldChecks
        rowChecks = checks.rowChecks
        self.examples = examples
        self.onReject = onReject
        self.rejectLimit = rejectLimit
    }
}

/// The API that a mapping delivers to: its name alone, or written out.
package struct API: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case restAPI = "rest_api"
        case webhook, database
    }

    package enum Authentication: String, Sendable, CaseIterable {
        case none
        case apiKey = "api_key"
        case bearerToken = "bearer_token"
        case basic = "basic_auth"
        case oauth2
    }

    package var name: String
    package var kind: Kind?
    package var baseURL: String?
    package var authentication: Authentication?
    /// `nil` where the document gives only the API's name: the fields are those of the stored configuration.
    package var fields: [Field]?
    package let location: Location
}

extension API {
    /// Parses an API that is written out with its fields: under `api:` of a mapping document, or alone, in YAML or JSON.
    package init(parsing text: String, file: String) throws(MappingError) {
        self = try DocumentParser.parseAPI(text, file: file)
    }
}

/// What the document says about the file; what it does not say is `nil` and left to detection.
package struct SourceOptions: Sendable, Equatable {
    package var delimiter: String?
    /// One character, or `none`.
    package var quote: String?
    /// `double` (a doubled quote), `backslash` or `none`.
    package var escape: String?
    package var hasHeader: Bool?
    /// Records that name the columns together.
    package var headerRows: Int?
    /// Physical lines above and below the table, which are not read.
    package var preambleLines: Int?
    package var footerLines: Int?
    package var encoding: String?
    /// The columns' names for a file without a header.
    package var columns: [String]?
    /// Cells that mean a missing value, besides the empty cell.
    package var nulls: [String] = []

    package init() {}
}

/// One target field and the expression that feeds it.
package struct TargetMapping: Sendable {
    package let target: String
    package let targetLocation: Location
    package let expression: Expression
    /// The expression as it is written.
    package let text: String
    let origin: TextOrigin
}

/// Fields whose values together must not occur twice in a file.
package struct UniqueCheck: Sendable {
    package let fields: [String]
    package let location: Location
}

/// A condition on the columns of a row, and what to say where it does not hold.
package struct RowRule: Sendable {
    package let expression: Expression
    package let message: String
    let origin: TextOrigin
}

/// What the mapping asks of a target's values, besides what the API's field does.
package struct FieldCheck: Sendable {
    package let field: String
    package let location: Location
    /// The keys of a field; what their values must be depends on its type.
    let keys: [String: DocumentNode]
}

/// A check on which targets of a row have values.
package struct RowCheck: Sendable {
    enum Kind: Sendable {
        case allOrNone, exactlyOneOf
        /// The condition is on columns; `text` is the condition as it is written.
        case required(if: Expression, text: String, origin: TextOrigin)
        /// The values are those of a row of a lookup table; `key` are its fields, if the document names them.
        case foreignKey(table: String, location: Location, key: [String]?)
    }

    let kind: Kind
    package let fields: [String]
    /// What to say where it does not hold, if the document says it.
    package let message: String?
    package let location: Location
}

/// A row as a file may have it, and what must become of it; for people who read the mapping, and for `map test`.
package struct MappingExample: Sendable {
    package enum Expectation: Sendable {
        /// The row is accepted, and these targets have these values.
        case gives([(target: String, value: ExpectedValue)])
        /// The row is rejected, for a reason with this code.
        case rejects(String)
    }

    package let name: String?
    /// Cells by column; those of other columns are empty.
    let row: [(column: String, cell: String)]
    package let expectation: Expectation
    package let location: Location
}

/// What happens to a row with a value that cannot be accepted.
package enum OnReject: String, Sendable, CaseIterable {
    /// The row is left out.
    case skip
    /// The job stops.
    case stop
    /// The value becomes blank where the field is not required; the row is accepted.
    case nullValue = "null_value"
}

/// How many rows may be rejected before a job gives up.
package enum RejectLimit: Sendable, Equatable {
    case count(Int)
    /// Of the rows read, 0 to 100.
    case percent(ExactDecimal)
}
