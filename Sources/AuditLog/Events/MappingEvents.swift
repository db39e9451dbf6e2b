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

/// The fields that an API expects, all of them; replaces those before.
package struct APIFieldsDefined<Field: Codable & Sendable>: Event {
    package struct Payload: Codable, Sendable {
        package var fields: [Field]
    }
    package static var type: String { "api.fields_defined" }
    package var payload: Payload

    package init(fields: [Field]) {
        payload = Payload(fields: fields)
    }
}

/// A mapping has a new version; versions count from 1 and are never changed.
package struct MappingVersionAdded<Rule: Codable & Sendable>: Event {
    package struct Payload: Codable, Sendable {
        package var name: String
        package var version: Int
        package var apiID: String
        /// The document as it was given.
        package var document: String
        /// SHA-256 of the document, hexadecimal.
        package var sha256: String
        /// The steps that it applies, in order.
        package var rules: [Rule]

        package enum CodingKeys: String, CodingKey {
            case name
            case version
            case apiID = "api_id"
            case document
            case sha256
            case rules
        }
    }
    package static var type: String { "mapping.version_added" }
    package var payload: Payload

    package init(name: String, version: Int, api: UUID, document: String, sha256: String, rules: [Rule]) {
        payload = Payload(
            name: name, version: version, apiID: api.text, document: document, sha256: sha256, rules: rules)
    }
}
