import ArgumentParser
import AuditLog
import Postgres
import Processing

/// `atlas2 tenants`
struct TenantsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tenants",
        abstract: "Add and list organisations; each owns a log and sees nothing of the others.",
        discussion: """
            Examples:
              atlas2 tenants add acme --name "Acme Ltd" --email admin@acme.example
              atlas2 users list --tenant acme
            """,
        subcommands: [Add.self, List.self], defaultSubcommand: List.self)

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Add a tenant with its settings and a first admin.")

        @Argument(help: "Short name, which never changes: a-z, 0-9 and -.")
        var slug: String
        @Option(help: "Name for people; without it the short one.")
        var name: String?
        @Option(help: "E-mail address of the first admin.")
        var email: String
        @Option(help: "Name of the first admin.")
        var adminName: String?
        @OptionGroup var format: OutputFormat

        func run() async throws {
            try await Installation.use { installation in
                let tenant = try await Tenants(installation.log).add(
                    slug: slug, name: name ?? slug, admin: FirstAdmin(email: email, name: adminName),
                    login: Login.current)
                await installation.seal(tenant.id)
                if format.json {
                    try Output.line(tenant.json)
                } else {
                    try Output.line(
                        "added the tenant \(tenant.slug); its first admin is \(email.lowercased())".printable)
                }
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the tenants.")

        @OptionGroup var format: OutputFormat

        func run() async throws {
            try await Installation.use { installation in
                let tenants = try await Tenants(installation.log).list()
                if format.json {
                    for tenant in tenants { try Output.line(tenant.json) }
                } else {
                    var table = Table("Tenant", "Name", ">Events", "Since", "Id")
                    for tenant in tenants {
                        table.add(
                            tenant.slug, tenant.name ?? "", tenant.events.grouped, tenant.createdAt?.description ?? "",
                            tenant.id.text)
                    }
                    try table.print()
                }
            }
        }
    }
}

extension Tenants.Tenant {
    var json: JSONValue {
        .object([
            ("id", .string(id.text)), ("slug", .string(slug)), ("name", .optional(name)), ("events", .integer(events)),
            ("created_at", .optional(createdAt?.description)),
        ])
    }
}
