import ArgumentParser
import AuditLog
import Postgres
import Processing

/// `atlas2 users`
struct UsersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "users",
        abstract: "Add, list and change the users of a tenant.",
        discussion: """
            Roles: admin (everything), auditor (reads everything, changes nothing), user (runs jobs, sees their own).

            Examples:
              atlas2 users add anna@example.com --name "Anna Kowalska" --role auditor
              atlas2 users list
              atlas2 users role anna@example.com user
            """,
        subcommands: [Add.self, List.self, Show.self, Rename.self, Role.self, Deactivate.self, Reactivate.self],
        defaultSubcommand: List.self)

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Add a user.")

        @Argument(help: "Their e-mail address.")
        var email: String
        @Option(help: "Their name.")
        var name: String?
        @Option(help: "admin, auditor or user.")
        var role = "user"
        @OptionGroup var acting: Acting
        @OptionGroup var format: OutputFormat

        func run() async throws {
            try await Installation.use { installation in
                let scope = try await acting.scope(installation)
                let users = Users(installation.log)
                let id = try await users.add(email: email, name: name, role: role, as: Command(scope: scope))
                try await installation.catchUp(as: scope)
                let user = try await users.find(id.text, as: scope)
                if format.json {
                    try Output.line(user.json)
                } else {
                    try Output.line("added \(user.email ?? id.text) as \(user.role)".printable)
                }
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the users.")

        @OptionGroup var acting: Acting
        @OptionGroup var format: OutputFormat

        func run() async throws {
            try await Installation.use { installation in
                let scope = try await acting.scope(installation)
                let users = try await Users(installation.log).list(as: scope)
                if format.json {
                    for user in users { try Output.line(user.json) }
                } else {
                    var table = Table("E-mail", "Name", "Role", "Status", "Since", "Id")
                    for user in users {
                        table.add(
                            user.email ?? "(erased)", user.name ?? "", user.role, user.isActive ? "active" : "inactive",
                            user.createdAt?.description ?? "", user.id.text)
                    }
                    try table.print()
                }
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show a user.")

        @Argument(help: "Their e-mail address or id.")
        var user: String
        @OptionGroup var acting: Acting
        @OptionGroup var format: OutputFormat

        func run() async throws {
            try await Installation.use { installation in
                let scope = try await acting.scope(installation)
                let user = try await Users(installation.log).find(user, as: scope)
                if format.json {
                    try Output.line(user.json)
                } else {
                    try Output.line("\(user.email ?? "(erased)")  \(user.name ?? "")".printable)
                    try Output.line("  role \(user.role), \(user.isActive ? "active" : "inactive")")
                    try Output.line("  since \(user.createdAt?.description ?? "?"), id \(user.id.text)")
                    try Output.line("  what happened to them: atlas2 history user \(user.id.text)")
                }
            }
        }
    }

    struct Rename: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a user another name.",
            discussion: "Example:\n  atlas2 users rename anna@example.com \"Anna Nowak\"")

        @Argument(help: "Their e-mail address or id.")
        var user: String
        @Argument(help: "The new name.")
        var name: String
        @OptionGroup var acting: Acting

        func run() async throws {
            try await change(user, acting, "is now \(name)") { try await $0.rename($1, to: name, as: $2) }
        }
    }

    struct Role: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Give a user another role.")

        @Argument(help: "Their e-mail address or id.")
        var user: String
        @Argument(help: "admin, auditor or user.")
        var role: String
        @OptionGroup var acting: Acting

        func run() async throws {
            try await change(user, acting, "is now \(role)") { try await $0.change(role: role, of: $1, as: $2) }
        }
    }

    struct Deactivate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let a user act no more; what they did stays.")

        @Argument(help: "Their e-mail address or id.")
        var user: String
        @OptionGroup var acting: Acting

        func run() async throws {
            try await change(user, acting, "is inactive") { try await $0.deactivate($1, as: $2) }
        }
    }

    struct Reactivate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let a user act again.")

        @Argument(help: "Their e-mail address or id.")
        var user: String
        @OptionGroup var acting: Acting

        func run() async throws {
            try await change(user, acting, "is active") { try await $0.reactivate($1, as: $2) }
        }
    }
}

extension AsyncParsableCommand {
    /// Finds a user, does something to them, and says so.
    fileprivate func change(
        _ name: String, _ acting: Acting, _ result: String, _ body: (Users, Users.User, Command) async throws -> Void
    ) async throws {
        try await Installation.use { installation in
            let scope = try await acting.scope(installation)
            let (users, command) = (Users(installation.log), Command(scope: scope))
            // Asked before the user is looked for, whom those who may not change them do not see.
            try command.requireAdmin("change users")
            let user = try await users.find(name, as: scope)
            try await body(users, user, command)
            try await installation.catchUp(as: scope)
            try Output.line("\(user.email ?? user.id.text) \(result)".printable)
        }
    }
}

extension Users.User {
    var json: JSONValue {
        .object([
            ("id", .string(id.text)), ("email", .optional(email)), ("name", .optional(name)), ("role", .string(role)),
            ("status", .string(isActive ? "active" : "inactive")), ("created_at", .optional(createdAt?.description)),
        ])
    }
}
