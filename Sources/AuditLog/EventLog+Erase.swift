package import FoundationEssentials
package import Postgres

/// What is to be done to one event's erasable parts.
package struct EventErasure: Sendable {
    package var position: Int64
    /// Nil: the event is emptied.
    package var remainder: Remainder?

    /// What stays of an event that is not emptied, under a salt of its own.
    package struct Remainder: Sendable {
        /// The salt that the event had when this was made of it.
        package var replacing: [UInt8]
        /// 16 fresh random bytes.
        package var salt: [UInt8]
        package var personal: JSON?
        package var attachment: [UInt8]?
        /// The attachment stays as it is.
        package var keepsAttachment: Bool

        package init(
            replacing: [UInt8], salt: [UInt8], personal: JSON?, attachment: [UInt8]? = nil,
            keepsAttachment: Bool = false
        ) {
            self.replacing = replacing
            self.salt = salt
            self.personal = personal
            self.attachment = attachment
            self.keepsAttachment = keepsAttachment
        }
    }

    package init(_ position: Int64, keeping remainder: Remainder? = nil) {
        self.position = position
        self.remainder = remainder
    }
}

/// An erasure event that is in the log.
package struct RecordedErasure: Sendable, Equatable {
    package var position: Int64
    package var stream: StreamID
    /// Events of the stream that were emptied, and that keep something.
    package var emptied: Int64
    package var replaced: Int64
}

extension EventLog {
    /// Takes erasable parts out of the log and appends the events that say so, all or nothing, by `audit_erase`.
    ///
    /// - Parameters:
    ///   - erasures: what is done to which event; those that are empty already are passed over.
    ///   - command: makes a retry harmless: it returns the events of the first try.
    ///   - basis: why it had to be, as a code.
    ///   - reason: the same in words.
    /// - Returns: an erasure event per stream that lost something.
    /// - Throws: `PostgresError`; SQLSTATE 23001 where a legal hold refuses, 40001 where an event was changed since it
    ///   was read.
    package func erase(
        _ erasures: [EventErasure], command: UUID, basis: String, reason: String, as scope: Scope
    ) async throws -> [RecordedErasure] {
        guard let tenant = scope.tenant, !erasures.isEmpty else { return [] }
        var rows = CompositeArray(of: "audit_erasure")
        for erasure in erasures {
            rows.appendRow { row in
                row.append(erasure.position)
                row.append(erasure.remainder?.replacing)
                row.append(erasure.remainder?.salt)
                row.append(erasure.remainder?.personal)
                row.append(erasure.remainder?.attachment)
                row.append(erasure.remainder?.keepsAttachment)
            }
        }
        let personal = try Command(scope: scope).personalPart(HoldPlaced.Personal(reason: reason))
        let statement: SQL = """
            SELECT position, stream_type, stream_id, emptied, replaced
            FROM audit_erase(\(tenant), \(command), \(basis), \(personal), \(rows))
            """
        var pauses: [Duration] = [.milliseconds(50), .milliseconds(200), .seconds(1), .seconds(2), .seconds(4)]
        while true {
            do {
                // As long as it takes: a job's file may be large.
                return try await database.transaction(scope.transaction(timeout: .none)) { session in
                    try session.query(statement) { row in
                        RecordedErasure(
                            position: try row.decode(0),
                            stream: StreamID(type: try row.decode(1), id: try row.decode(2)),
                            emptied: try row.decode(3), replaced: try row.decode(4))
                    }
                }
            } catch let error as PostgresError where error.isLostConnection && !pauses.isEmpty {
                try await Task.sleep(for: pauses.removeFirst())
            }
        }
    }
}
