import FoundationEssentials
import Postgres

@testable import AuditLog

/// A log made without a database, sealed, and what is proved of it.
struct ProofSample {
    let events: [RecordedEvent]
    let signer: NoteSigner
    let checkpoint: SignedCheckpoint
    private let tiles: [TileID: Tile]

    var trust: ProofTrust {
        get throws { try ProofTrust(keys: [signer.verifier]) }
    }

    init(_ events: [RecordedEvent] = Sample.log(300), signer: NoteSigner? = nil) throws {
        self.events = events
        self.signer = try signer ?? NoteSigner(name: "example.com/log")
        var edge = TileEdge()
        var tiles: [TileID: Tile] = [:]
        for event in events {
            for tile in edge.append(leaf: Hashes.leaf(event)) { tiles[tile.id] = tile }
        }
        for tile in edge.partialTiles { tiles[tile.id] = tile }
        self.tiles = tiles
        var checkpoint = try SignedCheckpoint(
            Checkpoint(origin: self.signer.name, size: Int64(events.count), root: edge.tree.root))
        try checkpoint.sign(with: self.signer)
        self.checkpoint = checkpoint
    }

    func proof(_ position: Int, showing erasable: EventProof.Erasable? = nil) throws -> EventProof {
        let event = events[position]
        var entry: [UInt8] = []
        Entry.append(event, to: &entry)
        let place = try InclusionProof(index: Int64(position), size: Int64(events.count), tiles: tiles)
        let parts = ErasableParts(salt: event.salt ?? [], personal: event.personal, attachment: event.attachment)
        return EventProof(
            entry: try LogEntry(parsing: entry), payload: event.payload, erasableHash: event.erasableHash,
            erasable: erasable ?? .shown(parts),
            proof: TlogProof(extra: entry, index: event.position, hashes: place.hashes, checkpoint: checkpoint))
    }

    func consistency(from: Int64) throws -> ConsistencyFile {
        let proof = try ConsistencyProof(from: from, to: Int64(events.count), tiles: tiles)
        return ConsistencyFile(from: from, hashes: proof.hashes, checkpoint: checkpoint)
    }

    /// A log whose event at position 1 is a chunk of these rows, and the rows' proofs.
    ///
    /// - Parameter numbers: the rows' numbers in the job, if the payload states them.
    static func chunk(
        _ rows: [String], erased: Set<Int> = [], of numbers: [Int]? = nil, type: String = "job.rows_processed"
    ) throws -> (sample: ProofSample, proofs: [RowProof]) {
        let salt = Sample.salt
        var (edge, tiles, leaves): (TileEdge, [TileID: Tile], [MerkleHash]) = (TileEdge(), [:], [])
        for (index, row) in rows.enumerated() {
            let leaf = RowProof.leaf(nonce: ResultRows.nonce(salt: salt, row: 11 + index), bytes: Array(row.utf8))
            leaves.append(leaf)
            for tile in edge.append(leaf: leaf) { tiles[tile.id] = tile }
        }
        for tile in edge.partialTiles { tiles[tile.id] = tile }
        var events = Sample.log(3)
        events[1].stream.type = "job"
        events[1].type = type
        events[1].payload = JSON(
            #"{"first_row":11,"last_row":\#(10 + rows.count),"#
                + (numbers.map { #""of":[\#($0.map(String.init).joined(separator: ","))],"# } ?? "")
                + #""rows_root":"\#(edge.tree.root.hexadecimal)"}"#)
        events[1].seal()
        let sample = try ProofSample(events)
        let event = try sample.proof(1, showing: .withheld)
        let proofs = try rows.indices.map { index in
            let content: RowProof.Content =
                erased.contains(index)
                ? .erased(leaf: leaves[index])
                : .shown(bytes: Array(rows[index].utf8), nonce: ResultRows.nonce(salt: salt, row: 11 + index))
            let place = try InclusionProof(index: Int64(index), size: Int64(rows.count), tiles: tiles)
            return RowProof(
                row: Int64(numbers?[index] ?? 11 + index), content: content, fields: ["name"], path: place.hashes,
                event: event)
        }
        return (sample, proofs)
    }
}
