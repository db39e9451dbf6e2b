package import AuditLog
package import FoundationEssentials
package import Postgres

/// The users of a tenant.
package struct Users: Sendable {
    package let log: EventLog

    package init(_ log: EventLog) {
        self.log = log
    }

    package struct User: Sendable {
        package var id: UUID
        /// Nil once erased.
        package var email: String?
        package var name: String?
        package var role: String
        package var isActive: Bool
        package var createdAt: Timestamp?
    }

    package static let roles = ["admin", "auditor", "user"]

    private static let columns = "id, email, name, coalesce(role, ''), coalesce(status, '') = 'active', created_at"

    private static func user(_ row: borrowing Row) throws -> User {
        User(
            id: try row.decode(0), email: try row.decode(1), name: try row.decode(2), role: try row.decode(3),
            isActive: try row.decode(4), createdAt: try row.decode(5))
    }

    /// Every user that the scope may see, in the order in which they were added.
    package func list(as scope: Scope) async throws -> [User] {
        try await log.database.transaction(scope.transaction(readOnly: true)) { session in
            try session.query("SELECT \(raw: Self.columns) FROM users ORDER BY created_at, id") { try Self.user($0) }
        }
    }

    /// The user with this e-mail address, in any case, or with this id.
    package func find(_ emailOrID: String, as scope: Scope) async throws -> User {
        let email = emailOrID.lowercased()
        let found = try await log.database.transaction(scope.transaction(readOnly: true)) { session in
            try session.first(
                "SELECT \(raw: Self.columns) FROM users WHERE email = \(email) OR id = \(UUID(text: emailOrID))"
            ) { try Self.user($0) }
        }
        guard let found else {
            throw Failure(.unknown, "there is no user \(emailOrID): atlas2 users list shows those there are")
        }
        return found
    }

    /// Adds a user.
    ///
    /// - Throws: `Failure` when the address is no address, the role no role, or the address is taken.
    package func add(email: String, name: String?, role: String, as command: Command) async throws -> UUID {
        let address = email.lowercased()
        try command.requireAdmin("add users")
        try Self.check(role: role)
        try Self.check(email: address)
        let id = UUID()
        do {
            try await log.append(
                [try command.event(UserCreated(email: address, name: name, role: role), on: id, expecting: 0)],
                as: command.scope, checkedAgainst: ["users"])
        } catch let error as PostgresError where error.constraint == "users_email_key" {
            throw Failure(
                .conflict, "a user with the address \(address) is there already: atlas2 users show \(address)")
        }
        return id
    }

    package func change(role: String, of user: User, as command: Command) async throws {
        try command.requireAdmin("change roles")
        try Self.check(role: role)
        guard role != user.role else { return }
        if user.role == "admin" { try await keepOneAdmin(besides: user, as: command.scope) }
        try await append(UserRoleChanged(role: role), to: user, command)
    }

    /// Gives a user another name.
    package func rename(_ user: User, to name: String, as command: Command) async throws {
        try command.requireAdmin("rename users")
        guard !name.isEmpty else { throw Failure(.value, "a name must have at least one letter") }
        guard name != user.name else { return }
        try await append(UserRenamed(name: name), to: user, command)
    }

    package func deactivate(_ user: User, as command: Command) async throws {
        try command.requireAdmin("deactivate users")
        guard user.isActive else { return }
        if user.role == "admin" { try await keepOneAdmin(besides: user, as: command.scope) }
        try await append(UserDeactivated(), to: user, command)
    }

    package func reactivate(_ user: User, as command: Command) async throws {
        try command.requireAdmin("reactivate users")
        guard !user.isActive else { return }
        try await append(UserReactivated(), to: user, command)
    }

    private func append(_ event: some Event, to user: User, _ command: Command) async throws {
        try await log.append([try command.event(event, on: user.id)], as: command.scope, checkedAgainst: ["users"])
    }

    /// Without an active admin nobody could ever add one.
    private func keepOneAdmin(besides user: User, as scope: Scope) async throws {
        let others = try await list(as: scope).filter { $0.id != user.id && $0.isActive && $0.role == "admin" }
        guard !others.isEmpty else {
            throw Failure(
                .state, "\(user.email ?? user.id.text) is the last active admin: make another user admin first")
        }
    }

    package static func check(role: String) throws {
        guard roles.contains(role) else {
            throw Failure(.value, "\"\(role)\" is no role: there are \(roles.joined(separator: ", "))")
        }
    }

    package static func check(email: String) throws {
        let parts = email.split(separator: "@", omittingEmptySubsequences: false)
        let isPlain = email.unicodeScalars.allSatisfy { $0.value > 32 && $0.value != 127 }
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, isPlain else {
            throw Failure(.value, "\"\(email)\" is no e-mail address: write it like anna@example.com")
        }
    }
}

extension Command {
    /// Refuses a command that only admins may give; Atlas2 itself may too.
    package func requireAdmin(_ what: String) throws {
        guard scope.role == .admin || scope.role == .system else {
            throw Failure(.permission, "only an admin may \(what): give --as with an admin's address")
        }
    }

    /// Refuses auditors, who read everything and change nothing.
    package func requireWriter(_ what: String) throws {
        guard scope.role != .auditor else {
            throw Failure(.permission, "an auditor may not \(what): give --as with an admin's or a user's address")
        }
    }
}
