import AuditLog
import FoundationEssentials
import Postgres
import Processing

extension Examination {
    /// How far a tenant's log is sealed, and what stands against it.
    mutating func seal(of tenant: Tenants.Tenant, _ installation: Installation) async throws {
        let folder = installation.sealerFolder(of: tenant.id)
        let name = "seal of \(tenant.slug)"
        if folder.hasKey {
            do {
                let keys = try LogKeys(folder)
                if keys.previous != nil {
                    add(name, .look, "the change of the key is not signed by both keys yet: atlas2 log seal")
                }
            } catch {
                add(name, .wrong, Explanation.text(error))
            }
            if let record = SealRefusal.Record(folder) {
                let moment = Timestamp(unixMicroseconds: Int64(record.moment.timeIntervalSince1970) * 1_000_000)
                add(name, .wrong, "refused at \(moment.forPeople): \(record.refusal)")
            }
        }
        if folder.hasKey, try await !installation.maySeal() {
            add(
                name, .wrong,
                "the key is here, and the user of DATABASE_URL is no member of atlas2_sealer: let an administrator grant it"
            )
        }
        if let warning = try await installation.log.keyHistory(of: tenant.id).warning {
            add("keys of \(tenant.slug)", .look, warning)
        }
        let scope = Scope(tenant: tenant.id, role: .system)
        guard let latest = try await installation.log.checkpoint(as: scope) else {
            return add(
                name, .look,
                folder.hasKey
                    ? "nothing is sealed yet: atlas2 log seal"
                    : "the log is not sealed: atlas2 log key create --tenant \(tenant.slug) makes its key")
        }
        let unsealed = try await installation.log.size(as: scope) - latest.size
        let place = folder.hasKey ? "with the key in \(folder.path)" : "with a key that is not here"
        if unsealed > 0 {
            add(
                name, .look,
                "\(unsealed.counting("event")) not sealed since \(latest.sealedAt.forPeople), \(place): atlas2 work or atlas2 log seal does it"
            )
        } else {
            add(name, .ok, "all \(latest.size.counting("event")), at \(latest.sealedAt.forPeople), \(place)")
        }
    }
}
