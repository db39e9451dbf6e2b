import AuditLog
import Foundation
import Postgres

/// Makes the live tables of one projection equal to its build, tenant by tenant.
///
/// What is compared is of one moment: the build is folded exactly as far as the live rows are. An inline projection's
/// tables are compared without any lock, and corrected a few hundred rows at a time, each time under the lock of the
/// tenant's head: appends to that log wait for one such piece at most, and other logs for nothing. Of an async one the
/// checkpoint is locked, which no append needs.
struct Correction: Sendable {
    let build: Build
    let comparisons: [TableComparison]
    let command: Command
    let owner: Database
    let locks: ShortLocks
    let memory: RebuildOptions.Memory

    /// Rows corrected in one transaction.
    private static let piece = 250
    /// Rows named by one comparison.
    private static let round = 50_000

    /// What may be done to rows in one pass over several projections that refer to each other: what is referred to has to
    /// come first and go last.
    enum Pass: Sendable {
        case writing
        case all

        func takes(_ row: RowDifference) -> Bool { self == .all || row.kind != .unexpected }
    }

    /// More rows differ than are corrected one by one.
    struct TooMany: Error {}

    private var definition: Definition { build.definition }

    init(
        _ build: Build, command: Command, owner: Database, locks: ShortLocks, memory: RebuildOptions.Memory,
        _ session: Session
    ) throws {
        self.build = build
        comparisons = try build.definition.tables.map {
            try TableComparison(table: $0, schema: build.schema, session)
        }
        self.command = command
        self.owner = owner
        self.locks = locks
        self.memory = memory
    }

    /// Tenants whose rows or checkpoint may not be what the log says: one comparison of whole tables, in one snapshot.
    func suspects(_ only: UUID?) async throws -> [UUID] {
        try await owner.transaction(.ownerSnapshot) { session in
            try session.script("SET LOCAL work_mem = '\(memory.workMemory)'")
            let heads = Dictionary(uniqueKeysWithValues: try session.heads().map { ($0.tenant, $0.size) })
            let checkpoints = Dictionary(
                uniqueKeysWithValues: try session.query(
                    "SELECT tenant_id, position FROM projection_checkpoints WHERE projection = \(definition.name)"
                ) { (try $0.decode(0, as: UUID.self), try $0.decode(1, as: Int64.self)) })
            let built = try build.positions(session)
            var suspects: Set<UUID> = []
            for tenant in Set(heads.keys).union(checkpoints.keys) where only == nil || tenant == only {
                let (head, start) = (heads[tenant] ?? 0, built[tenant] ?? 0)
                let live = checkpoints[tenant] ?? 0
                let end = definition.mode == .inline ? head : live
                guard (start...max(start, head)).contains(end), definition.mode == .async || live == head else {
                    suspects.insert(tenant)
                    continue
                }
                if start < end { try build.fold(tenant, to: end, session) }
            }
            for comparison in comparisons {
                suspects.formUnion(try comparison.differingTenants(from: build.schema, tenant: only, session))
            }
            return suspects.sorted { $0.text < $1.text }
        }
    }

    /// Corrects a tenant's rows and checkpoint.
    ///
    /// - Returns: how many rows were corrected.
    /// - Throws: `TooMany` when replacing the tables is the better way.
    func correct(_ tenant: UUID, _ pass: Pass) async throws -> Int64 {
        definition.mode == .inline
            ? try await correctInline(tenant, pass) : try await correctAsync(tenant, pass)
    }

    // MARK: Inline

    private func correctInline(_ tenant: UUID, _ pass: Pass) async throws -> Int64 {
        var corrected: Int64 = 0
        for _ in 0..<20 {
            let (rows, isPlaced) = try await compare(tenant)
            let wanted = rows.filter(pass.takes)
            guard !wanted.isEmpty || !isPlaced else { return corrected }
            corrected += try await correct(wanted, of: rows, tenant)
        }
        throw BuildError(
            .uncorrectable,
            "rows of \(definition.name) differ again whenever they are corrected: somebody writes to its tables")
    }

    /// In one snapshot: folds the build to the head, and compares every row.
    private func compare(_ tenant: UUID) async throws -> (rows: [RowDifference], isPlaced: Bool) {
        try await owner.transaction(.ownerSnapshot) { session in
            try session.script("SET LOCAL work_mem = '\(memory.workMemory)'")
            let head = try session.head(of: tenant) ?? 0
            try build.fold(tenant, to: head, session)
            return (try differing(tenant, session), try session.checkpoint(of: definition.name, tenant) ?? 0 == head)
        }
    }

