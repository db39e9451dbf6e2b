package import AuditLog
import FoundationEssentials
import Postgres

/// Erases what is somebody's, and leaves proof of everything else.
package struct Erasures: Sendable {
    package let log: EventLog
    /// Bytes of new content in one call, at most, but for one event that has more.
    private static let batchBytes = 16 << 20

    package init(_ log: EventLog) {
        self.log = log
    }

    /// Erases as planned; then plans again, until nothing is left: what was appended meanwhile goes as well.
    ///
    /// Killed at any point, the same erasure given again goes on: what is gone is passed over.
    ///
    /// - Throws: `Failure` where a legal hold, a running job or the user's role stand against it.
    package func erase(
        _ plan: ErasurePlan, basis: String, reason: String, as command: Command
    ) async throws -> ErasureOutcome {
        try command.requireAdmin("erase")
        try Self.check(basis: basis, reason: reason)
        var outcome = ErasureOutcome(plan: plan)
        if let user = plan.activeUser { try await Users(log).deactivate(user, as: command) }
        var rest = plan
        for round in 0..<10 where !rest.isEmpty {
            outcome.events += try await carryOut(rest, round, basis: basis, reason: reason, as: command)
            rest = try await self.plan(plan.target, as: command.scope)
        }
        guard rest.isEmpty else {
            throw Failure(.conflict, "new events keep coming, and \(rest.items.count) are not erased yet: erase again")
        }
        return outcome
    }

    /// One call of the log after the other, each with as much as memory may hold.
    private func carryOut(
        _ plan: ErasurePlan, _ round: Int, basis: String, reason: String, as command: Command
    ) async throws -> [RecordedErasure] {
        var (events, batch, bytes, calls) = ([RecordedErasure](), [EventErasure](), 0, 0)
        func send() async throws {
            guard !batch.isEmpty else { return }
            // A number makes the calls of a command different, and a retry of one the same.
            let id = UUID(named: "erasure", command.correlation.text, String(round), String(calls))
            events += try await erase(batch, id, basis: basis, reason: reason, as: command.scope)
            (batch, bytes, calls) = ([], 0, calls + 1)
        }
        // What is only emptied takes no room, and all of it goes at once.
        for item in plan.items {
            if case .empty = item.step { batch.append(EventErasure(item.position)) }
        }
        for item in plan.items {
            guard let erasure = try await remainder(of: item, as: command.scope) else { continue }
            bytes += erasure.remainder?.attachment?.count ?? 0
            if bytes > Self.batchBytes, !batch.isEmpty { try await send() }
            batch.append(erasure)
        }
        try await send()
        return events
    }

    private func erase(
        _ batch: [EventErasure], _ id: UUID, basis: String, reason: String, as scope: Scope
    ) async throws -> [RecordedErasure] {
        do {
            return try await log.erase(batch, command: id, basis: basis, reason: reason, as: scope)
        } catch let error as PostgresError where error.sqlstate == "23001" {
            throw Failure(.state, "\(error.message): atlas2 hold list shows it")
        } catch let error as PostgresError where error.sqlstate == "40001" {
            throw Failure(.conflict, "somebody else erased at the same time: erase again")
        }
    }

    /// What stays of an event; nil when it is emptied, or has nothing to lose any more.
    private func remainder(of item: ErasurePlan.Item, as scope: Scope) async throws -> EventErasure? {
        if case .empty = item.step { return nil }
        let found = try await log.read(EventFilter(from: item.position, to: item.position + 1), as: scope).first
        guard let event = found, let salt = event.salt else { return nil }
        let fresh = ResultChunk.randomSalt()
        func replacement(_ personal: JSON?, _ attachment: [UInt8]? = nil, keepsAttachment: Bool = false) -> EventErasure
        {
            let rest = EventErasure.Remainder(
                replacing: salt, salt: fresh, personal: personal, attachment: attachment,
                keepsAttachment: keepsAttachment)
            return EventErasure(item.position, keeping: rest)
        }
        switch item.step {
        case .empty: return nil
        case .removeLogin, .removeFileHash:
            let member = if case .removeLogin = item.step { "login" } else { "file_sha256" }
            let personal = try await personalPart(of: item.position, without: member, as: scope)
            guard let attachment = event.attachment else {
                return personal == nil ? EventErasure(item.position) : replacement(personal)
            }
            // Rows and lines are opened by the salt, and that one goes.
            switch event.type {
            case JobRowsProcessed.type, JobRowsFixed.type:
                return replacement(personal, try redacted(attachment, of: event, salt, erasing: []))
            case JobFileChunkStored.type where try event.payload(of: JobFileChunkStored.self).linesRoot != nil:
                return replacement(personal, try Self.lines(attachment, of: event, salt).attachment)
            default: return replacement(personal, keepsAttachment: true)
            }
        case .redactRows(let rows):
            return try event.attachment.map {
                replacement(event.personal, try redacted($0, of: event, salt, erasing: rows))
            }
        case .blank(let records):
            return try event.attachment.map {
                replacement(event.personal, try Self.blanked($0, of: event, salt, records))
            }
        }
    }

    /// The personal part without a member; nil when nothing else is in it.
    private func personalPart(of position: Int64, without member: String, as scope: Scope) async throws -> JSON? {
        let rest = try await log.database.transaction(scope.transaction(readOnly: true)) { session in
            try session.first(
                """
                SELECT (personal::jsonb - \(member))::text FROM audit_logs
                WHERE tenant_id = \(scope.tenant) AND position = \(position)
                """
            ) { try $0.decode(0, as: String?.self) } ?? nil
        }
        return rest.flatMap { $0 == "{}" ? nil : JSON($0) }
    }

    private func redacted(_ attachment: [UInt8], of event: RecordedEvent, _ salt: [UInt8], erasing rows: Set<Int>)
        throws
        -> [UInt8]
    {
        let stated = try event.resultChunkStatement()
        guard let chunk = ResultRows(attachment),
            chunk.root(salt: salt, firstRow: stated.firstRow).hexadecimal == stated.rowsRoot
        else {
            throw Failure(
                .state, "the result rows at position \(event.position) are damaged: atlas2 log verify says more")
        }
        return chunk.redacted(erasing: rows, salt: salt, firstRow: stated.firstRow)
    }

    /// A piece of a file in which records are blanked.
    private static func blanked(
        _ attachment: [UInt8], of event: RecordedEvent, _ salt: [UInt8], _ records: [BlankedRecord]
    ) throws -> [UInt8] {
        let stated = try event.payload(of: JobFileChunkStored.self)
        var lines = try lines(attachment, of: event, salt)
        let piece = Int(stated.offset)..<(Int(stated.offset) + lines.content.count)
        for record in records {
            let range = record.range.clamped(to: piece)
            guard !range.isEmpty else { continue }
            let start = record.range.lowerBound
            lines.blank(
                (range.lowerBound - piece.lowerBound)..<(range.upperBound - piece.lowerBound),
                with: record.bytes[(range.lowerBound - start)..<(range.upperBound - start)])
        }
        return lines.attachment
    }

    /// The lines of a piece of a file, as the payload states them.
    private static func lines(_ attachment: [UInt8], of event: RecordedEvent, _ salt: [UInt8]) throws -> FileLines {
        let stated = try event.payload(of: JobFileChunkStored.self)
        var opener = try PieceOpener()
        let lines = try opener.lines(of: attachment, salt: salt)
        guard lines.root.hexadecimal == stated.linesRoot else {
            throw Failure(
                .state,
                "the piece of the file at position \(event.position) is damaged: atlas2 log verify says more")
        }
        return lines
    }

    /// Refuses a basis that is no code, and a reason without words.
    package static func check(basis: String, reason: String) throws {
        try check(reason: reason, "an erasure")
        let bytes = Array(basis.utf8)
        let isCode = bytes.enumerated().allSatisfy { index, byte in
            (48...57).contains(byte) || (97...122).contains(byte) || index > 0 && [45, 46, 95].contains(byte)
        }
        guard (1...63).contains(bytes.count), isCode else {
            throw Failure(
                .value,
                "the basis \"\(basis)\" is no code such as gdpr-17, contract or mistake: a-z, 0-9, - . and _ only,"
                    + " because it is never erased; words belong into the reason")
        }
    }

    static func check(reason: String, _ what: String) throws {
        guard reason.contains(where: { $0.isLetter || $0.isNumber }) else {
            throw Failure(.value, "\(what) needs a reason in words: --reason")
        }
    }
}
