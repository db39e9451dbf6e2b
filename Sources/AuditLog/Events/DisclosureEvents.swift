/// Something of the log is about to be given to somebody: a report, or an export. Appended before the first byte leaves.
///
/// On a stream of its own, which ends with ``DisclosureCompleted`` or ``DisclosureFailed``; where neither follows, the
/// process died, and what left is not known.
package struct DisclosureMade: Event {
    package enum Kind: String, Codable, Sendable {
        /// Written for people: audit, activity, jobs or access.
        case report
        /// The records themselves: results or errors of a job, or events.
        case export
    }
    package struct Payload: Codable, Sendable, Equatable {
        package var kind: Kind
        /// Which report, or what was exported: `audit`, `results` …
        package var what: String
        /// csv, json or html.
        package var format: String
        /// Events recorded from then on; nil: from the first.
        package var since: String?
        /// Events recorded before then; nil: to the last.
        package var until: String?
        /// Only what this user did.
        package var userID: String?
        /// Only this resource, as `job/<uuid>`; of an export of results or errors the job.
        package var stream: String?
        /// Only these, as codes: event types, the status of rows.
        package var only: String?
        /// The first position of an export of events.
        package var from: Int64?
        /// At most so many records.
        package var limit: Int64?
        /// The size of the log that it was made of.
        package var head: Int64

        package enum CodingKeys: String, CodingKey {
            case kind
            case what
            case format
            case since
            case until
            case userID = "user_id"
            case stream
            case only
            case from
            case limit
            case head
        }

        package init(_ kind: Kind, _ what: String, format: String, head: Int64) {
            self.kind = kind
            self.what = what
            self.format = format
            self.head = head
        }
    }
    package struct Personal: Codable, Sendable {
        /// Of the file that it went into.
        package var fileName: String

        package enum CodingKeys: String, CodingKey {
            case fileName = "file_name"
        }
    }
    package static let type = "disclosure.made"
    package var payload: Payload
    package var personal: Personal?

    /// - Parameter fileName: nil where it went to standard output.
    package init(_ payload: Payload, fileName: String?) {
        self.payload = payload
        personal = fileName.map(Personal.init)
    }
}

/// How much has left.
package struct DisclosedAmount: Codable, Sendable, Equatable {
    package var rows: Int64
    package var bytes: Int64

    package init(rows: Int64, bytes: Int64) {
        self.rows = rows
        self.bytes = bytes
    }
}

/// What identifies the bytes that left. Erasable, because it would tell what an erased row among known ones was.
package struct DisclosedContent: Codable, Sendable {
    /// Hexadecimal.
    package var sha256: String
}

/// All of it was written.
package struct DisclosureCompleted: Event {
    package static let type = "disclosure.completed"
    package var payload: DisclosedAmount
    package var personal: DisclosedContent?

    package init(_ amount: DisclosedAmount, sha256: String) {
        payload = amount
        personal = DisclosedContent(sha256: sha256)
    }
}

/// It ended before all of it was written; what had left by then stays where it went.
package struct DisclosureFailed: Event {
    package struct Reason: Codable, Sendable {
        /// As a code: reader_gone, interrupted or error.
        package var reason: String
    }
    package static let type = "disclosure.failed"
    package var payload: Joined<DisclosedAmount, Reason>
    package var personal: DisclosedContent?

    package init(reason: String, _ amount: DisclosedAmount, sha256: String) {
        payload = Joined(amount, Reason(reason: reason))
        personal = DisclosedContent(sha256: sha256)
    }
}
