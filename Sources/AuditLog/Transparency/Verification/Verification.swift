/// What a verification of a tenant's log found.
package struct Verification: Sendable {
    /// What is wrong at a position.
    package struct Problem: Sendable, Equatable {
        package enum Verdict: String, Sendable {
            /// The row's bytes are not those that its hash was computed from.
            case modified
            /// There is no row where one must be.
            case missing
            /// A row that the log's order cannot hold: a position twice, time or version going back.
            case disordered
        }
        package var position: Int64
        package var verdict: Verdict
        package var detail: String
    }

    /// Events read.
    package var events: Int64 = 0
    /// Events whose personal part, attachment and salt were erased, as an erasure event says; their payload was verified
    /// all the same.
    package var erased: Int64 = 0
    /// Events that lost a part of what was erasable, as an erasure event says; the rest was verified.
    package var redacted: Int64 = 0
    /// Events that an erasure event names and that are whole all the same: was a backup put back? They are no problem of
    /// the log; what had to go is there again.
    package var restored: Int64 = 0
    /// Size of the log, as its head says.
    package var size: Int64 = 0
    /// Root of the Merkle tree over the leaves as computed here.
    package var root = MerkleHash.empty
    /// The first problems that were found, in order of position.
    package var problems: [Problem] = []
    /// All problems, also those that `problems` has no room for.
    package var problemCount: Int64 = 0

    package var isSound: Bool { problemCount == 0 }

    mutating func report(_ position: Int64, _ verdict: Problem.Verdict, _ detail: String) {
        problemCount += 1
        if problems.count < 1000 { problems.append(Problem(position: position, verdict: verdict, detail: detail)) }
    }
}
