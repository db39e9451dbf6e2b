import ArgumentParser
import AuditLog
import FoundationEssentials
import Postgres
import Processing
import Projections

/// `atlas2 replay`
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Make every table as it stood at a moment, in a schema that stays.",
        discussion: """
            Replays the log up to the moment. The schema has the projections' tables, the log up to there and the views over \
            them; who reads it sees what they may see of the live tables. All in one transaction, while the system runs. \
            \(MomentText.help)

            What was erased, before the moment or since, is gone in a replay too. A replay holds copies: an erasure does not \
            reach into it, so drop it when it has served.

            Examples:
              atlas2 replay --at 2026-03-31 --into march
              atlas2 replay --at 42 --into before users system_settings
              atlas2 replay --list
              atlas2 replay --drop march
            """)

    @Argument(help: "The projections; without names all of them.")
    var projections: [String] = []

    @Option(help: ArgumentHelp("The moment.", valueName: "moment"))
    var at: String?

    @Option(help: ArgumentHelp("The name of the schema.", valueName: "schema"))
    var into: String?

    @Flag(help: "Show the replays that there are.")
    var list = false

    @Option(help: ArgumentHelp("Drop a replay, and whatever was built on it.", valueName: "schema"))
    var drop: String?

    @Option(help: ArgumentHelp("Only this tenant's log; without it all.", valueName: "slug"))
    var tenant: String?

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp("Who acts; without it the tenant's first active admin.", valueName: "email"))
    var user: String?

    @OptionGroup var format: OutputFormat

    func validate() throws {
        guard [list, drop != nil, at != nil || into != nil].count(where: { $0 }) == 1 else {
            throw ValidationError("say what to do: --at and --into, --list, or --drop")
        }
        guard (at == nil) == (into == nil) else {
            throw ValidationError("a replay needs both: the moment by --at, the schema by --into")
        }
        guard at != nil || projections.isEmpty && tenant == nil else {
            throw ValidationError("--list and --drop are of whole schemas: leave projections and --tenant out")
        }
        if let at { _ = try MomentText.read(at, "--at") }
    }

    func run() async throws {
        try await Installation.use { installation in
            var acting = Acting()
            (acting.tenant, acting.user) = (tenant ?? Tenants.defaultSlug, user)
            let command = Command(scope: try await acting.scope(installation))
            if list { return try await show(installation, as: command.scope) }
            try command.requireAdmin(drop == nil ? "make replays" : "drop replays")
            let replays = Replays(owner: try await installation.owner(), library: installation.library)
            if let drop {
                try await replays.drop(drop)
                return try format.json
                    ? Output.line(.object([("dropped", .string(drop))])) : Output.line("dropped \(drop)")
            }
            let (moment, schema) = (try MomentText.read(at ?? "", "--at"), into ?? "")
            let progress = ProgressBar("replaying", unit: "events")
            let result = try await replays.make(
                schema, at: moment, tenants: tenant == nil ? nil : [command.scope.tenant].compactMap { $0 },
                projections: projections, by: command.scope.user
            ) { _, done, total in progress.update(done, of: total) }
            progress.finish()
            let slugs = try await Self.slugs(installation)
            try format.json
                ? Output.line(Self.json(result, schema, moment, slugs)) : Self.print(result, schema, moment, slugs)
        }
    }

    /// The tenants' slugs by their ids.
    private static func slugs(_ installation: Installation) async throws -> [UUID: String] {
        Dictionary(uniqueKeysWithValues: try await Tenants(installation.log).list().map { ($0.id, $0.slug) })
    }

    private static func print(
        _ result: Replays.Result, _ schema: String, _ moment: Moment, _ slugs: [UUID: String]
    ) throws {
        var table = Table("tenant", ">events", "last event", ">erased")
        for tenant in result.tenants {
            table.add(
                slugs[tenant.id] ?? tenant.id.text, tenant.events.grouped,
                tenant.lastRecordedAt?.forPeople ?? "none yet",
                tenant.erased.grouped)
        }
        try table.print()
        if !result.viewsLeftOut.isEmpty {
            try Output.line(
                "left out, because they read projections that were not named: \(result.viewsLeftOut.joined(separator: ", "))"
            )
        }
        let erased = result.tenants.reduce(0) { $0 + $1.erased }
        if erased > 0 {
            try Output.line(
                "\(erased.counting("event")) lost all or some of what was personal to erasures, which is gone here too")
        }
        try Output.line("\(schema) shows \(result.projections.count.counting("projection")) as of \(moment.words)")
        let example = result.projections.contains("users") ? "users" : result.projections.first ?? "audit_logs"
        try Output.line("read it: atlas2 psql -c 'SELECT * FROM \(schema).\(example)'")
        try Output.line("no erasure reaches into it; drop it when it has served: atlas2 replay --drop \(schema)")
    }

    private static func json(
        _ result: Replays.Result, _ schema: String, _ moment: Moment, _ slugs: [UUID: String]
    ) -> JSONValue {
        var time: String?
        if case .time(let taken) = moment { time = taken.description }
        return .object([
            ("schema", .string(schema)), ("at", .optional(time)),
            (
                "tenants",
                .array(
                    result.tenants.map { tenant in
                        .object([
                            ("tenant", .string(slugs[tenant.id] ?? tenant.id.text)),
                            ("tenant_id", .string(tenant.id.text)),
                            ("events", .integer(tenant.events)),
                            ("recorded_at", .optional(tenant.lastRecordedAt?.description)),
                            ("erased", .integer(tenant.erased)),
                        ])
                    })
            ),
            ("projections", .strings(result.projections)), ("views_left_out", .strings(result.viewsLeftOut)),
        ])
    }
}
