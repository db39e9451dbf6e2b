import Foundation

/// Which keys must have signed a checkpoint: what the log's `log.key_added` events say of its keys.
///
/// A key that takes another's place is believed because the first checkpoint that covers the change bears both
/// signatures: so whoever knows any key of the log can follow it to the others.
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
        guard !keys.isEmpty else { return nil }
        let size = checkpoint.checkpoint.size
        var required: [NoteVerifier]
        if let index = changes.lastIndex(where: { $0.position < size }) ?? (changes.isEmpty ? nil : 0) {
            required = [changes[index].key]
            if index > 0, index > signedChange, changes[index].position < size {
                required.append(changes[index - 1].key)
            }
            if changes[index].position < size { signedChange = max(signedChange, index) }
        } else {
            required = trusted
        }
        guard let verified = try? checkpoint.note.verify(with: required), let first = verified.first else {
            return "it bears no valid signature of \(required.map(\.vkey).joined(separator: " or "))"
        }
        guard changes.isEmpty || verified.count == required.count else {
            return "it is the first under a new key, and only \(first.vkey) signed it: both keys must"
        }
        guard checkpoint.checkpoint.origin.utf8.elementsEqual(first.name.utf8) else {
            return "it is of another log, \(checkpoint.checkpoint.origin)"
        }
        return nil
    }
}