    private func correct(_ wanted: [RowDifference], of rows: [RowDifference], _ tenant: UUID) async throws -> Int64 {
        do {
            guard !wanted.isEmpty else { return try await correctPiece([], tenant) }
            var corrected: Int64 = 0
            for start in stride(from: 0, to: wanted.count, by: Self.piece) {
                corrected += try await correctPiece(Array(wanted[start...].prefix(Self.piece)), tenant)
            }
            return corrected
        } catch let error as PostgresError where error.isConstraintViolation {
            // Rows stand in each other's way: all of them at once.
            return try await explainingViolations { try await correctPiece(rows, tenant) }
        }
    }

    private func correctPiece(_ rows: [RowDifference], _ tenant: UUID) async throws -> Int64 {
        try await locks.transaction("correcting \(definition.name)", on: definition.tables.map { "public.\($0)" }) {
            session in
            let head = try session.first(
                "SELECT size FROM audit_log_heads WHERE tenant_id = \(tenant) FOR UPDATE"
            ) { try $0.decode(0, as: Int64.self) }
            try session.script("SET LOCAL enable_seqscan = off")
            try build.fold(tenant, to: head ?? 0, session)
            return try write(rows, tenant, head: head, session)
        }
    }

    // MARK: Async

    private func correctAsync(_ tenant: UUID, _ pass: Pass) async throws -> Int64 {
        try await explainingViolations {
            try await owner.transaction(.owner) { session in
                try session.script("SET LOCAL work_mem = '\(memory.workMemory)'")
                try session.execute(
                    """
                    SELECT FROM projection_checkpoints
                    WHERE tenant_id = \(tenant) AND projection = \(definition.name) FOR UPDATE
                    """)
                let head = try session.head(of: tenant)
                // What is merely behind is no difference: it follows first, as far as it can.
                if let head { try session.follow(definition.name, tenant, to: head) }
                let built = try build.position(of: tenant, session)
                var position = try session.checkpoint(of: definition.name, tenant) ?? 0
                if !(built...max(built, head ?? 0)).contains(position) { position = max(built, head ?? 0) }
                try build.fold(tenant, to: position, session)
                let rows = try differing(tenant, session).filter(pass.takes)
                return try write(rows, tenant, head: head == nil ? nil : position, session)
            }
        }
    }

    // MARK: Both

    private func differing(_ tenant: UUID, _ session: Session) throws -> [RowDifference] {
        let rows = try comparisons.flatMap {
            try $0.differing(from: build.schema, tenant: tenant, limit: Self.round + 1, session)
        }
        guard rows.count <= Self.round else { throw TooMany() }
        return rows
    }

    /// Corrects the rows, moves the checkpoint, and appends the event that lists what was corrected.
    ///
    /// - Parameter head: how far the build is folded; nil: the tenant has no log.
    private func write(_ rows: [RowDifference], _ tenant: UUID, head: Int64?, _ session: Session) throws -> Int64 {
        try session.script("SET CONSTRAINTS ALL DEFERRED")
        var corrected: [RowDifference] = []
        for comparison in comparisons {
            let mine = rows.filter { $0.table == comparison.table }
            let keys = Set(try comparison.correct(mine.map(\.key), from: build.schema, session))
            corrected += mine.filter { keys.contains($0.key) }
        }
        try session.script("SET CONSTRAINTS ALL IMMEDIATE")
        if let head {
            let before = try session.checkpoint(of: definition.name, tenant) ?? 0
            try session.place(definition.name, tenant, at: head, from: build.schema)
            let after = try session.checkpoint(of: definition.name, tenant) ?? 0
            if before > after || definition.mode == .inline && before != after {
                let moved = Difference.checkpoint(of: definition.name, tenant, at: before, expected: after)
                corrected.append(
                    RowDifference(table: moved.table, kind: moved.kind, key: moved.key, columns: ["position"]))
            }
        } else {
            try session.execute(
                "DELETE FROM projection_checkpoints WHERE tenant_id = \(tenant) AND projection = \(definition.name)")
        }
        try Repairs(definition: definition, command: command).record(corrected, of: tenant, session)
        return Int64(corrected.count)
    }

    private func explainingViolations<T: Sendable>(_ body: () async throws -> T) async throws -> T {
        do {
            return try await body()
        } catch let error as PostgresError where error.isConstraintViolation {
            throw BuildError(
                .uncorrectable,
                "rows of \(definition.name) cannot be corrected while others refer to them or stand in their way (\(error)): rebuild or repair all projections at once"
            )
        }
    }
}
