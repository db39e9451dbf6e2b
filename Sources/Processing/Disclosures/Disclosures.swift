package import AuditLog
package import FoundationEssentials

/// Reports and exports, as events: what leaves the log is said in the log, and first.
package struct Disclosures: Sendable {
    private let log: EventLog

    package init(_ log: EventLog) {
        self.log = log
    }

    /// A report or an export that was begun.
    package struct Disclosure: Sendable {
        package let id: UUID
        /// Of the event that says so.
        package let position: Int64
        fileprivate let command: Command
    }

    /// Says that something is about to leave. Until this has returned, nothing of it may.
    ///
    /// - Throws: as `EventLog.append`; then nothing may be given.
    package func begin(_ made: DisclosureMade, as command: Command) async throws -> Disclosure {
        let id = UUID()
        let positions = try await log.append([try command.event(made, on: id, expecting: 0)], as: command.scope)
        return Disclosure(id: id, position: positions.lowerBound, command: command)
    }

    /// Says that all of it has been written.
    package func complete(_ disclosure: Disclosure, _ content: ContentDigest) async throws {
        try await append(DisclosureCompleted(content.amount, sha256: content.sha256), to: disclosure)
    }

    /// Says that it ended before its end.
    ///
    /// - Parameter reason: a code.
    package func fail(_ disclosure: Disclosure, reason: String, _ content: ContentDigest) async throws {
        try await append(DisclosureFailed(reason: reason, content.amount, sha256: content.sha256), to: disclosure)
    }

    private func append(_ event: some Event, to disclosure: Disclosure) async throws {
        try await log.append([try disclosure.command.event(event, on: disclosure.id)], as: disclosure.command.scope)
    }
}
