/// What a verification of a tenant's log found.
package struct Verification: Sendable {
    /// What is wrong at a position.
    package struct Problem: Sendable, Equatable {
        package enum Verdict: String, Sendable {
            /// The row's bytes are not those that its hash was computed from, or not those that were sealed.
            case modified
            /// There is no row where one must be.
            case missing
            /// A row that the log's order cannot hold: a position twice, time or version going back.
            case disordered
            /// What was signed does not fit the events from this position on, and none of them shows which.
            case contradicted
            /// A checkpoint that the log's key did not sign; the position is that of the last event that it covers.
            case unsigned
            /// A stored tile that does not fit the events, which fit what was signed: they are right, it is not.
            case tile
        }
        package var position: Int64
        package var verdict: Verdict
        package var detail: String
    }

    /// The events of one stream type in one month, by verdict.
    package struct Group: Sendable, Hashable {
        /// `2026-11`
        package var month: String
        package var streamType: String
        package var events: Int64 = 0
        /// Right, and covered by what was signed.
        package var verified: Int64 = 0
        /// Right by themselves; nothing that was signed bears them out yet.
        package var unsealed: Int64 = 0
        package var erased: Int64 = 0
        package var redacted: Int64 = 0
        package var modified: Int64 = 0
        package var disordered: Int64 = 0
    }

    /// An erasure, as its event says it.
    package struct ErasureRecord: Sendable, Equatable {
        package var position: Int64
        package var stream: String
        package var recordedAt: String
        package var basis: String
        package var emptied: Int64
        package var redacted: Int64
    }

    /// A witness, and how far what it cosigned covers the log.
    package struct WitnessRecord: Sendable, Equatable {
        package var key: NoteVerifier
        /// The log announces it, and did not take that back.
        package var isAnnounced = false
        /// Its key was given by who verifies.
        package var isGiven = false
        /// Of the greatest checkpoint that it has cosigned; nil for none.
        package var size: Int64?
        /// When it says it cosigned that one, in Unix seconds.
        package var time: UInt64?
    }

    /// Events read.
    package var events: Int64 = 0
    /// Events whose personal part, attachment and salt were erased, as an erasure event says; their payload was verified
    /// all the same.
    package var erased: Int64 = 0
    /// Events that lost a part of what was erasable, as an erasure event says; the rest was verified.
    package var redacted: Int64 = 0
    /// Redacted events of which something is left that nothing proves: members of a personal part, and what payloads of
    /// version 1 state no root for. That it stood there before is only what the erasure says.
    package var unproved: Int64 = 0
    /// Events that an erasure event names and that are whole all the same: was a backup put back? They are no problem of
    /// the log; what had to go is there again.
    package var restored: Int64 = 0
    /// Positions without an event.
    package var missing: Int64 = 0
    /// Size of the log, as its head says.
    package var size: Int64 = 0
    /// Root of the Merkle tree over the leaves as computed here; of events that are wrong or missing as they were sealed.
    package var root = MerkleHash.empty
    /// The first problems that were found, in order of position.
    package var problems: [Problem] = []
    /// All problems, also those that `problems` has no room for.
    package var problemCount: Int64 = 0
    /// By month and stream type.
    package var groups: [Group] = []
    /// The first erasures, in order of position.
    package var erasures: [ErasureRecord] = []
    package var erasureCount: Int64 = 0
    /// The greatest size up to which something that was signed or recorded bears the events out.
    package var sealedSize: Int64 = 0
    /// What agreed with the log, the greatest of each source.
    package var agreements: [Anchor] = []
    /// Checkpoints in the database.
    package var checkpoints: Int64 = 0
    /// The latest of them that is signed and fits, as the log signed it.
    package var checkpoint: String?
    /// Those that the log announces or announced, and those that were given.
    package var witnesses: [WitnessRecord] = []
    /// How many of them were asked for, and the size of the greatest checkpoint that so many have cosigned.
    package var quorum = 0
    package var witnessedSize: Int64 = 0
    /// What was asked for and could not be done: a checkpoint of another log, witnesses that have not cosigned. It says
    /// nothing against the log.
    package var unmet: [String] = []
    /// The keys, as vkeys, that signed, the present one last; empty if no key was given.
    package var keys: [String] = []
    /// What nobody can conclude from this, in sentences.
    package var notProved: [String] = []

    package var isSound: Bool { problemCount == 0 }
    /// Right, and covered by what was signed.
    package var verified: Int64 { groups.reduce(0) { $0 + $1.verified } }
    /// Right by themselves, and not sealed yet.
    package var unsealed: Int64 { groups.reduce(0) { $0 + $1.unsealed } }
    package var modified: Int64 { groups.reduce(0) { $0 + $1.modified } }
    package var disordered: Int64 { groups.reduce(0) { $0 + $1.disordered } }

    /// How many problems and erasures are named one by one.
    package static let shownAtMost = 1000

    mutating func report(_ position: Int64, _ verdict: Problem.Verdict, _ detail: String, count: Int64 = 1) {
        problemCount += count
        if problems.count < Self.shownAtMost {
            problems.append(Problem(position: position, verdict: verdict, detail: detail))
        }
    }
}
