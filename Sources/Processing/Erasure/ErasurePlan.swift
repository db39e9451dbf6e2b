package import AuditLog

/// What is to be erased.
package enum ErasureTarget: Sendable {
    /// Every event of a resource; of a user also the login that other events recorded for them.
    case stream(StreamID)
    /// Rows of a job: their results, and their cells in the stored file.
    case rows(Set<Int>, job: Job)
    /// One event.
    case position(Int64)
}

/// What an erasure will do, found out without doing it.
package struct ErasurePlan: Sendable {
    /// What happens to one event.
    enum Step: Sendable {
        case empty
        /// The login goes, the rest stays.
        case removeLogin
        /// The file's hash goes: with the rest of the file known, it would tell what the erased rows were.
        case removeFileHash
        case redactRows(Set<Int>)
        case blank([BlankedRecord])
    }

    /// A step, and the bytes of personal parts and attachments that the event has.
    struct Item: Sendable {
        var position: Int64
        var step: Step
        var bytes: Int64
    }

    /// What stays, and may still say something of what is erased.
    package struct Remaining: Sendable {
        package enum Kind: String, Sendable, CaseIterable {
            /// Reasons of legal holds on it that were placed and released, in words.
            case holdReasons = "hold_reasons"
            /// Reasons of its erasures before, in words.
            case erasureReasons = "erasure_reasons"
            /// Column names and constants in the texts of mappings: payload, which is never erased.
            case mappingTexts = "mapping_texts"
            /// Names of the files that reports and exports of it went into, and the hashes of these.
            case disclosures = "disclosures"
        }
        package var kind: Kind
        package var positions: [Int64]
    }

    package var target: ErasureTarget
    var items: [Item] = []
    /// The user that goes, if it is one and still active: they are deactivated first.
    package var activeUser: Users.User?
    package var remaining: [Remaining] = []

    package var isEmpty: Bool { items.isEmpty }
    /// The events that lose something.
    package var positions: [Int64] { items.map(\.position) }
    /// Events of which nothing personal stays.
    package var emptied: Int { items.count { if case .empty = $0.step { true } else { false } } }
    /// Events that keep something.
    package var redacted: Int { items.count - emptied }
    /// Events of others that lose the user's login.
    package var logins: Int { items.count { if case .removeLogin = $0.step { true } else { false } } }
    /// Bytes of what is emptied.
    package var emptiedBytes: Int64 {
        items.reduce(0) { sum, item in if case .empty = item.step { sum + item.bytes } else { sum } }
    }
    /// Rows of a job that go.
    package var rows: Int {
        items.reduce(0) { sum, item in if case .redactRows(let rows) = item.step { sum + rows.count } else { sum } }
    }
}

/// What an erasure did.
package struct ErasureOutcome: Sendable {
    package var plan: ErasurePlan
    /// The erasure events.
    package var events: [RecordedErasure] = []
}
