import Foundation

/// Which keys must have signed a checkpoint: what the log's `log.key_added` events say of its keys.
///
/// A key that takes another's place is believed because the first checkpoint that covers the change bears both
/// signatures: so whoever knows a key of the log can follow it to the later ones. Where the former key was lost and could
/// not sign, only who knows a later one can go on.
struct KeyHistory: Sendable {
    private struct Change: Sendable {
        var position: Int64
        var key: NoteVerifier
    }

    /// Keys that are known from elsewhere.
    private let trusted: [NoteVerifier]
    /// In order of position.
    private var changes: [Change] = []
    /// The last change that a checkpoint was seen to cover.
    private var signedChange = -1
    /// The first change that the former key did not sign, and that no key known from elsewhere stands behind.
    private var brokenAt: Int?
    /// Positions of changes that the former key did not sign.
    private(set) var unvouched: [Int64] = []

    /// - Parameter events: the payloads of the log's `log.key_added` events, in order of position.
    init(events: [(position: Int64, payload: [UInt8])], trusted: [NoteVerifier]) {
        struct Payload: Decodable {
            var key: String
        }
        self.trusted = trusted
        changes = events.compactMap { event in
            guard let payload = try? JSONDecoder().decode(Payload.self, from: Data(event.payload)),
                let key = try? NoteVerifier(vkey: payload.key)
            else { return nil }
            return Change(position: event.position, key: key)
        }
    }

    /// The same history, before any checkpoint was seen: for one that comes out of the order.
    init(_ history: KeyHistory) {
        self = history
        // Whether both keys signed a change is asked of the first checkpoint in the database that covers it.
        signedChange = changes.count
    }

    /// The keys, the present one last; those that were given where the log announces none.
    var keys: [NoteVerifier] { changes.isEmpty ? trusted : changes.map(\.key) }

    /// Whether one of the log's keys is known from elsewhere.
    var isTrusted: Bool { keys.contains { key in trusted.contains(key) } }

    /// Why a checkpoint is not the log's; nil if it is. Checkpoints come in order of size.
    mutating func problem(of checkpoint: SignedCheckpoint) -> String? {
        let size = checkpoint.checkpoint.size
        // A history in which nothing is known from elsewhere may be anybody's.
        let changes = isTrusted || trusted.isEmpty ? changes : []
        let index = changes.lastIndex { $0.position < size }
        let required = index.map { [changes[$0].key] } ?? changes.first.map { [$0.key] } ?? trusted
        guard let name = required.first?.name else { return nil }
        guard (try? checkpoint.note.verify(with: required)) != nil else {
            return "it bears no valid signature of \(required.map(\.vkey).joined(separator: " or "))"
        }
        guard checkpoint.checkpoint.origin.utf8.elementsEqual(name.utf8) else {
            return "it is of another log, \(checkpoint.checkpoint.origin)"
        }
        if let index, index > signedChange {
            for change in max(1, signedChange + 1)...max(1, index) where change <= index {
                checkChange(change, checkpoint)
            }
            signedChange = index
        }
        guard let brokenAt, let index, index >= brokenAt else { return nil }
        return "its key took the place of \(changes[brokenAt - 1].key.vkey), which did not sign the change"
    }

    /// Sees whether both keys signed the first checkpoint that covers a change.
    private mutating func checkChange(_ index: Int, _ checkpoint: SignedCheckpoint) {
        guard (try? checkpoint.note.verify(with: [changes[index - 1].key])) == nil else { return }
        unvouched.append(changes[index].position)
        let known = changes.indices.filter { trusted.contains(changes[$0].key) }
        if let last = known.last, last < index { brokenAt = brokenAt ?? index }
    }
}
