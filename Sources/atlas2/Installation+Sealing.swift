import AuditLog
import FoundationEssentials
import Postgres
import Processing

extension Installation {
    func sealerFolder(of tenant: UUID) -> SealerFolder {
        SealerFolder(root: composition.sealer, tenant: tenant)
    }

    func sealer(of tenant: UUID) -> Sealer {
        Sealer(log, tenant: tenant, folder: sealerFolder(of: tenant), login: Login.current)
    }

    /// Seals what a command appended, if this user has the log's key; a log of the embedded cluster gets one by itself.
    ///
    /// What the command did is done whatever happens here: a refusal is said, loudly, and fails nothing.
    func seal(_ tenant: UUID) async {
        do {
            if !sealerFolder(of: tenant).hasKey {
                // On a server, and where a sealer's folder is named, another may seal.
                guard lease != nil, !composition.isSealerElsewhere else { return }
                guard try await log.announcedKeys(of: tenant).isEmpty else {
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
            for repair in outcome?.repairs ?? [] { StandardError.say("warning: \(repair)") }
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

    /// Makes the key of a tenant's log.
    ///
    /// - Parameters:
    ///   - origin: the log's name for good; nil: one made of the slug and the key.
    ///   - isReplacing: whether the key before, which the log has announced, is lost for good.
    func createKey(of tenant: Tenants.Tenant, origin: String?, isReplacing: Bool) async throws -> LogKeys {
        let folder = sealerFolder(of: tenant.id)
        guard let former = try await log.announcedKeys(of: tenant.id).last else {
            return try await LogKeys.create(in: folder, origin: origin, slug: tenant.slug)
        }
        let name = try NoteVerifier(vkey: former).name
        guard isReplacing else {
            throw Failure(
                .conflict,
                "the log of \(tenant.slug) is signed by the key \(former): bring its files into \(folder.path), or, if they are lost for good, say --replace"
            )
        }
        guard origin == nil || origin == name else {
            throw Failure(.value, "the log of \(tenant.slug) is known as \(name), which stays: leave --origin out")
        }
        return try await LogKeys.create(in: folder, origin: name, slug: tenant.slug, isReplacing: true)
    }
}
