import ArgumentParser
import AuditLog
import Postgres
import Processing
import Projections

/// `atlas2 migrate`
struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Apply, take back or show the migrations of the schema.",
        discussion: """
            Examples:
              atlas2 migrate status
              atlas2 migrate up
              atlas2 migrate script | psql -v ON_ERROR_STOP=1 -d atlas2
            """,
        subcommands: [Up.self, Down.self, Status.self, Script.self])

    struct Up: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Apply what is pending, and install functions, projections and views.",
            discussion:
                "All in one transaction: killed in the middle, nothing happened.\n\nExample:\n  atlas2 migrate up")

        func run() async throws {
            try await Installation.use(nil, .asItIs) { installation in
                let owner = try await installation.owner()
                let schema = Schema(owner: owner, library: installation.library)
                let applied = try await schema.up()
                try await installation.catchUpAll(owner)
                _ = try await installation.takeIn(schema)
                for entry in applied { try Output.line("applied \(entry.version) \(entry.name)") }
                try Output.line("the schema is at migration \(installation.library.migrations.count)")
            }
        }
    }

    struct Down: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take migrations back.",
            discussion: """
                Without --yes it says what would be lost, and changes nothing. Version 0 removes everything, the log too.

                Example:
                  atlas2 migrate down --to 1 --yes
                """)

        @Option(name: .customLong("to"), help: "The version to go back to; 0 removes everything.")
        var version: Int

        @Flag(help: "Do it.")
        var yes = false

        func validate() throws {
            guard version >= 0 else { throw ValidationError("--to must be 0 or more") }
        }

        func run() async throws {
            try await Installation.use(nil, .asItIs) { installation in
                let owner = try await installation.owner()
                let schema = Schema(owner: owner, library: installation.library)
                let entries = try await schema.status().filter { $0.state != .pending && $0.version > version }
                guard !entries.isEmpty else {
                    return try Output.line("there is nothing to take back: no migration above \(version) is applied")
                }
                guard yes else {
                    let names = entries.reversed().map { "\($0.version) \($0.name)" }.joined(separator: ", ")
                    throw Failure(
                        .state, "this takes back \(names); \(try await loss(owner)). If that is meant, say --yes")
                }
                for entry in try await schema.down(to: version) {
                    try Output.line("took back \(entry.version) \(entry.name)")
                }
            }
        }

        private func loss(_ owner: Database) async throws -> String {
            guard version == 0 else {
                return
                    "the events stay, but nothing guards them any more (no row-level security, no append-only triggers)"
            }
            let (events, tenants) = try await owner.transaction(TransactionOptions(readOnly: true)) { session in
                try session.first("SELECT coalesce(sum(size), 0)::bigint, count(*) FROM public.audit_log_heads") {
                    (try $0.decode(0, as: Int64.self), try $0.decode(1, as: Int64.self))
                } ?? (0, 0)
            }
            return
                "lost for ever would be the log (\(events.counting("event")) of \(tenants.counting("tenant"))) and every user, mapping, job and result"
        }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show which migrations are applied.", discussion: "Example:\n  atlas2 migrate status --json")

        @OptionGroup var format: OutputFormat

        func run() async throws {
            try await Installation.use(nil, .asItIs) { installation in
                let schema = Schema(owner: installation.login, library: installation.library)
                let entries = try await schema.status()
                let isCurrent = try await schema.isCurrent()
                if format.json {
                    let migrations = entries.map { entry in
                        JSONValue.object([
                            ("version", .integer(entry.version)), ("name", .string(entry.name)),
                            ("state", .string(entry.state.rawValue)),
                            ("applied_at", .optional(entry.appliedAt?.description)),
                        ])
                    }
                    return try Output.line(
                        .object([("current", .bool(isCurrent)), ("migrations", .array(migrations))]))
                }
                var table = Table(">version", "name", "state", "applied at")
                for entry in entries {
                    table.add(
                        String(entry.version), entry.name, entry.state.rawValue, entry.appliedAt.map(\.forPeople) ?? "")
                }
                try table.print()
                guard !isCurrent, entries.allSatisfy({ $0.state == .applied }) else { return }
                try Output.line("functions, projections or views are not those of this version: run atlas2 migrate up")
            }
        }
    }

    struct Script: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print everything as one SQL script for psql.",
            discussion: """
                Needs no database. The script makes or upgrades the whole schema; running it again changes nothing.

                Example:
                  atlas2 migrate script | psql -v ON_ERROR_STOP=1 -d atlas2
                """)

        func run() throws {
            try Output.write(Array(Composition().library().script.utf8))
        }
    }
}
