import Glibc

/// A moment, in microseconds since 2000-01-01T00:00:00Z: PostgreSQL's `timestamptz`.
///
/// As text: `2026-11-23T16:40:12.123456Z`, always UTC, always six decimals. Years outside 0000…9999 carry a sign
/// (ISO 8601, expanded): `+294276-…`, `-0043-…` with year 0 before year 1. `infinity` and `-infinity` are what
/// PostgreSQL says by the greatest and the least value.
package struct Timestamp: Hashable, Sendable, Comparable {
    package var microseconds: Int64

    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// Microseconds from 1970-01-01 to 2000-01-01.
    private static let unixOffset: Int64 = 946_684_800_000_000

    package init(unixMicroseconds: Int64) {
        microseconds = unixMicroseconds - Self.unixOffset
    }

    package var unixMicroseconds: Int64 { microseconds + Self.unixOffset }

    package static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(unixMicroseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }

    package static let infinity = Timestamp(microseconds: .max)
    package static let minusInfinity = Timestamp(microseconds: .min)

    /// Whether it is a moment at all.
    package var isFinite: Bool { self != .infinity && self != .minusInfinity }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds < right.microseconds
    }
}

extension Timestamp: PostgresEncodable, PostgresDecodable, PostgresElement {
    package static var postgresType: PostgresType { .timestamptz }
    package static var arrayType: PostgresType { .timestamptzArray }

    package func encode(into bytes: inout [UInt8]) -> Bool {
        bytes.append(bigEndian: microseconds)
        return true
    }

    /// Reads `timestamptz` only: a `timestamp` does not say which moment it means.
    package static func decode(_ bytes: UnsafeRawBufferPointer, _ type: PostgresType) -> Timestamp? {
        guard type == .timestamptz, bytes.count == 8 else { return nil }
        return Timestamp(microseconds: Int64(bigEndian: bytes.loadUnaligned(as: Int64.self)))
    }
}
