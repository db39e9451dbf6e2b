import AuditLog
import Postgres
import Processing
import Witnesses

extension Examination {
    /// How a tenant's log stands with its witnesses, and whether enough have cosigned its latest checkpoint.
    mutating func witnesses(of tenant: Tenants.Tenant, _ installation: Installation) async throws {
        let scope = Scope(tenant: tenant.id, role: .system)
        let overview = try await WitnessOverview.read(installation.app, as: scope)
        let quorum = try await Settings.load(installation.app, as: scope).witnessQuorum
        for (key, reason) in overview.unusable {
            add(
                "witness \(key.prefix { $0 != "+" })", .wrong,
                "log of \(tenant.slug): \(reason): atlas2 log witness remove \(key)")
        }
        guard !overview.witnesses.isEmpty || quorum > 0 else { return }
        let size = overview.latest?.size ?? 0
        for status in overview.witnesses {
            let (verdict, detail) = Self.judge(status, latest: overview.latest)
            add("witness \(status.witness.name)", verdict, "log of \(tenant.slug): \(detail)")
        }
        guard quorum > 0 else { return }
        let name = "quorum of \(tenant.slug)"
        guard overview.witnesses.count >= quorum else {
            return add(
                name, .look,
                "witness_quorum is \(quorum) and there \(overview.witnesses.count == 1 ? "is" : "are") \(overview.witnesses.count.counting("witness", "witnesses")): atlas2 log witness add, or settings set witness_quorum"
            )
        }
        let witnessed = try await overview.witnessed(by: quorum, installation.app, as: scope)?.size ?? 0
        let isReached = witnessed == size && size > 0
        add(
            name, isReached || overview.isFresh ? .ok : .look,
            "needs \(quorum) of \(overview.witnesses.count.counting("witness", "witnesses")), reached for \(witnessed.grouped) of \(size.counting("event"))"
        )
    }

    private static func judge(_ status: WitnessStatus, latest: LogCheckpoint?) -> (Check.Verdict, String) {
        let (cosigned, size) = (status.cosignedSize ?? 0, latest?.size ?? 0)
        let when = status.cosignedAt.map { ", last at \($0.forPeople)" } ?? ""
        let progress =
            cosigned == 0
            ? "has cosigned nothing" : "has cosigned \(cosigned.grouped) of \(size.counting("event"))\(when)"
        if let trouble = status.trouble {
            let behind = max(0, size - cosigned).counting("event")
            return (
                trouble.code.isAlarm ? .wrong : .look,
                "\(progress), \(behind) behind; since \(trouble.since.forPeople): \(trouble.message)"
            )
        }
        if let forged = status.forgedSize {
            return (
                .look,
                "\(progress); the line that is stored for \(forged.counting("event")) is no signature of it: find out who may seal; atlas2 log witness send asks it again"
            )
        }
        if cosigned >= size, size > 0 { return (.ok, progress) }
        let isFresh = latest.map(\.isFresh) ?? true
        return (
            isFresh ? .ok : .look,
            "\(progress), \((size - cosigned).counting("event")) behind"
                + (isFresh ? "" : ": atlas2 work sends them, atlas2 log witness send does so now")
        )
    }
}

extension WitnessOverview {
    /// Whether the latest checkpoint is too young for a witness to be late.
    fileprivate var isFresh: Bool { latest.map(\.isFresh) ?? true }
}

extension LogCheckpoint {
    fileprivate var isFresh: Bool { Timestamp.now.microseconds - sealedAt.microseconds < 60_000_000 }
}
