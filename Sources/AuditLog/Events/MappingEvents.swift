package import FoundationEssentials
import Postgres

/// An external API was registered, or its description changed.
package struct APIRegistered: Event {
    package struct Payload: Codable, Sendable, Equatable {
        package var name: String
        /// rest_api, webhook or database.
        package var type: String
        package var baseURL: String?
        /// none, api_key, bearer_token, basic_auth or oauth2; the secret itself is never in an event.
        package var authType: String

        package enum CodingKeys: String, CodingKey {
            case name
            case type
            case baseURL = "base_url"
            case authType = "auth_type"
        }
    }
    package static let type = "api.registered"
    package var payload: Payload

    package init(name: String, type: String, baseURL: String?, authType: String) {
        payload = Payload(name: name, type: type, baseURL: baseURL, authType: authType)
    }
}

/// A field that an API expects: `name`, `type`, `required`, and further limits.
package typealias FieldDescription = [String: JSONValue]

/// The fields that an API expects, all of them; replaces those before.
package struct APIFieldsDefined: Event {
    package struct Payload: Codable, Sendable, Equatable {
        package var fields: [FieldDescription]
    }
    package static let type = "api.fields_defined"
    package var payload: Payload

    package init(fields: [FieldDescription]) {
        payload = Payload(fields: fields)
    }
}

/// A mapping has a new version; versions count from 1 and are never changed.
package struct MappingVersionAdded: Event {
    /// A step that the mapping applies.
    package struct Rule: Codable, Sendable, Equatable {
        /// Nil for checks on whole rows.
        package var targetField: String?
        /// format, validation, transformation or lookup.
        package var kind: String
        package var rule: String
        package var arguments: JSONValue
        package var sourceColumns: [String]

        package enum CodingKeys: String, CodingKey {
            case targetField = "target_field"
            case kind
            case rule
            case arguments
            case sourceColumns = "source_columns"
        }

        package init(targetField: String?, kind: String, rule: String, arguments: JSONValue, sourceColumns: [String]) {
            self.targetField = targetField
            self.kind = kind
            self.rule = rule
            self.arguments = arguments
            self.sourceColumns = sourceColumns
        }
    }

    package struct Payload: Codable, Sendable {
        package var name: String
        package var version: Int
        package var apiID: String
        /// The document as it was given.
        package var document: String
        /// The API's fields as they were: the version checks against these for ever.
        package var fields: [FieldDescription]
        /// SHA-256 over document and fields, hexadecimal: what makes a version a new one.
        package var sha256: String
        /// The steps that it applies, in order.
        package var rules: [Rule]

        package enum CodingKeys: String, CodingKey {
            case name
            case version
            case apiID = "api_id"
            case document
            case fields
            case sha256
            case rules
        }
    }
    package static let type = "mapping.version_added"
    package var payload: Payload

    package init(
        name: String, version: Int, api: UUID, document: String, fields: [FieldDescription], sha256: String,
        rules: [Rule]
    ) {
        payload = Payload(
            name: name, version: version, apiID: api.text, document: document, fields: fields, sha256: sha256,
            rules: rules)
    }
}
