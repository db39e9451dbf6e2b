/// A size and a root that the log must agree with: somebody signed it, or wrote it down, when the log was that long.
package struct Anchor: Sendable, Hashable {
    /// Where it comes from.
    package enum Source: Sendable, Hashable {
        /// A checkpoint in the database.
        case stored
        /// The sealer's own record, outside the database.
        case sealer
        /// A checkpoint in somebody's hands, by the name under which it was given.
        case given(String)
    }

    package var source: Source
    package var size: Int64
    package var root: MerkleHash

    package init(_ source: Source, size: Int64, root: MerkleHash) {
        self.source = source
        self.size = size
        self.root = root
    }

    /// `the database's own checkpoint of 1,000 events`
    package var description: String {
        switch source {
        case .stored: "the database's own checkpoint of \(size.counting("event"))"
        case .sealer: "the sealer's record of \(size.counting("event"))"
        case .given(let name): "the checkpoint of \(size.counting("event")) in \(name)"
        }
    }
}
