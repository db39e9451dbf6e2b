/// Why a proof cannot be made, or does not hold.
package struct ProofError: Error, Hashable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// The file is none of those that `log prove` and `log export` write, or is damaged.
        case malformed
        /// It is a proof, and what it claims is not so.
        case refuted
        /// The log has signed nothing that covers it yet: seal, and ask again.
        case notSealed
        /// There is no such event, row or checkpoint.
        case unknown
        /// What the database holds is not what was sealed: verify the log.
        case unsound
        /// The folder of an export is not one that can be gone on with.
        case folder
    }

    package let code: Code
    /// One sentence without its full stop.
    package let description: String

    package init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    static func malformed(_ description: String) -> ProofError { ProofError(.malformed, description) }
    static func refuted(_ description: String) -> ProofError { ProofError(.refuted, description) }
}
