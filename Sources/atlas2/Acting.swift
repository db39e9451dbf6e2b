import ArgumentParser
import AuditLog
import Postgres
import Processing

/// In whose name a command acts.
struct Acting: ParsableArguments {
    @Option(help: ArgumentHelp("The tenant to work in.", valueName: "slug"))
    var tenant = Tenants.defaultSlug

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp("Who acts; without it the tenant's first active admin.", valueName: "email"))
    var user: String?

    /// The tenant, the user and their role.
    ///
    /// - Throws: `Failure` naming what is not there.
    func scope(_ installation: Installation) async throws -> Scope {
        let tenant = try await Tenants(installation.log).find(tenant)
        let system = Scope(tenant: tenant.id, role: .system, login: Login.current)
        let users = Users(installation.log)
        let acting: Users.User
        if let user {
            acting = try await users.find(user, as: system)
            guard acting.isActive else {
                throw Failure(
                    .permission,
                    "\(user) is not active in the tenant \(tenant.slug): give --as with another user's address")
            }
        } else {
            guard let admin = try await users.list(as: system).first(where: { $0.isActive && $0.role == "admin" })
            else {
                throw Failure(
                    .unknown,
                    "the tenant \(tenant.slug) has no active admin: give --as with a user's address, or, if a table was changed by"
                        + " hand, run atlas2 projections verify"
                )
            }
            acting = admin
        }
        return Scope(tenant: tenant.id, user: acting.id, role: Scope.Role(name: acting.role), login: system.login)
    }

    /// As `scope`, but where the tables of users and tenants may be what is broken: without --as and without an admin to
    /// be found in them, Atlas2 itself acts.
    ///
    /// Only for what needs the owner's connection anyway, or changes nothing.
    func recoveryScope(_ installation: Installation) async throws -> Scope {
        do {
            return try await scope(installation)
        } catch  where user == nil && !(error is CancellationError) {
            return Scope(tenant: Tenants.id(of: tenant), role: .system, login: Login.current)
        }
    }
}

/// How results are printed.
struct OutputFormat: ParsableArguments {
    @Flag(help: "Print JSON: one object, or one a line.")
    var json = false
}
