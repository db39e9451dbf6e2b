import FoundationEssentials
import Postgres

/// Reads events of a log by position and recomputes from each row what its hashes must be.
struct RowReader {
    let session: Session
    let tenant: UUID

    /// An event that lost its erasable parts, or has others than it was appended with: right if an erasure says so.
    struct Doubt {
        var position: Int64
        var stream: StreamID
        /// The erasable hash of what is there now; nil where nothing is left.
        var erasableHash: [UInt8]?
    }

    /// The columns without what an entry holds only by its commitment.
    private static let entryColumns = RecordedEvent.columns
        .replacing("payload, personal, attachment, salt", with: "'{}'::json, NULL::json, NULL::bytea, NULL::bytea")

    /// Gives the leaf of each event, recomputed from its header columns and its commitment.
    ///
    /// - Throws: `SealRefusal` with `code` where there is no event at a position, or two.
    func entries(_ range: Range<Int64>, code: SealRefusal.Code, _ body: (Int64, MerkleHash) throws -> Void) throws {
        var next = range.lowerBound
        while next < range.upperBound {
            let end = min(range.upperBound, next + 4096)
            let page = try session.query(
                """
                SELECT \(raw: Self.entryColumns) FROM audit_logs
                WHERE tenant_id = \(tenant) AND position >= \(next) AND position < \(end) ORDER BY position, recorded_at
                """
            ) { row in
                let event = try RecordedEvent(row)
                return (event.position, Hashes.leaf(event))
            }
            for (position, leaf) in page {
                try Self.expect(position, at: &next, code)
                try body(position, leaf)
            }
            guard next == end else { throw Self.missing(next, code) }
        }
    }

    /// Gives each event with its leaf, recomputed from all that the row holds.
    ///
    /// - Parameter weight: bytes of payloads and attachments, as they are stored, after which no further event is begun.
    /// - Returns: the position behind the last event.
    /// - Throws: `SealRefusal` with `code` where there is no event, or two, or one that disagrees with its hashes.
    func events(
        _ range: Range<Int64>, weight: Int64? = nil, code: SealRefusal.Code,
        _ body: (RecordedEvent, MerkleHash) throws -> Void
    ) throws -> Int64 {
        var next = range.lowerBound
        var doubts: [Doubt] = []
        try session.forEach(statement(range, weight: weight)) { row in
            let event = try RecordedEvent(row)
            try Self.expect(event.position, at: &next, code)
            let leaf = Hashes.leaf(event)
            if let problem = Self.problem(of: event, leaf) {
                throw SealRefusal(
                    code, at: event.position,
                    "the event at position \(event.position) is not what its hashes say (\(problem)): atlas2 log verify tells more; put the row back from a backup"
                )
            }
            if let doubt = Self.doubt(of: event) { doubts.append(doubt) }
            try body(event, leaf)
        }
        guard next == range.upperBound || weight != nil && next > range.lowerBound else {
            throw Self.missing(next, code)
        }
        try resolve(doubts, code)
        return next
    }

    private func statement(_ range: Range<Int64>, weight: Int64?) -> SQL {
        let condition: SQL = """
            tenant_id = \(tenant) AND position >= \(range.lowerBound) AND position < \(range.upperBound)
            """
        guard let weight else {
            return
                "SELECT \(raw: RecordedEvent.columns) FROM audit_logs WHERE \(sql: condition) ORDER BY position, recorded_at"
        }
        // What a value takes up is known without reading it.
        return """
            SELECT \(raw: RecordedEvent.columns) FROM (
                SELECT *, sum(pg_column_size(payload) + coalesce(pg_column_size(attachment), 0))
                          OVER (ORDER BY position ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
                FROM audit_logs WHERE \(sql: condition)
            ) e WHERE before IS NULL OR before < \(weight) ORDER BY position, recorded_at
            """
    }

    private static func expect(_ position: Int64, at next: inout Int64, _ code: SealRefusal.Code) throws {
        guard position >= next else {
            throw SealRefusal(
                code, at: position, "there are two events at position \(position): atlas2 log verify tells more")
        }
        guard position == next else { throw missing(next, code) }
        next += 1
    }

    private static func missing(_ position: Int64, _ code: SealRefusal.Code) -> SealRefusal {
        SealRefusal(
            code, at: position,
            "there is no event at position \(position), and there are later ones: put it back from a backup")
    }

    private static func problem(of event: RecordedEvent, _ leaf: MerkleHash) -> String? {
        if Hashes.commitment(payload: event.payload, erasable: event.erasableHash) != event.commitment {
            return "payload or its commitment"
        }
        if event.salt == nil, event.personal != nil || event.attachment != nil {
            return "the salt is gone and erasable parts are not"
        }
        return leaf.bytes == event.leafHash ? nil : "a column of the entry, or the leaf hash"
    }

    private static func doubt(of event: RecordedEvent) -> Doubt? {
        guard let salt = event.salt else { return Doubt(position: event.position, stream: event.stream) }
        let hash = Hashes.erasable(salt: salt, personal: event.personal, attachment: event.attachment)
        return hash == event.erasableHash
            ? nil : Doubt(position: event.position, stream: event.stream, erasableHash: hash)
    }
}
