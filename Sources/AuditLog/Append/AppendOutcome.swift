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
