import AuditLog
import FoundationEssentials
import Postgres

/// Replays the log into a schema beside the live one.
///
/// Works inside its caller's transaction: what is not committed leaves nothing behind.
struct Replay {
    let schema: String
    let definitions: [Definition]
    private var positions: [String: [UUID: Int64]] = [:]

    /// Makes the schema with empty tables and folds.
    ///
    /// - Parameter schema: its name; nil: one that no other has.
    init(_ definitions: [Definition], into schema: String? = nil, unlogged: Bool, _ session: Session) throws {
        self.definitions = definitions
        let schema = schema ?? "atlas2_replay_" + UUID().text.replacing("-", with: "_")
        self.schema = schema
        // Ranges differ from call to call, and so do the best plans; one fold at a time may take what memory there is.
        try session.script(
            """
            SET LOCAL plan_cache_mode = force_custom_plan;
            SET LOCAL work_mem = '256MB';
            CREATE SCHEMA \(schema);
            """)
        for definition in definitions {
            try session.script("SET LOCAL search_path = \(schema), fold, pg_temp;\n" + definition.schema)
            if unlogged {
                for table in definition.tables { try session.script("ALTER TABLE \(schema).\(table) SET UNLOGGED") }
            }
            try session.script(definition.foldFunction(in: schema))
        }
        try session.script("SET LOCAL search_path = public, pg_temp")
    }

    /// Goes on with tables and folds that are in a schema already.
    ///
    /// - Parameter positions: how far each tenant's events are folded into the definition's tables.
    init(of definition: Definition, in schema: String, positions: [UUID: Int64], _ session: Session) throws {
        definitions = [definition]
        self.schema = schema
        self.positions = [definition.name: positions]
        try session.script("SET LOCAL plan_cache_mode = force_custom_plan")
    }

    /// Events of one statement, and tenants: what is told of progress, and can be cancelled.
    private static let step: (events: Int64, tenants: Int) = (1_000_000, 1000)

    /// Folds a tenant's events up to `position` into a projection.
    ///
    /// - Throws: `ProjectionStop` at an event that cannot be folded; those before it are.
    mutating func advance(
        _ definition: Definition, tenant: UUID, to position: Int64, batch: Int64 = step.events, _ session: Session,
        progress: (_ events: Int64) -> Void = { _ in }
    ) throws {
        var from = positions[definition.name]?[tenant] ?? 0
        while from < position {
            let to = min(position, from + batch)
            try fold(definition, tenant: tenant, from..<to, session)
            progress(to - from)
            from = to
        }
        positions[definition.name, default: [:]][tenant] = max(from, position)
    }

    /// Folds the events of many tenants, each up to a position, into a projection; short logs together.
    ///
    /// - Parameter progress: is told how many more events were read.
    /// - Returns: where the projection stopped, of the tenants where it did.
    mutating func advance(
        _ definition: Definition, to ends: [(tenant: UUID, position: Int64)], _ session: Session,
        progress: (_ events: Int64) -> Void
    ) throws -> [UUID: Int64] {
        var stops: [UUID: Int64] = [:]
        var rest = ends[...]
        while let first = rest.first {
            var (group, events) = ([(tenant: UUID, start: Int64, end: Int64)](), Int64(0))
            while let next = rest.first, group.count < Self.step.tenants {
                let start = position(of: definition, tenant: next.tenant)
                guard events + next.position - start <= Self.step.events else { break }
                rest.removeFirst()
                events += max(next.position - start, 0)
                if start < next.position { group.append((next.tenant, start, next.position)) }
            }
            if events > 0 {
                try stops.merge(session.fold(definition.name, in: schema, group)) { _, new in new }
                for range in group { positions[definition.name, default: [:]][range.tenant] = range.end }
                progress(events)
            } else if rest.first?.tenant == first.tenant {
                rest.removeFirst()
                do {
                    try advance(definition, tenant: first.tenant, to: first.position, session, progress: progress)
                } catch let stop as ProjectionStop {
                    stops[first.tenant] = stop.position
                }
            }
        }
        return stops
    }

    /// How far a tenant's events are folded into a projection.
    func position(of definition: Definition, tenant: UUID) -> Int64 { positions[definition.name]?[tenant] ?? 0 }

    /// Folds the events of a range, wherever `advance` is.
    ///
    /// - Throws: `ProjectionStop` at an event that cannot be folded; those before it are.
    func fold(_ definition: Definition, tenant: UUID, _ range: Range<Int64>, _ session: Session) throws {
        let fold = try session.fold(
            definition.name, of: tenant, in: schema, from: range.lowerBound, to: range.upperBound)
        if let stop = fold.stop { throw stop }
    }

    func drop(_ session: Session) throws {
        try session.script("DROP SCHEMA \(schema) CASCADE")
    }
}

extension Session {
    /// Every tenant's head.
    func heads() throws -> [(tenant: UUID, size: Int64)] {
        try query("SELECT tenant_id, size FROM audit_log_heads ORDER BY tenant_id") {
            (try $0.decode(0), try $0.decode(1))
        }
    }
}
