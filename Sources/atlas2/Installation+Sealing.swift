import AuditLog
import Foundation
import Logging
import Postgres
import Processing

extension Installation {
    func sealerFolder(of tenant: UUID) -> SealerFolder {
        SealerFolder(root: composition.sealer, tenant: tenant)
    }

    /// - Parameter announcer: in whose name a key that is new is announced; nil: Atlas2 itself.
    func sealer(of tenant: UUID, announcer: Scope? = nil) -> Sealer {
        Sealer(
            sealing, tenant: tenant, folder: sealerFolder(of: tenant), login: Login.current, announcer: announcer)
    }

    /// The tenants whose logs' keys can be read here.
    private var keyHolders: [UUID] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: composition.sealer)) ?? []
        return names.compactMap { UUID(uuidString: $0) }.filter { sealerFolder(of: $0).hasKey }
    }

    /// Whether a key of any log can be read here.
    var hasKeys: Bool { !keyHolders.isEmpty }

    /// Logs that were sealed from here and that are not in the database any more, with what was signed last.
    ///
    /// - Parameter tenants: all that the database knows.
    func vanishedLogs(besides tenants: [UUID]) -> [(tenant: UUID, state: SealerState)] {
        keyHolders.filter { !tenants.contains($0) }.compactMap { tenant in
            let folder = sealerFolder(of: tenant)
            guard let text = try? folder.read(.state),
                let state = try? SealerState(parsing: text, path: folder.path(.state)), state.size > 0
            else { return nil }
            return (tenant, state)
        }
    }

    /// Whether who logs in here may store what is signed.
    func maySeal() async throws -> Bool {
        guard lease == nil else { return true }
        return try await login.session { session in
            try session.first("SELECT pg_has_role(session_user, to_regrole('atlas2_sealer'), 'MEMBER')") {
                try $0.decode(0, as: Bool?.self) ?? false
            } ?? false
        }
    }

    /// Lets the connection string of this user act as `atlas2_sealer`, where the owner's may grant that.
    ///
    /// - Throws: `Failure` that says what an administrator has to run.
    func admitSealer() async throws {
        guard try await !maySeal() else { return }
        let name = try await login.session { session in
            try session.first("SELECT session_user::text") { try $0.decode(0, as: String.self) } ?? ""
        }
        let grant = "GRANT atlas2_sealer TO \(SQL.quoted(identifier: name))"
        do {
            let owner = try await owner()
            try await owner.session { try $0.script(grant) }
            composition.logger.notice("\(name) of DATABASE_URL was made a member of atlas2_sealer")
        } catch let failure as Failure where failure.code == .permission {
            throw Self.mayNotSeal(name, grant)
        } catch let error as PostgresError where error.sqlstate == "42501" {
            throw Self.mayNotSeal(name, grant)
        }
    }

    private static func mayNotSeal(_ name: String, _ grant: String) -> Failure {
        Failure(
            .permission, "\(name) of DATABASE_URL is no member of atlas2_sealer: let an administrator run \(grant)")
    }

    /// Seals what a command appended, if this user has the log's key; a log of the embedded cluster gets one by itself.
    ///
    /// What the command did is done whatever happens here: a refusal is said, loudly, and fails nothing.
    func seal(_ tenant: UUID) async {
        do {
            if !sealerFolder(of: tenant).hasKey {
                // On a server, and where a sealer's folder is named, another may seal.
                guard lease != nil, !composition.isSealerElsewhere else { return }
                guard try await log.keyHistory(of: tenant).signing.isEmpty else {
                    return StandardError.say(
                        "WARNING: what was done is in the log, but the log is NOT sealed any more: its key is not in \(sealerFolder(of: tenant).path). Put that folder back from a copy; if there is none, atlas2 log key create --replace makes another key"
                    )
                }
                let slug = try await Tenants(log).list().first { $0.id == tenant }?.slug
                do {
                    _ = try await LogKeys.create(in: sealerFolder(of: tenant), origin: nil, slug: slug ?? tenant.text)
                } catch let refusal as SealRefusal where refusal.code == .keyExists {
                    // Another command was faster.
                }
            }
            // Another sealer that is at work now looks again within a second, or when it ends.
            let outcome = try await sealer(of: tenant).seal(patrol: .slice(128), wait: .milliseconds(500))
            for remark in outcome?.remarks ?? [] { StandardError.say("warning: \(remark)".printable) }
        } catch let refusal as SealRefusal where refusal.isAlarm {
            StandardError.say(
                """
                WARNING: what was done is in the log, but the log is NOT sealed any more.
                atlas2: \(refusal)
                """)
        } catch is CancellationError {
            // The next command seals it.
        } catch {
            StandardError.say("what was done is in the log, but not sealed: \(Explanation.text(error))")
        }
    }

    /// Makes the key of a tenant's log. Announcements that no key has borne out count for nothing.
    ///
    /// - Parameters:
    ///   - origin: the log's name for good; nil: one made of the slug and the key.
    ///   - isReplacing: whether the key before, which the log has announced, is lost for good.
    func createKey(of tenant: Tenants.Tenant, origin: String?, isReplacing: Bool) async throws -> LogKeys {
        let folder = sealerFolder(of: tenant.id)
        guard let former = try await log.keyHistory(of: tenant.id).signing.last else {
            return try await LogKeys.create(in: folder, origin: origin, slug: tenant.slug)
        }
        let name = former.name
        guard isReplacing else {
            throw Failure(
                .conflict,
                "the log of \(tenant.slug) is signed by the key \(former): bring its files key and state into \(folder.path) and run atlas2 log seal, or, if they are lost for good, run atlas2 log key create --tenant \(tenant.slug) --replace"
            )
        }
        guard origin == nil || origin == name else {
            throw Failure(.value, "the log of \(tenant.slug) is known as \(name), which stays: leave --origin out")
        }
        return try await LogKeys.create(in: folder, origin: name, slug: tenant.slug, isReplacing: true)
    }
}
