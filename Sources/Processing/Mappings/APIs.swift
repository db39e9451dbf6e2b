package import AuditLog
import FoundationEssentials
package import Mapping
import Postgres

/// The external APIs of a tenant, and the fields that they take.
package struct APIs: Sendable {
    package let log: EventLog

    package init(_ log: EventLog) {
        self.log = log
    }

    /// Every API, by name.
    package func list(as scope: Scope) async throws -> [StoredAPI] {
        try await log.database.transaction(scope.transaction(readOnly: true)) { session in
            try session.query(
                "SELECT \(raw: StoredAPI.columns) FROM \(raw: StoredAPI.tables) GROUP BY a.tenant_id, a.id ORDER BY a.name"
            ) { try StoredAPI($0) }
        }
    }

    /// An API by name.
    package func find(_ name: String, as scope: Scope) async throws -> StoredAPI {
        let found = try await log.database.transaction(scope.transaction(readOnly: true)) { session in
            try session.first(
                """
                SELECT \(raw: StoredAPI.columns) FROM \(raw: StoredAPI.tables) WHERE a.name = \(name)
                GROUP BY a.tenant_id, a.id
                """
            ) { try StoredAPI($0) }
        }
        guard let found else {
            throw Failure(.unknown, "there is no API \(name): give a name that atlas2 apis list shows")
        }
        return found
    }

    /// The fields of an API in their order; `nil` where there is no such API, or nothing was said of its fields.
    package func fields(of name: String, as scope: Scope) async throws -> [Field]? {
        let stored: [String] = try await log.database.transaction(scope.transaction(readOnly: true)) { session in
            try session.query(
                """
                SELECT jsonb_agg(f.constraints || jsonb_build_object('name', f.name, 'type', f.type, 'required', f.required)
                                 ORDER BY f.ordinal)::text
                FROM api_configurations a
                JOIN api_fields f ON f.tenant_id = a.tenant_id AND f.api_id = a.id
                WHERE a.name = \(name) GROUP BY a.id
                """
            ) { try $0.decode(0) }
        }
        return try stored.first.map { try Field.parseList($0, file: "the fields of \(name)") }
    }

    /// What registering an API would change.
    package func change(to api: API, as scope: Scope) async throws -> APIChange {
        try await statement(of: api, as: scope).change
    }

    /// Registers an API, or brings its description and fields up to date; appends nothing where both are as `api` says.
    ///
    /// - Returns: what changed.
    package func register(_ api: API, as command: Command) async throws -> APIChange {
        for _ in 0..<5 {
            let statement = try await statement(of: api, as: command.scope)
            let events = try statement.events(command)
            if events.isEmpty { return statement.change }
            do {
                try await log.append(
                    events, as: command.scope, checkedAgainst: ["api_configurations", "api_fields"])
                return statement.change
            } catch let error as AppendError where error.code == .conflict {
                continue
            }
        }
        throw Failure(.conflict, "the API \(api.name) is being changed by somebody else: try again")
    }

    /// What registers an API, or brings it up to date; nothing where it is as `api` says, or `api` only names it.
    func events(for api: API, _ command: Command) async throws -> [NewEvent] {
        guard api.fields != nil else { return [] }
        return try await statement(of: api, as: command.scope).events(command)
    }

    private func statement(of api: API, as scope: Scope) async throws -> APIStatement {
        let stream = StreamID(
            type: APIRegistered.streamType, id: UUID(named: "api", scope.tenant?.text ?? "", api.name))
        var statement = try APIStatement(api, on: stream)
        let filter = EventFilter(streamType: stream.type, streamID: stream.id, isUpcast: true)
        // Whoever registers an API must see what others said of it before.
        let reader = Scope(tenant: scope.tenant, role: .system)
        try await log.forEach(filter, as: reader) { event in
            switch event.type {
            case APIRegistered.type: statement.lastDescription = try event.payload(of: APIRegistered.self)
            case APIFieldsDefined.type: statement.lastFields = try event.payload(of: APIFieldsDefined.self).fields
            default: break
            }
        }
        statement.version = try await log.version(of: stream, as: scope)
        return statement
    }
}
