import AuditLog

/// 16 bytes that stand for a key.
///
/// Keys of up to 15 bytes are their own fingerprint: the bytes, zeros, and the length in the last byte; they are compared
/// in full. Longer keys are stood for by the first 127 bits of their SHA-256, with the last byte's high bit set, which no
/// length reaches. That two of n different long keys get the same fingerprint by accident has a chance below n² ∕ 2¹²⁸: for
/// a billion keys 3·10⁻²¹, far less than that of an undetected memory error. To make it happen takes some 2⁶³ hashes, and
/// gains nothing but the rejection of one's own row. The fingerprint depends on the key alone: equal files give equal
/// results.
package struct KeyFingerprint: Hashable, Sendable {
    package let high: UInt64
    package let low: UInt64

    package init(_ key: [UInt8]) {
        self = key.withUnsafeBytes { KeyFingerprint($0) }
    }

    private init(_ key: UnsafeRawBufferPointer) {
        guard key.count > 15 else {
            var words: (UInt64, UInt64) = (0, 0)
            withUnsafeMutableBytes(of: &words) { $0.copyMemory(from: key) }
            high = UInt64(bigEndian: words.0)
            low = UInt64(bigEndian: words.1) | UInt64(key.count)
            return
        }
        (high, low) = MerkleHash(sha256: key).withBytes {
            (
                UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)),
                UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self)) | 0x80
            )
        }
    }

    /// The byte at a place, 0 the most significant.
    @inline(__always)
    func byte(_ place: Int) -> Int {
        Int(truncatingIfNeeded: place < 8 ? high >> (56 - 8 * place) : low >> (120 - 8 * place)) & 0xFF
    }
}

extension KeyFingerprint: Comparable {
    @inline(__always)
    package static func < (left: KeyFingerprint, right: KeyFingerprint) -> Bool {
        left.high == right.high ? left.low < right.low : left.high < right.high
    }
}

/// Spreads fingerprints over 64 bits for tables and filters.
///
/// The seeds are random, so that nobody can choose keys that collide; they change where things lie, never what is found.
package struct KeyMixer: Sendable {
    private let seeds: (UInt64, UInt64, UInt64)

    package init() {
        var generator = SystemRandomNumberGenerator()
        seeds = (generator.next(), generator.next(), generator.next() | 1)
    }

    @inline(__always)
    package func hash(_ key: KeyFingerprint) -> UInt64 {
        Self.fold(Self.fold(key.high ^ seeds.0, key.low ^ seeds.1), seeds.2)
    }

    @inline(__always)
    private static func fold(_ one: UInt64, _ other: UInt64) -> UInt64 {
        let product = one.multipliedFullWidth(by: other)
        return product.high ^ product.low
    }
}
