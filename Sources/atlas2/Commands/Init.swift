import ArgumentParser
import AuditLog
import Processing
import Projections

/// `atlas2 init`
struct Init: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Create the database, or bring it to this version.",
        discussion: """
            Makes the schema, a tenant named "default" with its settings, and a first user who is its admin. What is there \
            already stays. The embedded database needs no init: the first command does the same. With DATABASE_URL, \
            DATABASE_OWNER_URL says who may change the schema.

            Examples:
              atlas2 init
              atlas2 init --email ann@example.com --name "Ann Example"
              DATABASE_URL=postgres://app@db/atlas2 DATABASE_OWNER_URL=postgres://owner@db/atlas2 atlas2 init
            """)

    @Option(help: "The first user's address; without it your login name at localhost.")
    var email: String?

    @Option(help: "The first user's name.")
    var name: String?

    @OptionGroup var format: OutputFormat

    func run() async throws {
        let admin = email.map { FirstAdmin(email: $0, name: name) } ?? FirstAdmin()
        try Users.check(email: admin.email.lowercased())
        try await Installation.use(nil, .asItIs) { installation in
            let done = try await installation.initialise(admin)
            let tenant = try await Tenants(installation.log).find(Tenants.defaultSlug)
            try await installation.catchUp(as: Scope(tenant: tenant.id, role: .system))
            if format.json {
                return try Output.line(
                    .object([
                        ("applied", .array(done.applied.map { .integer($0.version) })),
                        ("upgraded", .bool(done.isUpgraded)), ("tenant", .string(tenant.slug)),
                        ("tenant_created", .bool(done.isTenantNew)),
                        ("admin", done.isTenantNew ? .string(admin.email.lowercased()) : .null),
                        ("events", .integer(tenant.events)),
                    ]))
            }
            for entry in done.applied { try Output.line("applied migration \(entry.version) \(entry.name)") }
            if done.isTenantNew {
                try Output.line("made the tenant \(tenant.slug) with the admin \(admin.email.lowercased())".printable)
            } else if email != nil || name != nil {
                StandardError.say("the tenant \(tenant.slug) has its users already: atlas2 users add adds another")
            }
            try Output.line(done.isUpgraded ? "the database is ready" : "the database was ready already")
        }
    }
}
