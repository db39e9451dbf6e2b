package import AuditLog
import FoundationEssentials
import Postgres
import Processing

/// The witnesses of a tenant's log.
package struct LogWitnesses: Sendable {
    package let log: EventLog

    package init(_ log: EventLog) {
        self.log = log
    }

    /// Has the log's checkpoints sent to a witness from now on.
    ///
    /// - Returns: false if they were sent there already; another address for a known key is a change.
    package func add(_ witness: Witness, as command: Command) async throws -> Bool {
        try command.requireAdmin("add witnesses")
        let event = LogWitnessAdded(url: witness.url, key: witness.key.vkey)
        return try await change(as: command) { known, stream, version in
            known.contains(witness) ? nil : try command.event(event, on: stream, expecting: version)
        }
    }

    /// Has the log's checkpoints sent to a witness no more.
    ///
    /// - Parameter name: its name, key or address, as far as only one has it.
    /// - Returns: its key.
    package func remove(_ name: String, as command: Command) async throws -> String {
        try command.requireAdmin("remove witnesses")
        let overview = try await WitnessOverview.read(log.database, as: command.scope)
        let isUnusable = overview.unusable.contains { $0.key == name }
        let key = isUnusable ? name : try Self.find(name, in: overview).key.vkey
        let event = LogWitnessRemoved(key: key)
        _ = try await change(as: command) { known, stream, version in
            known.contains { $0.key.vkey == key } || isUnusable
                ? try command.event(event, on: stream, expecting: version) : nil
        }
        return key
    }

    /// The witness with this name, key or address.
    package func find(_ name: String, as scope: Scope) async throws -> Witness {
        try Self.find(name, in: try await WitnessOverview.read(log.database, as: scope))
    }

    private static func find(_ name: String, in overview: WitnessOverview) throws(Failure) -> Witness {
        let found = overview.witnesses.map(\.witness).filter { [$0.key.vkey, $0.name, $0.url].contains(name) }
        guard let witness = found.first else {
            throw Failure(.unknown, "there is no witness \(name): atlas2 log witness list shows those there are")
        }
        guard found.count == 1 else { throw Failure(.unknown, "several witnesses are called \(name): give the key") }
        return witness
    }

    /// Appends an event that follows from the witnesses there are; when somebody else was faster, from those there are
    /// then.
    private func change(
        as command: Command, _ decide: ([Witness], _ stream: UUID, _ version: Int64) throws -> NewEvent?
    ) async throws -> Bool {
        guard let tenant = command.scope.tenant else { throw Failure(.value, "a witness belongs to a tenant's log") }
        let stream = LogKeyAdded.streamID(tenant: tenant)
        for _ in 0..<10 {
            // The version comes first: what is appended after it is a conflict.
            let version = try await version(of: stream, in: tenant, as: command.scope)
            let known = try await WitnessOverview.read(log.database, as: command.scope).witnesses.map(\.witness)
            guard let event = try decide(known, stream, version) else { return false }
            do {
                try await log.append([event], as: command.scope)
                return true
            } catch let error as AppendError where error.code == .conflict {
                continue
            }
        }
        throw Failure(.conflict, "the log's keys and witnesses change all the time: try again")
    }

    private func version(of stream: UUID, in tenant: UUID, as scope: Scope) async throws -> Int64 {
        try await log.database.transaction(scope.transaction(readOnly: true)) { session in
            try session.first(
                """
                SELECT version FROM audit_streams
                WHERE tenant_id = \(tenant) AND stream_type = 'log' AND stream_id = \(stream)
                """
            ) { try $0.decode(0) } ?? 0
        }
    }
}
