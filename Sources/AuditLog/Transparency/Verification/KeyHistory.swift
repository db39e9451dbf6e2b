import Foundation

/// Which keys must have signed a checkpoint: what the log's `log.key_added` events say of its keys, as far as signatures
/// bear it out.
///
/// Whoever may append can announce a key, so an announcement alone is none of the log's: a key takes another's place when a
/// checkpoint bears both signatures. So whoever knows a key of the log can follow it to the later ones. Where the former key
/// was lost and could not sign, the later one signs alone and the former never again; only who knows a later one can go on.
/// What neither is the case of is an announcement that nobody vouched for, and changes nothing.
///
/// It is used in three steps: `sighting(of:)` each checkpoint, `follow` them all, ask for the `problem(of:)` each.
package struct KeyHistory: Sendable {
    private struct Change: Sendable {
        var position: Int64
        var key: NoteVerifier
    }

    /// What a checkpoint says of the log's keys.
    struct Sighting: Sendable {
        let size: Int64
        let root: MerkleHash
        /// Places in `candidates` of those that have signed it.
        fileprivate let signers: [Int]
        /// The log that it names, where no key of this log has that name.
        fileprivate let otherOrigin: String?
    }

    /// A key of the log, and from which size on its signature counts.
    private struct Link: Sendable {
        /// Its place in `changes`.
        var change: Int
        var size: Int64
        /// Whether the key before has signed, too.
        var isVouched: Bool
    }

    /// Keys that are known from elsewhere.
    private let trusted: [NoteVerifier]
    /// Each key's first announcement, in order of position.
    private let changes: [Change]
    /// The keys that are announced, then those that are known from elsewhere alone.
    private let candidates: [NoteVerifier]
    private let places: [UInt32: [Int]]
    private var chain: [Link] = []
    /// The first place in the chain where the former key did not sign, and no key known from elsewhere stands behind it.
    private var brokenAt: Int?
    /// Positions of changes that the former key did not sign.
    package private(set) var unvouched: [Int64] = []
    /// Positions of announcements that no key of the log vouched for, though a checkpoint covers them: they changed nothing.
    package private(set) var unheeded: [Int64] = []

    /// - Parameter events: the payloads of the log's `log.key_added` events, in order of position.
    init(events: [(position: Int64, payload: [UInt8])], trusted: [NoteVerifier]) {
        struct Payload: Decodable {
            var key: String
        }
        var seen: Set<String> = []
        changes = events.compactMap { event in
            guard let payload = try? JSONDecoder().decode(Payload.self, from: Data(event.payload)),
                let key = try? NoteVerifier(vkey: payload.key), key.kind == .ed25519, seen.insert(key.vkey).inserted
            else { return nil }
            return Change(position: event.position, key: key)
        }
        self.trusted = trusted
        candidates = changes.map(\.key) + trusted.filter { !seen.contains($0.vkey) }
        places = Dictionary(grouping: candidates.indices) { [candidates] in candidates[$0].keyID }
    }

    /// The keys, the present one last; those that are announced or were given where no checkpoint tells.
    package var keys: [NoteVerifier] {
        chain.isEmpty ? changes.isEmpty ? trusted : changes.map(\.key) : chain.map { changes[$0.change].key }
    }

    /// The keys that have signed for the log, the present one last; none where no checkpoint tells.
    package var signing: [NoteVerifier] { chain.map { changes[$0.change].key } }

    /// Those of them that began the log, or whose change the key before has signed, too.
    var vouched: [NoteVerifier] { chain.filter(\.isVouched).map { changes[$0.change].key } }

    /// Whether one of the keys that the log announces is known from elsewhere.
    var isTrusted: Bool { changes.contains { trusted.contains($0.key) } }

    /// Who has signed a checkpoint.
    func sighting(of checkpoint: SignedCheckpoint) -> Sighting {
        let (note, origin) = (checkpoint.note, checkpoint.checkpoint.origin)
        let named = note.signatures.flatMap { places[$0.keyID] ?? [] }
        // Each by itself: somebody may have announced a key with the name and the id of another.
        let signers = Set(named).filter { (try? note.verify(with: [candidates[$0]])) != nil }
        let ofThisLog = signers.filter { candidates[$0].name.isIdentical(to: origin) }
        return Sighting(
            size: checkpoint.checkpoint.size, root: checkpoint.checkpoint.root, signers: ofThisLog.sorted(),
            otherOrigin: ofThisLog.isEmpty && !signers.isEmpty ? origin : nil)
    }

    /// Whether the log announces a key.
    func announces(_ key: NoteVerifier) -> Bool { changes.contains { $0.key == key } }

    /// Those of the keys that are announced or known which have signed a checkpoint.
    func signers(of checkpoint: SignedCheckpoint) -> [NoteVerifier] {
        sighting(of: checkpoint).signers.map { candidates[$0] }
    }

    /// Follows the log's keys through its checkpoints, which are in order of size.
    mutating func follow(_ checkpoints: [Sighting]) {
        var last: [Int: Int64] = [:]
        for checkpoint in checkpoints {
            for signer in checkpoint.signers { last[signer] = checkpoint.size }
        }
        chain = []
        for checkpoint in checkpoints {
            let present = chain.last?.change
            let signers = checkpoint.signers.filter {
                $0 < changes.count && changes[$0].position < checkpoint.size && $0 > present ?? -1
            }
            if let present, checkpoint.signers.contains(present) {
                for signer in signers { chain.append(Link(change: signer, size: checkpoint.size, isVouched: true)) }
            } else if let first = signers.first, present.map({ last[$0, default: 0] < checkpoint.size }) ?? true {
                // The one before has never signed again.
                chain.append(Link(change: first, size: present == nil ? 0 : checkpoint.size, isVouched: present == nil))
                for signer in signers.dropFirst() {
                    chain.append(Link(change: signer, size: checkpoint.size, isVouched: true))
                }
            }
        }
        settle(covered: checkpoints.last?.size ?? 0)
    }

    private mutating func settle(covered: Int64) {
        unvouched = chain.filter { !$0.isVouched }.map { changes[$0.change].position }
        let heeded = Set(chain.map(\.change))
        unheeded = changes.indices.filter { !heeded.contains($0) && changes[$0].position < covered }
            .map { changes[$0].position }
        let known = chain.indices.last { trusted.contains(changes[chain[$0].change].key) }
        brokenAt = known.flatMap { known in chain.indices.first { $0 > known && !chain[$0].isVouched } }
    }

    /// Why a checkpoint is not the log's; nil if it is.
    func problem(of checkpoint: Sighting) -> String? {
        let places = required(at: checkpoint.size)
        if places.isEmpty { return "the log announces no key" }
        let link = chain.lastIndex { $0.size <= checkpoint.size }
        guard places.contains(where: checkpoint.signers.contains) else {
            if let origin = checkpoint.otherOrigin { return "it is of another log, \(origin)" }
            return "it bears no valid signature of \(places.map { candidates[$0].vkey }.joined(separator: " or "))"
        }
        guard let brokenAt, let link, link >= brokenAt, checkpoint.signers.contains(chain[link].change) else {
            return nil
        }
        return
            "its key took the place of \(changes[chain[brokenAt - 1].change].key.vkey), which did not sign the change"
    }

    func problem(of checkpoint: SignedCheckpoint) -> String? {
        problem(of: sighting(of: checkpoint))
    }

    /// The keys of which one must have signed a checkpoint of this size.
    private func required(at size: Int64) -> [Int] {
        // What is known from elsewhere and was announced nowhere is the word of who gave it.
        let unannounced = Array(changes.count..<candidates.count)
        let isKnown = chain.contains { trusted.contains(changes[$0.change].key) }
        if !trusted.isEmpty, !isKnown {
            return changes.indices.filter { trusted.contains(changes[$0].key) } + unannounced
        }
        // Where no checkpoint was seen, nothing says which announcement counts.
        guard !chain.isEmpty else { return Array(changes.indices) }
        return [chain[chain.lastIndex { $0.size <= size } ?? 0].change] + unannounced
    }

    /// The key that took this one's place with its signature, and the position that announces it; nil for a present one.
    func successor(of key: NoteVerifier) -> (position: Int64, key: NoteVerifier)? {
        guard let place = chain.firstIndex(where: { changes[$0.change].key == key }), place + 1 < chain.count,
            chain[place + 1].isVouched
        else { return nil }
        let change = changes[chain[place + 1].change]
        return (change.position, change.key)
    }

    /// What is to be said of announcements that nobody vouched for; nil where there is none.
    package var warning: String? {
        guard let first = unheeded.first else { return nil }
        let others = unheeded.count == 1 ? "" : ", and \(unheeded.count - 1) more do"
        return
            "the event at position \(first) announces a key\(others) that no key of the log has vouched for: it changes nothing; find out who appended it (atlas2 events --from \(first))"
    }
}
