import FoundationEssentials
import Postgres

/// One verification: what is asked of the database before and after the rows themselves.
struct VerificationRun {
    let size: Int64
    private let tenant: UUID
    private let evidence: Evidence
    private let headTime: Timestamp?
    private var verifier: Verifier
    private var history: KeyHistory
    private var problems: [Verification.Problem] = []
    private var checkpoints: Int64 = 0
    private var unmet: [String] = []
    private var witnesses: [Verification.WitnessRecord] = []
    /// By size, the indices of witnesses that are asked for.
    private var cosigners: [Int64: Set<Int>] = [:]

    init(_ session: Session, _ tenant: UUID, _ evidence: Evidence) throws {
        self.tenant = tenant
        self.evidence = evidence
        let head = try session.first(
            "SELECT size, recorded_at FROM audit_log_heads WHERE tenant_id = \(tenant)"
        ) { (size: try $0.decode(0, as: Int64.self), recordedAt: try $0.decode(1, as: Timestamp.self)) }
        size = head?.size ?? 0
        headTime = head?.recordedAt
        history = KeyHistory(events: try session.keyEvents(of: tenant), trusted: evidence.keys)
        verifier = Verifier(size: size)
        let anchors = try storedAnchors(session) + outsideAnchors()
        try readWitnesses(session)
        verifier = Verifier(size: size, anchors: anchors, tiles: try session.upperTiles(of: tenant))
    }

    /// The checkpoints of the database that the log's keys signed.
    private mutating func storedAnchors(_ session: Session) throws -> [Anchor] {
        if !evidence.keys.isEmpty, !history.isTrusted {
            report(
                0, .unsigned,
                "none of the keys that the log announces is the one that was given (\(evidence.keys.map(\.vkey).joined(separator: ", ")))"
            )
        }
        var sightings: [KeyHistory.Sighting] = []
        try session.forEach(
            "SELECT size, root, note FROM log_checkpoints WHERE tenant_id = \(tenant) ORDER BY size"
        ) { row in
            let (size, root) = (try row.decode(0, as: Int64.self), try row.decode(1, as: [UInt8].self))
            let note = try row.decode(2, as: String.self)
            checkpoints += 1
            do throws(NoteError) {
                let signed = try SignedCheckpoint(parsing: note)
                if signed.checkpoint.size != size || signed.checkpoint.root.bytes != root {
                    report(size - 1, .unsigned, "the checkpoint stored for \(size) events says something else")
                } else {
                    sightings.append(history.sighting(of: signed))
                }
            } catch {
                report(size - 1, .unsigned, "the checkpoint of \(size) events is none: \(error)")
            }
        }
        // Which keys are the log's shows only when all its checkpoints were seen.
        history.follow(sightings)
        return sightings.compactMap { checkpoint in
            guard let problem = history.problem(of: checkpoint) else {
                return Anchor(.stored, size: checkpoint.size, root: checkpoint.root)
            }
            report(
                checkpoint.size - 1, .unsigned,
                "the checkpoint of \(checkpoint.size) events is not the log's: \(problem)")
            return nil
        }
    }

    private mutating func outsideAnchors() -> [Anchor] {
        var anchors = evidence.sealer.map { [Anchor(.sealer, size: $0.size, root: $0.root)] } ?? []
        let keys = history.keys + evidence.keys
        for kept in evidence.checkpoints {
            let signed = kept.checkpoint
            if let origin = keys.first?.name, let problem = kept.problem(origin: origin, keys: keys) {
                unmet.append("\(kept.name) was compared with nothing: \(problem)")
            } else if let problem = history.problem(of: signed) {
                report(signed.checkpoint.size - 1, .unsigned, "\(kept.name) is no checkpoint of this log: \(problem)")
            } else {
                anchors.append(Anchor(.given(kept.name), size: signed.checkpoint.size, root: signed.checkpoint.root))
            }
        }
        return anchors
    }

    /// What witnesses cosigned of the checkpoints in the database.
    private mutating func readWitnesses(_ session: Session) throws {
        witnesses = try session.witnesses(of: tenant)
        for key in evidence.witnesses {
            let index = witnesses.firstIndex { $0.key == key } ?? witnesses.count
            if index == witnesses.count { witnesses.append(Verification.WitnessRecord(key: key)) }
            witnesses[index].isGiven = true
        }
        guard !witnesses.isEmpty else { return }
        try session.forEach(
            """
            SELECT s.size, s.signature, c.note FROM log_cosignatures s JOIN log_checkpoints c USING (tenant_id, size)
            WHERE s.tenant_id = \(tenant) ORDER BY s.size
            """
        ) { row in
            let size = try row.decode(0, as: Int64.self)
            guard let signature = try? NoteSignature(line: row.decode(1, as: String.self)),
                let index = witnesses.firstIndex(where: { $0.key.made(signature) }),
                let note = try? SignedNote(parsing: row.decode(2, as: String.self))
            else { return }
            guard let cosignature = witnesses[index].key.cosignature(of: signature, on: note.text) else {
                let name = witnesses[index].key.name
                return report(
                    size - 1, .unsigned, "the cosignature of \(name) on the checkpoint of \(size) events is wrong")
            }
            (witnesses[index].size, witnesses[index].time) = (size, cosignature.timestamp)
            if evidence.witnesses.isEmpty || witnesses[index].isGiven { cosigners[size, default: []].insert(index) }
        }
    }

    private func judgeWitnesses(_ found: inout Verification) {
        found.witnesses = witnesses
        found.quorum = evidence.quorum
        found.unmet = unmet
        guard evidence.quorum > 0 else { return }
        found.witnessedSize = cosigners.filter { $0.value.count >= evidence.quorum }.keys.max() ?? 0
        guard found.witnessedSize == 0, evidence.requiresQuorum else { return }
        let asked = evidence.witnesses.isEmpty ? witnesses.filter(\.isAnnounced).count : evidence.witnesses.count
        found.unmet.append(
            "no checkpoint was cosigned by \(evidence.quorum) of the \(asked) witnesses asked for")
    }

    private mutating func report(_ position: Int64, _ verdict: Verification.Problem.Verdict, _ detail: String) {
        problems.append(Verification.Problem(position: max(0, position), verdict: verdict, detail: detail))
    }

    mutating func compare(_ part: LogPart) {
        switch part {
        case .slice(let slice, let number):
            verifier.check(slice, through: number << 16 + (Session.positionsPerSlice - 1))
        case .streams(let streams): verifier.check(streams)
        }
    }

    /// Compares what the database says of the head, and adds up.
    consuming func finish(_ session: Session) throws -> Verification {
        if let headTime { verifier.checkHead(recordedAt: headTime) }
        var found = verifier.finish()
        let agreed = found.agreements.last { $0.source == .stored }
        if let agreed {
            for (tile, width) in try session.incompleteTiles(of: tenant, size: agreed.size) {
                let state = width == 0 ? "is missing" : "has \(width) of \(tile.width) hashes"
                report(tile.leaves.lowerBound, .tile, "\(tile.path) \(state), and \(agreed.description) was made of it")
            }
        }
        for problem in problems { found.report(problem.position, problem.verdict, problem.detail) }
        found.problems.sort { $0.position < $1.position }
        found.checkpoints = checkpoints
        found.keys = history.keys.map(\.vkey)
        if let agreed {
            found.checkpoint = try session.first(
                "SELECT note FROM log_checkpoints WHERE tenant_id = \(tenant) AND size = \(agreed.size)"
            ) { try $0.decode(0) }
        }
        judgeWitnesses(&found)
        found.notProved = evidence.notProved(found, history)
        return found
    }
}
