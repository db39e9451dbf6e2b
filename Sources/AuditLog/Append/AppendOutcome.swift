/// What became of one append.
package enum AppendOutcome: Sendable, Equatable {
    /// Its events are in the log, at these positions.
    case appended(ClosedRange<Int64>)
    /// A retry: its events were there already, at these positions, with the same content.
    case known(ClosedRange<Int64>)
    /// A stream was not at the expected version; nothing was appended.
    case conflict(String)
    /// An event id was used before with other content; nothing was appended.
    case mismatch(String)

    /// The positions, or an error that says why there are none.
    package func positions() throws(AppendError) -> ClosedRange<Int64> {
        switch self {
        case .appended(let positions), .known(let positions): return positions
        case .conflict(let message): throw AppendError(.conflict, message)
        case .mismatch(let message): throw AppendError(.mismatch, message)
        }
    }
}

/// An append that the log refused.
package struct AppendError: Error, CustomStringConvertible {
    package struct Code: Sendable, Hashable {
        let name: String
        /// Somebody else changed the resource first: read it again and decide again.
        package static let conflict = Code(name: "conflict")
        /// An event id was used for something else: a defect of the caller.
        package static let mismatch = Code(name: "mismatch")
        /// Too much waits to be appended already, and nothing of this was: try again in a moment, or send less at once.
        package static let queueFull = Code(name: "queueFull")
        /// The log's answer cannot be understood: the database has another version of `audit_append`.
        package static let protocolViolation = Code(name: "protocolViolation")
    }

    package var code: Code
    package var description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}

extension AppendOutcome {
    /// Reads a line of `audit_append`'s answer.
    init(_ outcome: String, first: Int64?, last: Int64?, message: String?) throws(AppendError) {
        switch (outcome, first, last) {
        case ("appended", let first?, let last?): self = .appended(first...last)
        case ("known", let first?, let last?): self = .known(first...last)
        case ("conflict", _, _): self = .conflict(message ?? "")
        case ("mismatch", _, _): self = .mismatch(message ?? "")
        default: throw AppendError(.protocolViolation, "audit_append answered \"\(outcome)\": run atlas2 migrate up")
        }
    }
}
