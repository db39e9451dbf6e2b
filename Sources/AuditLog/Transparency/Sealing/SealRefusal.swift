/// Why a sealer does not sign, where, and what to do.
package struct SealRefusal: Error, Sendable, Equatable, CustomStringConvertible {
    package struct Code: Sendable, Hashable, RawRepresentable {
        package let rawValue: String

        package init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The log has fewer events than were sealed. Put the events back, from a backup that has them.
        package static let shrank = Code(rawValue: "shrank")
        /// Events that were sealed are not what they were; `position` is the first of them.
        package static let changed = Code(rawValue: "changed")
        /// An event that was not sealed yet is not what its hashes say; `position` is its own.
        package static let unsound = Code(rawValue: "unsound")
        /// The database holds a checkpoint that this log's key has signed and that contradicts the events.
        package static let foreignCheckpoint = Code(rawValue: "foreign_checkpoint")
        /// The log announces another key than the one that is here: it was rotated elsewhere. Bring the new key.
        package static let keyReplaced = Code(rawValue: "key_replaced")
        /// Another session keeps the log's checkpoints locked. End that one; it is tried again.
        static let locked = Code(rawValue: "locked")
        /// There is no key; make one.
        package static let noKey = Code(rawValue: "no_key")
        /// There is a key already, or the log has announced one.
        package static let keyExists = Code(rawValue: "key_exists")
        /// The key can be read by others, or cannot be used.
        package static let unusableKey = Code(rawValue: "unusable_key")
        /// There is a key and no record of what it has signed. Adopt the log as it is, if it is known to be right.
        package static let stateLost = Code(rawValue: "state_lost")
        /// The record of what was signed is there and is no such record. Put it back, or remove it and adopt the log.
        package static let stateDamaged = Code(rawValue: "state_damaged")
        /// The sealer's folder or a file in it cannot be read or written.
        package static let file = Code(rawValue: "file")
    }

    package var code: Code
    package var position: Int64?
    /// What is wrong and what to do.
    package var description: String

    package init(_ code: Code, at position: Int64? = nil, _ description: String) {
        self.code = code
        self.position = position
        self.description = description
    }

    /// Whether what is wrong is wrong with the log, not with the sealer's own files.
    package var isAlarm: Bool { [.shrank, .changed, .unsound, .foreignCheckpoint].contains(code) }
}
