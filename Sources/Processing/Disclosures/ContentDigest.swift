import AuditLog
import Crypto

/// What identifies bytes that left: how many records and bytes they are, and their SHA-256.
package struct ContentDigest: Sendable {
    package private(set) var rows: Int64 = 0
    package private(set) var bytes: Int64 = 0
    private var hash = SHA256()

    package init() {}

    package mutating func add(_ content: [UInt8]) {
        content.withUnsafeBytes { hash.update(bufferPointer: $0) }
        bytes += Int64(content.count)
    }

    package mutating func countRow() {
        rows += 1
    }

    /// Of what was added so far, hexadecimal.
    package var sha256: String { hash.finalize().withUnsafeBytes { [UInt8]($0) }.hexadecimal }

    var amount: DisclosedAmount { DisclosedAmount(rows: rows, bytes: bytes) }
}
