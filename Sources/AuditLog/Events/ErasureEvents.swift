import Foundation
import Postgres

/// What an erasure event says: `<stream type>.erased`, which `audit_erase` appends to each stream that lost something.
///
/// Its personal part holds the reason in words, and the login.
package struct Erasure: Codable, Sendable, Equatable {
    /// An event that keeps something of its erasable parts.
    package struct Replacement: Codable, Sendable, Equatable {
        package var position: Int64
        /// The hash that the new parts have, hexadecimal; the event's own columns keep the first one.
        package var erasableHash: String

        package enum CodingKeys: String, CodingKey {
            case position
            case erasableHash = "erasable_hash"
        }

        package init(position: Int64, erasableHash: String) {
            self.position = position
            self.erasableHash = erasableHash
        }
    }

    /// Why it had to be, as a code.
    package var basis: String
    /// First and last of the positions that were emptied, range by range.
    package var positions: [[Int64]]
    package var replaced: [Replacement]
    /// The event types that lost something, each with the members that their personal parts lost.
    package var types: [String: [String]]

    package init(basis: String, positions: [[Int64]], replaced: [Replacement], types: [String: [String]]) {
        self.basis = basis
        self.positions = positions
        self.replaced = replaced
        self.types = types
    }

    /// The number of events that were emptied.
    package var emptiedCount: Int64 {
        positions.reduce(0) { $0 + (($1.last ?? 0) - ($1.first ?? 0) + 1) }
    }

    /// What the event's payload says; nil for an event that is no erasure, or does not say it as one does.
    package init?(_ event: RecordedEvent) {
        guard Self.isErasure(event) else { return nil }
        guard let erasure = try? JSONDecoder().decode(Erasure.self, from: Data(event.payload.bytes)),
            erasure.positions.allSatisfy({ $0.count == 2 && 0 <= $0[0] && $0[0] <= $0[1] && $0[1] < event.position }),
            erasure.replaced.allSatisfy({ 0 <= $0.position && $0.position < event.position })
        else { return nil }
        self = erasure
    }

    /// Whether the event's type is that of an erasure of its stream.
    package static func isErasure(_ event: RecordedEvent) -> Bool {
        event.type.utf8.elementsEqual((event.stream.type + ".erased").utf8)
    }
}
