import Foundation

/// A file that `log prove` made, of whichever kind.
package enum ProofFile: Sendable {
    case inclusion(TlogProof)
    case event(EventProof)
    case row(RowProof)
    case consistency(ConsistencyFile)

    private struct Format: Decodable {
        var format: String
    }

    package init(parsing bytes: [UInt8]) throws {
        if bytes.starts(with: "old ".utf8) {
            self = .consistency(try ConsistencyFile(parsing: bytes))
        } else if bytes.first == UInt8(ascii: "{") {
            switch try Self.decode(Format.self, bytes).format {
            case EventProof.format: self = .event(try EventProof(document: bytes))
            case RowProof.format: self = .row(try RowProof(document: bytes))
            case let other: throw ProofError.malformed("proofs of the format \"\(other)\" are not known here")
            }
        } else {
            self = .inclusion(try TlogProof(parsing: bytes))
        }
    }

    /// Checks the proof.
    ///
    /// - Parameter old: the older checkpoint, which a consistency proof is from; no other proof looks at it.
    package func check(_ trust: ProofTrust, old: SignedCheckpoint? = nil) throws -> ProofReport {
        switch self {
        case .inclusion(let proof): return try proof.check(trust)
        case .event(let proof): return try proof.check(trust)
        case .row(let proof): return try proof.check(trust)
        case .consistency(let proof):
            guard let old else {
                throw ProofError(.unknown, "a consistency proof needs the older checkpoint, of \(proof.from) events")
            }
            return try proof.check(old: old, trust)
        }
    }

    static func decode<T: Decodable>(_ type: T.Type, _ bytes: [UInt8]) throws(ProofError) -> T {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            return try decoder.decode(type, from: Data(bytes))
        } catch {
            throw .malformed("the file is not JSON, or a member that a proof has is missing or of another type")
        }
    }

    static func hash(_ text: String, _ name: String) throws(ProofError) -> MerkleHash {
        guard let hash = MerkleHash(hexadecimal: text) else {
            throw .malformed("\(name) is not 32 bytes of hexadecimal text")
        }
        return hash
    }
}

extension MerkleHash {
    init?(hexadecimal text: String) {
        guard let bytes = [UInt8](hexadecimal: text), let hash = MerkleHash(bytes) else { return nil }
        self = hash
    }
}
