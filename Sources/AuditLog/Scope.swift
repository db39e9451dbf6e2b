package import FoundationEssentials
package import Postgres

/// In whose name a transaction runs: the tenant, and who acts in it.
///
/// Row-level security reads these three as settings of the transaction.
package struct Scope: Sendable, Hashable {
    /// What a session may see of its tenant.
    package struct Role: Sendable, Hashable {
        package let name: String
        /// Sees and does everything in the tenant.
        package static let admin = Role(name: "admin")
        /// Sees everything in the tenant.
        package static let auditor = Role(name: "auditor")
        /// Sees and does their own.
        package static let user = Role(name: "user")
        /// Atlas2 itself: migrations, projections, verification.
        package static let system = Role(name: "system")

        package init(name: String) {
            self.name = name
        }
    }

    package var tenant: UUID?
    package var user: UUID?
    package var role: Role
    /// The operating-system login that events record beside the user.
    package var login: String?

    package init(tenant: UUID?, user: UUID? = nil, role: Role, login: String? = nil) {
        self.tenant = tenant
        self.user = user
        self.role = role
        self.login = login
    }

    package var settings: [(name: String, value: String)] {
        [
            ("atlas2.tenant_id", tenant?.text ?? ""),
            ("atlas2.user_id", user?.text ?? ""),
            ("atlas2.role", role.name),
        ]
    }

    /// Options of a transaction in this scope.
    package func transaction(
        isolation: TransactionOptions.Isolation = .readCommitted, readOnly: Bool = false,
        timeout: StatementTimeout = .interactive
    ) -> TransactionOptions {
        TransactionOptions(isolation: isolation, readOnly: readOnly, settings: settings, timeout: timeout)
    }
}
