package import FoundationEssentials
package import Postgres

/// An event to be appended.
package struct NewEvent: Sendable {
    /// The idempotency key: an id is appended once, and a retry with the same ids returns the first positions.
    package var id: UUID
    package var stream: StreamID
    package var type: String
    package var schemaVersion: Int32
    /// What is nobody's in particular; a JSON object.
    package var payload: JSON
    /// What is somebody's; a JSON object.
    package var personal: JSON?
    /// File content or result rows.
    package var attachment: [UInt8]?
    /// 16 random bytes; nil: made when the event is sent.
    package var salt: [UInt8]?
    /// The version that the stream must have before this event; 0: it must not exist; nil: any.
    package var expectedVersion: Int64?
    package var actor: UUID?
    package var correlation: UUID?
    package var causation: UUID?

    package init(
        id: UUID = UUID(), stream: StreamID, type: String, schemaVersion: Int32 = 1, payload: JSON,
        personal: JSON? = nil, attachment: [UInt8]? = nil, salt: [UInt8]? = nil, expectedVersion: Int64? = nil,
        actor: UUID? = nil, correlation: UUID? = nil, causation: UUID? = nil
    ) {
        self.id = id
        self.stream = stream
        self.type = type
        self.schemaVersion = schemaVersion
        self.payload = payload
        self.personal = personal
        self.attachment = attachment
        self.salt = salt
        self.expectedVersion = expectedVersion
        self.actor = actor
        self.correlation = correlation
        self.causation = causation
    }
}

extension NewEvent {
    /// Whether `audit_append` asks for a role before it takes it: what says who signs the log, and what must not be erased.
    var needsRole: Bool {
        stream.type == "log" || stream.type == "hold"
    }
}

extension CompositeArray {
    /// Adds the event as an `audit_append_event` of the append with this number.
    mutating func append(_ event: NewEvent, append number: Int32) {
        appendRow { row in
            row.append(number)
            row.append(event.id)
            row.append(event.stream.type)
            row.append(event.stream.id)
            row.append(event.expectedVersion)
            row.append(event.type)
            row.append(event.schemaVersion)
            row.append(event.actor)
            row.append(event.correlation)
            row.append(event.causation)
            row.append(event.payload)
            row.append(event.personal)
            row.append(event.attachment)
            // The database would make one too, while the log is locked.
            if let salt = event.salt {
                row.append(salt)
            } else {
                var random = SystemRandomNumberGenerator()
                withUnsafeBytes(of: (random.next(), random.next()) as (UInt64, UInt64)) { row.append($0, as: .bytea) }
            }
        }
    }
}
