/// An organisation was added; its id is the name-based UUID of its slug.
package struct TenantCreated: Event {
    package struct Payload: Codable, Sendable {
        package var slug: String
        package var name: String
    }
    package static let type = "tenant.created"
    package var payload: Payload

    package init(slug: String, name: String) {
        payload = Payload(slug: slug, name: name)
    }
}

/// A setting of the tenant has a new value.
package struct SettingChanged: Event {
    package struct Payload: Codable, Sendable {
        package var key: String
        package var value: SettingValue
    }
    package static let type = "setting.changed"
    package var payload: Payload

    package init(key: String, value: SettingValue) {
        payload = Payload(key: key, value: value)
    }
}

/// A setting's value: a whole number or a list of words.
package enum SettingValue: Codable, Sendable, Equatable {
    case integer(Int64)
    case list([String])

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let integer = try? container.decode(Int64.self) {
            self = .integer(integer)
        } else {
            self = .list(try container.decode([String].self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .integer(let value): try container.encode(value)
        case .list(let value): try container.encode(value)
        }
    }
}
