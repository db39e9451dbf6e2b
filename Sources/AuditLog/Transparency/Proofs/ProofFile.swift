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
                throw ProofError(
                    .unknown, "a consistency proof needs the older checkpoint, of \(proof.from.counting("event"))")
            }
            return try proof.check(old: old, trust)
        }
    }

    /// Reads a JSON object.
    ///
    /// One that two readers could read in two ways (a member twice, bytes that are no UTF-8) is refused.
    static func decode<T: Decodable>(_ type: T.Type, _ bytes: [UInt8]) throws(ProofError) -> T {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw .malformed("the file is no UTF-8 text") }
        guard hasDistinctMembers(bytes) else {
            throw .malformed("a member stands twice in the file, or its name is written with escapes")
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            return try decoder.decode(type, from: Data(bytes))
        } catch {
            throw .malformed("the file is not JSON, or a member that a proof has is missing or of another type")
        }
    }

    /// Whether no two members of the outermost object have the same name, all written without escapes.
    private static func hasDistinctMembers(_ bytes: [UInt8]) -> Bool {
        var names: Set<ArraySlice<UInt8>> = []
        var (depth, index) = (0, 0)
        // The text of the last string at the outermost depth: a name if a colon follows.
        var last: ArraySlice<UInt8>?
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                let start = index + 1
                index = start
                while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
                    index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
                }
                if depth == 1 { last = bytes[start..<min(index, bytes.count)] }
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: ":") where depth == 1:
                guard let name = last, !name.contains(UInt8(ascii: "\\")), names.insert(name).inserted else {
                    return false
                }
                last = nil
            default: break
            }
            index += 1
        }
        return true
    }

    static func hash(_ text: String, _ name: String) throws(ProofError) -> MerkleHash {
        guard let hash = MerkleHash(hexadecimal: text) else {
            throw .malformed("\(name) is not 32 bytes of hexadecimal text")
        }
        return hash
    }
}
