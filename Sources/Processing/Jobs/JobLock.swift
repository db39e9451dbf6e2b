import AuditLog
import FoundationEssentials
import Postgres

/// What a process holds for as long as it works on a job: the job, and one of the tenant's slots.
///
/// They are advisory locks of one connection, so that a process that dies lets go of them at once, without a clock. They
/// keep two workers out of each other's way; that nothing is done twice is the expected version's doing.
struct JobLock: Sendable {
    private let connection: DedicatedConnection

    /// Takes a slot of the tenant.
    ///
    /// - Throws: `Failure` when `slots` jobs run already.
    init(_ database: Database, tenant: UUID, slots: Int) async throws {
        connection = try await database.dedicatedConnection()
        let isTaken = try await connection.session { session in
            for slot in 0..<slots {
                if try session.tryLock("atlas2 job slot \(tenant.text) \(slot)") { return true }
            }
            return false
        }
        guard isTaken else {
            await connection.close()
            throw Failure(
                .limit,
                "as many jobs are running as max_concurrent_jobs allows (\(slots)): wait for one to end, or raise the limit with atlas2 settings set max_concurrent_jobs \(slots + 1)"
            )
        }
    }

    /// Takes what `name` stands for; false when another process holds it.
    func take(_ name: String) async throws -> Bool {
        try await connection.session { try $0.tryLock(name) }
    }

    /// Does the work and lets go of everything, however it ends.
    func held<T: Sendable>(_ work: () async throws -> T) async throws -> T {
        do {
            let result = try await work()
            await connection.close()
            return result
        } catch {
            await connection.close()
            throw error
        }
    }

    static func name(ofJob id: UUID) -> String { "atlas2 job \(id.text)" }
    static func name(ofFile sha256: String, mapping: UUID) -> String { "atlas2 file \(sha256) \(mapping.text)" }
}

extension Session {
    fileprivate func tryLock(_ name: String) throws -> Bool {
        try first("SELECT pg_try_advisory_lock(hashtextextended(\(name), 0))") { try $0.decode(0) } ?? false
    }
}
