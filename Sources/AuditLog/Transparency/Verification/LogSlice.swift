import FoundationEssentials
import Postgres

/// Rows of a log, one after the other, each checked by itself: what is left to do is to compare them with each other, with
/// the tree and with what was signed. Slices can be made at once, on any number of threads.
struct LogSlice: Sendable {
    /// What a row is, apart from what it says.
    struct Row: Sendable {
        var position: Int64
        var recordedAt: Timestamp
        var version: Int64
        var streamID: UUID
        /// As computed from the row.
        var leaf: MerkleHash
        /// The number of its kind in the slice.
        var kind: Int32
        var flaws: Flaws
    }

    /// What a row shows without the rest of the log.
    struct Flaws: OptionSet, Sendable {
        let rawValue: UInt8
        /// Payload and erasable hash do not make the commitment.
        static let payload = Flaws(rawValue: 1)
        /// The columns do not make the leaf hash, or cannot be those of an event.
        static let entry = Flaws(rawValue: 2)
        /// Salt gone, erasable parts not.
        static let unsalted = Flaws(rawValue: 4)
        /// Personal part, attachment and salt are gone: right if an erasure event says so.
        static let emptied = Flaws(rawValue: 8)
        /// The erasable parts are others than those that the hash was computed from: right if an erasure event says so.
        static let replaced = Flaws(rawValue: 16)
    }

    /// What few rows have.
    struct Detail: Sendable {
        /// The leaf hash that the row holds, where it is not that of its columns.
        var statedLeaf: MerkleHash?
        /// The hash of the erasable parts, where it is not the row's.
        var replacement: [UInt8]?
        /// What proves what an erasure left; of an event that is not replaced nothing has to.
        var remainder = Remainder.proved
        /// What an erasure event says.
        var erasure: Erasure?
    }

    private(set) var rows: [Row] = []
    private(set) var kinds = EventKinds()
    /// By the row's index.
    private(set) var details: [Int: Detail] = [:]
    /// The stored tiles of leaves under the slice's positions, by index: their hashes, one after the other.
    var tiles: [Int64: [UInt8]] = [:]

    /// - Parameter capacity: rows to make room for.
    init(capacity: Int = 0) {
        rows.reserveCapacity(capacity)
    }

    /// Recomputes what a row's hashes must be.
    mutating func append(_ row: LogRow) {
        var flaws: Flaws = []
        var detail: Detail?
        let kind = kinds.number(of: row)
        if let salt = row.salt {
            let hash = Hashes.erasable(salt: salt, personal: row.personal, attachment: row.attachment)
            if !hash.withBytes(row.erasableHash.isEqual) {
                flaws.insert(.replaced)
                detail = Detail(replacement: hash.bytes, remainder: Remainder(of: RecordedEvent(row)))
            }
        } else {
            flaws.insert(row.personal != nil || row.attachment != nil ? .unsalted : .emptied)
        }
        let commitment = Hashes.commitment(payload: row.payload, erasable: row.erasableHash)
        if !commitment.withBytes(row.commitment.isEqual) { flaws.insert(.payload) }
        let leaf = Hashes.leaf(row)
        if !leaf.withBytes(row.leafHash.isEqual) || !kinds.all[Int(kind)].isWellFormed || !row.recordedAt.isFinite {
            flaws.insert(.entry)
            detail = detail ?? Detail()
            detail?.statedLeaf = MerkleHash(row.leafHash)
        } else if flaws.isDisjoint(with: .payload), kinds.all[Int(kind)].isErasure {
            detail = detail ?? Detail()
            detail?.erasure = Erasure(RecordedEvent(row))
        }
        if let detail { details[rows.count] = detail }
        rows.append(
            Row(
                position: row.position, recordedAt: row.recordedAt, version: row.version, streamID: row.streamID,
                leaf: leaf, kind: kind, flaws: flaws))
    }

    /// Recomputes what an event's hashes must be.
    mutating func append(_ event: RecordedEvent) {
        event.withRow { append($0) }
    }
}

extension EventKind {
    /// Whether its events say what was erased from their stream.
    var isErasure: Bool { type.utf8.elementsEqual((streamType + ".erased").utf8) }
}
