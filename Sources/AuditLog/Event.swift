package import Foundation
import Postgres

/// A fact as a Swift value: what it is called, and which part of it is nobody's and which is somebody's.
///
/// `Payload` and `Personal` are encoded as JSON objects with sorted keys. An event that has no personal part still records
/// the operating-system login of the command there.
package protocol Event: Sendable {
    associatedtype Payload: Codable & Sendable
    associatedtype Personal: Codable & Sendable = Nothing
    /// `job.completed`; the part before the dot is the stream's type.
    static var type: String { get }
    static var schemaVersion: Int32 { get }
    var payload: Payload { get }
    var personal: Personal? { get }
    /// File content or result rows.
    var attachment: [UInt8]? { get }
    /// 16 random bytes where the payload depends on them; nil lets the database choose.
    var salt: [UInt8]? { get }
}

/// The personal part of an event that has none, or the payload of one that says all by its type.
package struct Nothing: Codable, Sendable, Equatable {
    package init() {}
}

extension Event {
    package static var schemaVersion: Int32 { 1 }
    package static var streamType: String { String(type.prefix { $0 != "." }) }
    package var attachment: [UInt8]? { nil }
    package var salt: [UInt8]? { nil }
}

extension Event where Personal == Nothing {
    package var personal: Nothing? { nil }
}

extension Event where Payload == Nothing {
    package var payload: Nothing { Nothing() }
}

/// A command in progress: what its events have in common.
package struct Command: Sendable {
    package var scope: Scope
    /// The command's own id, so that its events can be found together.
    package var correlation: UUID

    package init(scope: Scope, correlation: UUID = UUID()) {
        self.scope = scope
        self.correlation = correlation
    }

    /// The event, ready to be appended to the stream with this id.
    ///
    /// - Parameters:
    ///   - id: the idempotency key; one that follows from what is done makes a retry of the command harmless.
    ///   - expected: the version that the stream must have; 0: it must not exist; nil: any.
    package func event<E: Event>(
        _ event: E, on stream: UUID, id: UUID = UUID(), expecting expected: Int64? = nil,
        causedBy causation: UUID? = nil
    ) throws -> NewEvent {
        NewEvent(
            id: id, stream: StreamID(type: E.streamType, id: stream), type: E.type, schemaVersion: E.schemaVersion,
            payload: JSON(bytes: Array(try Self.encoder.encode(event.payload))),
            personal: try personalPart(event.personal), attachment: event.attachment, salt: event.salt,
            expectedVersion: expected, actor: scope.user, correlation: correlation, causation: causation)
    }

    /// What an event says of persons, and the login; nil for nothing.
    func personalPart(_ personal: (some Encodable)?) throws -> JSON? {
        guard scope.login != nil || personal != nil else { return nil }
        return JSON(bytes: Array(try Self.encoder.encode(PersonalPart(login: scope.login, event: personal))))
    }

    private static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}

/// An event's personal part and the login, as one JSON object.
private struct PersonalPart<Personal: Encodable>: Encodable {
    var login: String?
    var event: Personal?

    private enum Keys: String, CodingKey {
        case login
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        try container.encodeIfPresent(login, forKey: .login)
        try event?.encode(to: encoder)
    }
}

extension RecordedEvent {
    /// The payload as the type that its event has.
    package func payload<E: Event>(of type: E.Type) throws -> E.Payload {
        try JSONDecoder().decode(E.Payload.self, from: Data(payload.bytes))
    }

    /// The personal part, or nil when there is none any more.
    package func personal<E: Event>(of type: E.Type) throws -> E.Personal? {
        try personal.map { try JSONDecoder().decode(E.Personal.self, from: Data($0.bytes)) }
    }
}
