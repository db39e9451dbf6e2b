import AuditLog
import FoundationEssentials
import Postgres

/// One rebuild, while its lock is held.
struct RebuildRun: Sendable {
    let owner: Database
    let library: Library
    let command: Command
    let options: RebuildOptions
    let progress: @Sendable (RebuildProgress) -> Void

    var locks: ShortLocks {
        ShortLocks(owner: owner, patience: options.patience) { [progress] in progress(.step($0)) }
    }

    /// - Parameter isRepair: only corrects what differs, and refuses what is not installed as its file says.
    func rebuild(_ definitions: [Definition], isRepair: Bool = false) async throws -> [RebuildResult] {
        try await KeptTables.dropExpired(owner)
        var reasons: [String: String] = [:]
        for definition in definitions {
            reasons[definition.name] = try await reasonToReplace(definition, isRepair: isRepair)
        }
        let (builds, folding) = try await build(definitions)
        if options.tenant != nil, let (name, reason) = reasons.sorted(by: { $0.key < $1.key }).first {
            throw BuildError(
                .unsuitable,
                "\(name) has to be rebuilt for every tenant, because \(reason): leave the tenant out")
        }
        let corrected = try await correct(builds.filter { reasons[$0.definition.name] == nil }, &reasons)
        var replaced: [String: RebuildResult] = [:]
        for definition in definitions.inOrderOfReference {
            guard let reason = reasons[definition.name] else { continue }
            replaced[definition.name] = try await replace(Build(definition), because: reason, folding)
        }
        var results = definitions.map { definition in
            let rows = corrected[definition.name]?.values.reduce(0, +) ?? 0
            return replaced[definition.name] ?? RebuildResult(name: definition.name, differences: rows)
        }
        let corrections = builds.filter { build in reasons[build.definition.name] == nil }
        if !isRepair { try await record(corrections, corrected, folding) }
        try await drop(corrections)
        try await complete()
        let events = try await owner.transaction(.owner) { try $0.heads() }
            .filter { options.tenant == nil || $0.tenant == options.tenant }.reduce(Int64(0)) { $0 + $1.size }
        for index in results.indices { results[index].events = events }
        return results
    }

    /// Brings the builds to where little is missing.
    func build(_ definitions: [Definition]) async throws -> (builds: [Build], folding: ProjectionRebuilt.Folding) {
        let builds = definitions.map(Build.init)
        let (options, progress) = (options, progress)
        for build in builds {
            try await owner.transaction(.owner) { session in
                try build.open(session)
                let total = try session.heads().reduce(Int64(0)) { $0 + $1.size }
                let done = try build.positions(session).values.reduce(0, +)
                if done > 0 { progress(.resuming(projection: build.definition.name, done, of: total)) }
            }
        }
        return (builds, try await BuildQueue(owner: owner, options: options, progress: progress).run(builds))
    }

    /// Why a projection's tables cannot stay; nil where they can.
    private func reasonToReplace(_ definition: Definition, isRepair: Bool) async throws -> String? {
        try await owner.transaction(.owner) { session in
            let installed = try session.first(
                "SELECT sha256 FROM projection_definitions() WHERE name = \(definition.name)"
            ) { try $0.decode(0, as: String.self) }
            if isRepair, installed != definition.sha256 {
                throw BuildError(
                    .unsuitable,
                    "\(definition.name) is installed from another version of its file: atlas2 projections rebuild \(definition.name) builds what the file says now"
                )
            }
            guard let installed else { return "it was not installed" }
            guard installed == definition.sha256 else { return "its definition changed" }
            // Keys to other tables are made again without touching a row.
            return try TableShape.differences(of: definition, session).first { $0.kind != .key }.map { difference in
                difference.kind == .table
                    ? "\(difference.table) was not there" : "\(difference.table) was altered by hand"
            }
        }
    }

    /// Corrects the live tables of unchanged definitions; what cannot be corrected row by row gets a reason to be replaced.
    ///
    /// - Returns: by projection and tenant, how many rows were corrected.
    private func correct(_ builds: [Build], _ reasons: inout [String: String]) async throws -> [String: [UUID: Int64]] {
        let order = builds.map(\.definition).inOrderOfReference.map(\.name)
        let sorted = order.compactMap { name in builds.first { $0.definition.name == name } }
        var corrected: [String: [UUID: Int64]] = [:]
        var suspects: [String: [UUID]] = [:]
        var corrections: [Correction] = []
        for build in sorted {
            progress(.step("comparing \(build.definition.name)"))
            let (command, owner, locks, memory) = (command, owner, locks, options.memory)
            let correction = try await owner.transaction(.owner) { session in
                try Correction(build, command: command, owner: owner, locks: locks, memory: memory, session)
            }
            suspects[build.definition.name] = try await correction.suspects(options.tenant)
            corrections.append(correction)
        }
        // What is referred to comes first and goes last.
        for (pass, corrections) in [(Correction.Pass.writing, corrections), (.all, corrections.reversed())] {
            for correction in corrections where reasons[correction.build.definition.name] == nil {
                let name = correction.build.definition.name
                let totals = Totals()
                do {
                    try await forEach(suspects[name] ?? [], atOnce: options.connections) { tenant in
                        await totals.add(try await correction.correct(tenant, pass), tenant)
                    }
                } catch is Correction.TooMany {
                    guard options.tenant == nil else {
                        throw BuildError(
                            .unsuitable, "too many rows of \(name) differ: leave the tenant out, to replace its tables"
                        )
                    }
                    reasons[name] = "more rows differed than are corrected one by one"
                }
                for (tenant, rows) in await totals.rows { corrected[name, default: [:]][tenant, default: 0] += rows }
            }
        }
        return corrected
    }

    private actor Totals {
        var rows: [UUID: Int64] = [:]
        func add(_ count: Int64, _ tenant: UUID) { rows[tenant, default: 0] += count }
    }

    /// Says in the logs which projections were rebuilt.
    private func record(
        _ builds: [Build], _ corrected: [String: [UUID: Int64]], _ folding: ProjectionRebuilt.Folding
    ) async throws {
        guard !builds.isEmpty else { return }
        let command = command
        let tenants = Set(
            corrected.values.flatMap { $0.filter { $0.value > 0 }.keys } + [command.scope.tenant].compactMap { $0 })
        for tenant in tenants.sorted(by: { $0.text < $1.text }) {
            try await locks.transaction("recording the rebuild") { session in
                guard let head = try session.head(of: tenant) else { return }
                let events = try builds.map(\.definition).filter {
                    corrected[$0.name]?[tenant] ?? 0 > 0 || tenant == command.scope.tenant
                }.map { definition in
                    try command.event(
                        ProjectionRebuilt(
                            name: definition.name, version: definition.version, events: head,
                            differences: corrected[definition.name]?[tenant] ?? 0, folding: folding),
                        on: UUID(named: "projection", definition.name))
                }
                try session.append(events, tenant: tenant)
            }
        }
    }

    private func drop(_ builds: [Build]) async throws {
        try await owner.transaction(.owner) { session in
            for build in builds { try build.drop(session) }
        }
    }
}
