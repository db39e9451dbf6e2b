/// Why a witness has not cosigned a checkpoint.
package struct SubmissionFailure: Error, Sendable, Equatable, CustomStringConvertible {
    package struct Code: Sendable, Hashable, RawRepresentable {
        package let rawValue: String

        package init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// It does not answer, or says that it cannot now. Tried again by itself.
        package static let away = Code(rawValue: "away")
        /// It does not know the log. Its operator has to be given origin and key.
        package static let unknownLog = Code(rawValue: "unknown_log")
        /// It knows the log by another key. Its operator has to be given the present one.
        package static let notTrusted = Code(rawValue: "not_trusted")
        /// Its answer is not one that the protocol allows, or its signature is wrong.
        package static let badAnswer = Code(rawValue: "bad_answer")
        /// It has cosigned a checkpoint that this log contradicts: there are two histories under one name.
        package static let fork = Code(rawValue: "fork")
        /// It has cosigned a longer log than there is here: this one was cut, or there are two.
        package static let ahead = Code(rawValue: "ahead")
        /// The stored tiles do not make the checkpoint, so that nothing can be proved to it.
        package static let unprovable = Code(rawValue: "unprovable")

        /// Whether the log is in doubt, not just the witness.
        package var isAlarm: Bool { [.fork, .ahead, .unprovable].contains(self) }
    }

    package let code: Code
    /// One sentence without its full stop: what is wrong, and what to do.
    package let description: String

    package init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
