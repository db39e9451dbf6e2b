import FoundationEssentials
import Glibc
import Postgres
import TestSupport
import Testing

@testable import AuditLog

/// A log with a key and a sealer of its own, in a folder that goes with it.
final class SealedLog: Sendable {
    let database: TestDatabase
    let tenant: UUID
    let root: String
    let folder: SealerFolder

    var scope: Scope { .system(tenant) }
    var sealer: Sealer { Sealer(EventLog(database.sealer), tenant: tenant, folder: folder, login: nil) }

    /// - Parameter tenant: one that has a log; nil: a new one.
    init(_ database: TestDatabase, tenant: UUID? = nil) async throws {
        self.database = database
        root = try Self.newFolder()
        self.tenant = if let tenant { tenant } else { try await database.createTenant("sealed") }
        folder = SealerFolder(root: root, tenant: self.tenant)
        _ = try await LogKeys.create(in: folder, origin: "example.com/log", slug: "sealed")
    }

    /// - Parameter database: a copy of the original's.
    init(_ database: TestDatabase, copyOf original: SealedLog) throws {
        self.database = database
        root = try Self.newFolder()
        tenant = original.tenant
        folder = SealerFolder(root: root, tenant: tenant)
        try FileManager.default.removeItem(atPath: root)
        try FileManager.default.copyItem(atPath: original.root, toPath: root)
    }

    private static func newFolder() throws -> String {
        var template = Array("/tmp/atlas2-sealer-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw CocoaError(.fileWriteUnknown) }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    /// Appends events, a hundred of them in a stream.
    func append(_ count: Int) async throws {
        var rest = count
        while rest > 0 {
            let events = (0..<min(rest, 500)).map { number in
                Probe.event(
                    stream: UUID(named: "probe", String(number / 100)), payload: #"{"number":\#(number)}"#,
                    personal: #"{"name":"Ann \#(number)"}"#)
            }
            _ = try await database.log.append([events], as: scope)
            rest -= events.count
        }
    }

    @discardableResult
    func seal(_ patrol: Sealer.Patrol = .slice(0)) async throws -> Sealer.Outcome? {
        try await sealer.seal(patrol: patrol)
    }

    /// The refusal that sealing ends in; nil where it succeeds.
    func refusal(_ patrol: Sealer.Patrol = .slice(0)) async throws -> SealRefusal? {
        do {
            try await seal(patrol)
            return nil
        } catch let refusal as SealRefusal {
            return refusal
        }
    }

    func state() throws -> SealerState {
        guard let text = try folder.read(.state) else { throw SealRefusal(.stateLost, "no state") }
        return try SealerState(parsing: text, path: folder.path(.state))
    }

    func checkpoint(size: Int64? = nil) async throws -> LogCheckpoint? {
        try await database.log.checkpoint(size: size, as: scope)
    }

    /// Every tile that the database must hold for the latest checkpoint, checked against its root.
    func tiles() async throws -> TileSet {
        guard let latest = try await checkpoint() else { throw TileError.outOfRange }
        let (tenant, ids) = (tenant, Array(TileID.all(of: latest.size)))
        let tiles = try await database.app.transaction(scope.transaction(readOnly: true)) { session in
            try session.tiles(ids, of: tenant)
        }
        guard tiles.count == ids.count else { throw TileError.outOfRange }
        return try TileSet(size: latest.size, root: latest.root, tiles: tiles)
    }

    /// The root over all events, as the verifier computes it.
    func verifiedRoot() async throws -> MerkleHash {
        try await database.log.verify(as: scope).root
    }

    /// Appends what `audit_append` takes from nobody: an administrator may call what is behind it.
    func forge(_ event: NewEvent) async throws {
        try await database.forge(event, as: scope)
    }

    /// Runs SQL as the administrator, whom nothing stops; `mine` are the tenant's events.
    func tamper(_ statement: String) async throws {
        try await database.tamper(
            """
            CREATE TEMPORARY VIEW mine AS SELECT * FROM audit_logs WHERE tenant_id = '\(tenant.text)';
            \(statement);
            DROP VIEW mine;
            """)
    }
}

extension TestDatabase {
    /// Appends what `audit_append` takes from nobody: an administrator may call what is behind it.
    func forge(_ event: NewEvent, as scope: Scope) async throws {
        var events = CompositeArray(of: "audit_append_event")
        events.append(event, append: 0)
        let statement: SQL = "SELECT outcome FROM audit_write(\(try #require(scope.tenant)), \(events), true)"
        let outcome = try await administrator.transaction(scope.transaction()) { session in
            try session.first(statement) { try $0.decode(0, as: String.self) }
        }
        #expect(outcome == "appended")
    }
}
