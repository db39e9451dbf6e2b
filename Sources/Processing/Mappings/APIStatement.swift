import AuditLog
import Mapping

/// What is to be said of an API, and what its stream says last.
struct APIStatement {
    private let stream: StreamID
    private let stated: APIRegistered
    private let fields: [FieldDescription]
    var lastDescription: APIRegistered.Payload?
    var lastFields: [FieldDescription]?
    /// The version that the stream must have.
    var version: Int64 = 0

    /// - Throws: `MappingError` if its fields could not be read again as they are.
    init(_ api: API, on stream: StreamID) throws {
        self.stream = stream
        fields = StoredFields.descriptions(of: api.fields ?? [])
        _ = try StoredFields.fields(fields, of: api.name)
        stated = APIRegistered(
            name: api.name, type: api.kind?.rawValue ?? "rest_api", baseURL: api.baseURL,
            authType: api.authentication?.rawValue ?? "none")
    }

    /// An address that is not stated stays what it is.
    private var description: APIRegistered {
        var description = stated
        description.payload.baseURL = description.payload.baseURL ?? lastDescription?.baseURL
        return description
    }

    func events(_ command: Command) throws -> [NewEvent] {
        var events: [NewEvent] = []
        if lastDescription != description.payload {
            events.append(try command.event(description, on: stream.id, expecting: version))
        }
        if lastFields != fields {
            events.append(
                try command.event(
                    APIFieldsDefined(fields: fields), on: stream.id, expecting: version + Int64(events.count)))
        }
        return events
    }

    var change: APIChange {
        var before: [[UInt8]: FieldDescription] = [:]
        for field in lastFields ?? [] { before[Self.key(field)] = field }
        var change = APIChange(isNew: lastDescription == nil, isDescribedAnew: lastDescription != description.payload)
        for field in fields {
            guard let old = before.removeValue(forKey: Self.key(field)) else {
                change.added.append(Self.name(field))
                continue
            }
            if old != field { change.changed.append(Self.name(field)) }
        }
        change.removed = (lastFields ?? []).filter { before[Self.key($0)] != nil }.map(Self.name)
        change.isInOtherOrder = change.isSame && lastFields != nil && lastFields != fields
        return change
    }

    private static func name(_ field: FieldDescription) -> String {
        if case .text(let name)? = field["name"] { name } else { "" }
    }

    private static func key(_ field: FieldDescription) -> [UInt8] { Array(name(field).utf8) }
}

/// What registering an API changes.
package struct APIChange: Sendable {
    package let isNew: Bool
    /// Its type, address or way of signing in.
    package let isDescribedAnew: Bool
    /// Names of fields.
    package var added: [String] = []
    package var removed: [String] = []
    package var changed: [String] = []
    /// Whether the fields are the same, in another order.
    package var isInOtherOrder = false

    fileprivate var isSame: Bool { added.isEmpty && removed.isEmpty && changed.isEmpty }

    package var isNothing: Bool { !isDescribedAnew && isSame && !isInOtherOrder }
}
