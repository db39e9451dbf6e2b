import AuditLog
import Foundation
import Postgres
import Processing

/// Prints events, for people or as JSON.
struct EventPrinter: Sendable {
    let log: EventLog
    let scope: Scope
    let isJSON: Bool
    /// E-mail addresses by user.
    let actors: [UUID: String]

    static func actors(_ log: EventLog, as scope: Scope) async throws -> [UUID: String] {
        let users = try await Users(log).list(as: scope)
        return Dictionary(users.compactMap { user in user.email.map { (user.id, $0) } }) { first, _ in first }
    }

    /// The columns of an export: members of `records`.
    static let columns = [
        "position", "id", "recorded_at", "type", "schema", "stream", "version", "actor", "correlation", "causation",
        "payload", "personal", "attachment_size", "erased", "salt", "erasable_hash", "commitment", "leaf_hash",
    ]

    /// Events that were read without their attachments, as JSON.
    func records(_ events: [RecordedEvent]) async throws -> [JSONValue] {
        let sizes = try await attachmentSizes(events)
        return events.map { json($0, attachmentSize: sizes[$0.position]) }
    }

    /// Prints events that were read without their attachments.
    func print(_ events: [RecordedEvent]) async throws {
        if isJSON {
            for record in try await records(events) { try Output.line(record) }
        } else {
            let sizes = try await attachmentSizes(events)
            for event in events {
                try Output.line(line(event, attachmentSize: sizes[event.position]))
            }
        }
    }

    private func attachmentSizes(_ events: [RecordedEvent]) async throws -> [Int64: Int64] {
        guard let tenant = scope.tenant, let first = events.first, let last = events.last else { return [:] }
        let rows = try await log.database.transaction(scope.transaction(readOnly: true)) { session in
            // The size stands in front of the content, which is not read.
            try session.query(
                """
                SELECT position, octet_length(attachment)::bigint FROM audit_logs
                WHERE tenant_id = \(tenant) AND position = ANY (\(events.map(\.position)))
                  AND position BETWEEN \(first.position) AND \(last.position) AND attachment IS NOT NULL
                """
            ) { (try $0.decode(0, as: Int64.self), try $0.decode(1, as: Int64.self)) }
        }
        return Dictionary(rows) { first, _ in first }
    }

    private func line(_ event: RecordedEvent, attachmentSize: Int64?) -> String {
        let actor = event.actor.map { actors[$0] ?? $0.text } ?? "system"
        var text =
            "\(event.position)  \(event.recordedAt.forPeople)  \(event.type)  \(event.stream) v\(event.version)  \(actor)"
        text += "  " + event.payload.text.shortened(to: 160)
        if let attachmentSize { text += "  +\(attachmentSize.counting("byte"))" }
        if event.salt == nil { text += "  (erased)" }
        return text.printable
    }

    private func json(_ event: RecordedEvent, attachmentSize: Int64?) -> JSONValue {
        .object([
            ("position", .integer(event.position)), ("id", .string(event.id.text)),
            ("recorded_at", .string(event.recordedAt.description)), ("type", .string(event.type)),
            ("schema", .integer(Int64(event.schemaVersion))), ("stream", .string(event.stream.description)),
            ("version", .integer(event.version)), ("tenant", .string(event.tenant.text)),
            ("actor", .optional(event.actor?.text)), ("correlation", .optional(event.correlation?.text)),
            ("causation", .optional(event.causation?.text)), ("payload", .text(event.payload.bytes)),
            ("personal", event.personal.map { .text($0.bytes) } ?? .null),
            ("attachment_size", .optional(attachmentSize)), ("erased", .bool(event.salt == nil)),
            ("salt", .optional(event.salt?.hexadecimal)), ("erasable_hash", .string(event.erasableHash.hexadecimal)),
            ("commitment", .string(event.commitment.hexadecimal)), ("leaf_hash", .string(event.leafHash.hexadecimal)),
        ])
    }
}

extension [UInt8] {
    /// Lower-case hexadecimal.
    var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
