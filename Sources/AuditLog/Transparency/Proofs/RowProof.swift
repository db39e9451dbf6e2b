import Foundation
package import FoundationEssentials
package import Postgres

/// One row of a job's results as it can be shown to somebody who has nothing but the log's key, and who is to see none
/// of the other rows.
package struct RowProof: Sendable {
    /// What is shown of the row.
    package enum Content: Sendable, Hashable {
        /// Its bytes, and the 16 that hide them in the row's leaf.
        case shown(bytes: [UInt8], nonce: [UInt8])
        /// They were erased; the leaf stays.
        case erased(leaf: MerkleHash)
    }

    /// From 1, as the job counts rows.
    package var row: Int64
    package var content: Content
    /// The names of an accepted row's values; proved where the payload states them too.
    package var fields: [String]
    /// From the row's leaf to the root over the chunk's rows.
    package var path: [MerkleHash]
    package var entry: LogEntry
    /// The chunk's payload, byte for byte.
    package var payload: JSON
    package var erasableHash: [UInt8]
    package var proof: TlogProof

    package init(
        row: Int64, content: Content, fields: [String], path: [MerkleHash], event: EventProof
    ) {
        self.row = row
        self.content = content
        self.fields = fields
        self.path = path
        entry = event.entry
        payload = event.payload
        erasableHash = event.erasableHash
        proof = event.proof
    }

    /// The job, as the entry says it.
    package var job: UUID { entry.stream.id }

    /// The leaf of a row: its data is 16 bytes and the row's own.
    package static func leaf(nonce: [UInt8], bytes: some Collection<UInt8>) -> MerkleHash {
        .leaf(nonce + bytes)
    }

    private var leaf: MerkleHash {
        switch content {
        case .shown(let bytes, let nonce): Self.leaf(nonce: nonce, bytes: bytes)
        case .erased(let leaf): leaf
        }
    }
}

extension RowProof {
    private struct Chunk: Decodable {
        var firstRow: Int64
        var lastRow: Int64
        var rowsRoot: String
        /// Payloads of version 1 do not state them.
        var fields: [String]?
        /// Of rows that were fixed, their numbers in the job.
        var of: [Int64]?

        /// Where the job's row stands in the chunk.
        func index(of row: Int64) -> Int64? {
            if let of { return of.firstIndex(of: row).map(Int64.init) }
            return row >= firstRow && row <= lastRow ? row - firstRow : nil
        }
    }

    /// Checks everything that the proof says.
    package func check(_ trust: ProofTrust) throws -> ProofReport {
        var report = try proof.report(of: entry, trust: trust)
        guard Hashes.commitment(payload: payload, erasable: erasableHash) == entry.commitment else {
            throw ProofError.refuted("payload and erasable hash are not those that the entry commits to")
        }
        guard ["job.rows_processed", "job.rows_fixed"].contains(entry.type), entry.stream.type == "job" else {
            throw ProofError.refuted("the event holds no rows: it is \(entry.type)")
        }
        let chunk = try ProofFile.decode(Chunk.self, payload.bytes)
        guard let root = MerkleHash(hexadecimal: chunk.rowsRoot), chunk.firstRow >= 1,
            chunk.lastRow >= chunk.firstRow, chunk.lastRow - chunk.firstRow < 1 << 31,
            (entry.type == "job.rows_fixed") == (chunk.of != nil)
        else { throw ProofError.malformed("the payload is not that of a chunk of rows") }
        let size = chunk.lastRow - chunk.firstRow + 1
        guard let index = chunk.index(of: row), index < size else {
            throw ProofError.refuted(
                chunk.of == nil
                    ? "the chunk has rows \(chunk.firstRow) to \(chunk.lastRow), and not \(row)"
                    : "the chunk has no row \(row)")
        }
        let place = InclusionProof(index: index, size: size, hashes: path)
        guard place.verify(leaf: leaf, root: root) else {
            throw ProofError.refuted("row \(row) is not what the chunk's rows_root was made of")
        }
        guard chunk.fields.map({ $0.isIdentical(to: fields) }) ?? true else {
            throw ProofError.refuted("the names of the fields are not those that the payload states")
        }
        report.parts = [
            .init(name: "entry", verdict: .proved, detail: entry.text),
            .init(name: "payload", verdict: .proved, detail: payload.text),
        ]
        switch content {
        case .shown(let bytes, _):
            report.parts.append(
                .init(name: "row \(row)", verdict: .proved, detail: String(decoding: bytes, as: UTF8.self)))
            let names = fields.joined(separator: ", ")
            report.parts.append(
                chunk.fields == nil
                    ? .init(
                        name: "names of the fields", verdict: .notProved,
                        detail: names + " (the mapping's version says them, and can be proved)")
                    : .init(name: "names of the fields", verdict: .proved, detail: names))
        case .erased:
            report.parts.append(
                .init(
                    name: "row \(row)", verdict: .erased,
                    detail: "that it had a result is proved; which one, and that it was erased, is not"))
        }
        report.parts.append(.init(name: "the other rows", verdict: .withheld, detail: "their hashes stand for them"))
        return report
    }
}

