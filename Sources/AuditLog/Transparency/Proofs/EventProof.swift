import Foundation
package import Postgres

/// One event as it can be shown to somebody who has nothing but the log's key: entry, content, and the way to a signed
/// checkpoint.
package struct EventProof: Sendable {
    /// What is shown of personal part and attachment.
    package enum Erasable: Sendable, Hashable {
        /// All that was appended.
        case shown(ErasableParts)
        /// Gone, as the erasure event at `by` says.
        case erased(by: Int64?)
        /// What an erasure left, and the erasure event that states its hash.
        case redacted(ErasableParts, by: Int64?)
        /// Not shown, by the wish of who made the proof.
        case withheld
    }

    package var entry: LogEntry
    /// Byte for byte.
    package var payload: JSON
    package var erasableHash: [UInt8]
    package var erasable: Erasable
    package var proof: TlogProof

    package init(
        entry: LogEntry, payload: JSON, erasableHash: [UInt8], erasable: Erasable, proof: TlogProof
    ) {
        self.entry = entry
        self.payload = payload
        self.erasableHash = erasableHash
        self.erasable = erasable
        self.proof = proof
    }
}

/// What an erasure takes: personal part, attachment, and the salt that hides both.
package struct ErasableParts: Sendable, Hashable {
    package var salt: [UInt8]
    package var personal: JSON?
    package var attachment: [UInt8]?

    package init(salt: [UInt8], personal: JSON?, attachment: [UInt8]?) {
        self.salt = salt
        self.personal = personal
        self.attachment = attachment
    }

    package var hash: [UInt8] { Hashes.erasable(salt: salt, personal: personal, attachment: attachment) }
}

extension EventProof {
    /// Checks everything that the proof says.
    package func check(_ trust: ProofTrust) throws -> ProofReport {
        var report = try proof.report(of: entry, trust: trust)
        guard Hashes.commitment(payload: payload, erasable: erasableHash) == entry.commitment else {
            throw ProofError.refuted("payload and erasable hash are not those that the entry commits to")
        }
        report.parts = [
            .init(name: "entry", verdict: .proved, detail: entry.text),
            .init(name: "payload", verdict: .proved, detail: payload.text),
            try erasablePart(),
        ]
        return report
    }

    private func erasablePart() throws -> ProofReport.Part {
        let name = "personal part and attachment"
        switch erasable {
        case .shown(let parts):
            guard parts.hash == erasableHash else {
                throw ProofError.refuted("personal part, attachment and salt are not those that the entry commits to")
            }
            return .init(name: name, verdict: .proved, detail: Self.describe(parts))
        case .erased(let by):
            return .init(name: name, verdict: .erased, detail: by.map { "by the event at position \($0)" } ?? "")
        case .redacted(let parts, let by):
            return .init(
                name: name, verdict: .redacted,
                detail: """
                    what is shown has the hash \(parts.hash.hexadecimal), which the erasure event at position \
                    \(by.map(String.init) ?? "?") must state: have that proved too; \(try provenance(of: parts))
                    """)
        case .withheld:
            return .init(name: name, verdict: .withheld, detail: "the hash \(erasableHash.hexadecimal) stands for them")
        }
    }

    /// What speaks for it that what an erasure left stood there before.
    private func provenance(of parts: ErasableParts) throws -> String {
        var event = entry.event
        event.payload = payload
        (event.salt, event.personal, event.attachment) = (parts.salt, parts.personal, parts.attachment)
        switch Remainder(of: event) {
        case .proved: return "the payload proves that it stood there before"
        case .unproved: return "that all of it stood there before is not proved"
        case .wrong(let problem): throw ProofError.refuted(problem)
        }
    }

    private static func describe(_ parts: ErasableParts) -> String {
        let attachment = parts.attachment.map { "an attachment of \($0.count.counting("byte"))" }
        return [parts.personal?.text, attachment].compactMap(\.self).joined(separator: ", and ")
    }
}

extension EventProof {
    static let format = "atlas2/event-proof/v1"

    /// The proof as a file that people can read.
    package var document: String {
        var (state, by, parts): (String, Int64?, ErasableParts?) = ("withheld", nil, nil)
        switch erasable {
        case .shown(let shown): (state, parts) = ("shown", shown)
        case .erased(let position): (state, by) = ("erased", position)
        case .redacted(let left, let position): (state, by, parts) = ("redacted", position, left)
        case .withheld: break
        }
        return ReadableJSON.object([
            ("format", .string(Self.format)),
            ("entry", .string(entry.text)),
            ("leaf_hash", .string(entry.leaf.hexadecimal)),
            ("payload", .string(payload.text)),
            ("erasable_hash", .string(erasableHash.hexadecimal)),
            ("erasable_parts", .string(state)),
            ("erased_by", by.map { .integer($0) } ?? .null),
            ("salt", .optional(parts?.salt.hexadecimal)),
            ("personal", .optional(parts?.personal?.text)),
            ("attachment", .optional(parts?.attachment.map(Base64.encode))),
            ("proof", .string(proof.encoded)),
            ("how_to_check", .strings(Self.howToCheck)),
        ]).text
    }

    /// For those who check by hand; ‖ joins bytes.
    private static let howToCheck = [
        "leaf_hash = SHA-256(0x00 ‖ entry)",
        "proof (c2sp.org/tlog-proof) leads from leaf_hash to the root in the checkpoint at its end, which the log has signed",
        "the entry's commitment = SHA-256(\"atlas2/payload/v1\\n\" ‖ SHA-256(payload) ‖ erasable_hash)",
        "erasable_hash = SHA-256(\"atlas2/erasable/v1\\n\" ‖ salt ‖ SHA-256(personal) ‖ SHA-256(attachment)): hashes and salt are hexadecimal, the attachment is Base64, null is no bytes",
        "atlas2 log verify --proof FILE --key KEY does it all; have KEY from somebody you trust, not from this file",
    ]

    private struct Document: Decodable {
        var entry: String
        var leafHash: String
        var payload: String
        var erasableHash: String
        var erasableParts: String
        var erasedBy: Int64?
        var salt: String?
        var personal: String?
        var attachment: String?
        var proof: String
    }

    init(document bytes: [UInt8]) throws {
        let document = try ProofFile.decode(Document.self, bytes)
        entry = try LogEntry(parsing: Array(document.entry.utf8))
        guard document.leafHash == entry.leaf.hexadecimal else {
            throw ProofError.refuted("leaf_hash is not the hash of the entry")
        }
        payload = JSON(document.payload)
        erasableHash = try ProofFile.hash(document.erasableHash, "erasable_hash").bytes
        proof = try TlogProof(parsing: document.proof)
        func parts() throws -> ErasableParts {
            guard let salt = document.salt.flatMap({ [UInt8](hexadecimal: $0) }) else {
                throw ProofError.malformed("the salt is missing, or not hexadecimal")
            }
            let attachment = try document.attachment.map { text in
                guard let bytes = Base64.decode(text.utf8) else {
                    throw ProofError.malformed("the attachment is not Base64")
                }
                return bytes
            }
            return ErasableParts(salt: salt, personal: document.personal.map { JSON($0) }, attachment: attachment)
        }
        switch document.erasableParts {
        case "shown": erasable = .shown(try parts())
        case "erased": erasable = .erased(by: document.erasedBy)
        case "redacted": erasable = .redacted(try parts(), by: document.erasedBy)
        case "withheld": erasable = .withheld
        default: throw ProofError.malformed("erasable_parts is \"\(document.erasableParts)\", which is not known here")
        }
    }
}