extension RowProof {
    static let format = "atlas2/row-proof/v1"

    /// The proof as a file that people can read.
    package var document: String {
        var (value, nonce): (String?, String?)
        if case .shown(let bytes, let salt) = content {
            (value, nonce) = (String(decoding: bytes, as: UTF8.self), salt.hexadecimal)
        }
        return ReadableJSON.object([
            ("format", .string(Self.format)),
            ("job", .string(job.text)),
            ("row", .integer(row)),
            ("value", .optional(value)),
            ("erased", .boolean(value == nil)),
            ("fields", .strings(fields)),
            ("nonce", .optional(nonce)),
            ("row_leaf_hash", .string(leaf.hexadecimal)),
            ("rows_path", .strings(path.map(\.hexadecimal))),
            ("payload", .string(payload.text)),
            ("erasable_hash", .string(erasableHash.hexadecimal)),
            ("entry", .string(entry.text)),
            ("leaf_hash", .string(entry.leaf.hexadecimal)),
            ("proof", .string(proof.encoded)),
            ("how_to_check", .strings(Self.howToCheck)),
        ]).text
    }

    /// For those who check by hand; ‖ joins bytes.
    private static let howToCheck = [
        "row_leaf_hash = SHA-256(0x00 ‖ nonce ‖ value)",
        "rows_path leads from row_leaf_hash, at index row − first_row (of rows that were fixed: the place of row in the payload's of) of last_row − first_row + 1, to the payload's rows_root (RFC 9162, section 2.1.3.2)",
        "the entry's commitment = SHA-256(\"atlas2/payload/v1\\n\" ‖ SHA-256(payload) ‖ erasable_hash)",
        "leaf_hash = SHA-256(0x00 ‖ entry)",
        "proof (c2sp.org/tlog-proof) leads from leaf_hash to the root in the checkpoint at its end, which the log has signed",
        "fields are the names of an accepted row's values, in order: proved where the payload states the same",
        "atlas2 log verify --proof FILE --key KEY does it all; have KEY from somebody you trust, not from this file",
    ]

    private struct Document: Decodable {
        var job: String
        var row: Int64
        var value: String?
        var fields: [String]
        var nonce: String?
        var rowLeafHash: String
        var rowsPath: [String]
        var payload: String
        var erasableHash: String
        var entry: String
        var leafHash: String
        var proof: String
    }

    init(document bytes: [UInt8]) throws {
        let document = try ProofFile.decode(Document.self, bytes)
        row = document.row
        fields = document.fields
        path = try document.rowsPath.map { try ProofFile.hash($0, "rows_path") }
        entry = try LogEntry(parsing: Array(document.entry.utf8))
        payload = JSON(document.payload)
        erasableHash = try ProofFile.hash(document.erasableHash, "erasable_hash").bytes
        proof = try TlogProof(parsing: document.proof)
        let stated = try ProofFile.hash(document.rowLeafHash, "row_leaf_hash")
        if let value = document.value {
            guard let nonce = document.nonce.flatMap({ [UInt8](hexadecimal: $0) }), nonce.count == 16 else {
                throw ProofError.malformed("the nonce is not 16 bytes of hexadecimal text")
            }
            content = .shown(bytes: Array(value.utf8), nonce: nonce)
        } else {
            content = .erased(leaf: stated)
        }
        guard leaf == stated else { throw ProofError.refuted("row_leaf_hash is not the hash of nonce and value") }
        guard document.leafHash == entry.leaf.hexadecimal else {
            throw ProofError.refuted("leaf_hash is not the hash of the entry")
        }
        guard document.job == job.text else { throw ProofError.refuted("the entry is of another job: \(job.text)") }
    }
}
