import FoundationEssentials
import Postgres

extension RowReader {
    /// What the sealer reads of an erasure event's payload.
    fileprivate struct Erasure: Decodable {
        struct Replaced: Decodable {
            var position: Int64
            var erasableHash: String
        }
        /// Ranges of positions that were emptied: first and last.
        var positions: [[Int64]]
        var replaced: [Replaced]
    }

    /// Checks that an erasure event further on says what each doubtful event has become: the last one that names it.
    ///
    /// - Throws: `SealRefusal` with `code` for the first event that changed without one.
    func resolve(_ doubts: [Doubt], _ code: SealRefusal.Code) throws {
        var erasures: [StreamID: [(position: Int64, erasure: Erasure)]] = [:]
        for doubt in doubts {
            let known = try erasures[doubt.stream] ?? self.erasures(of: doubt.stream)
            erasures[doubt.stream] = known
            let last = known.last { $0.position > doubt.position && $0.erasure.names(doubt.position) }?.erasure
            let isRight =
                if let hash = doubt.erasableHash {
                    last?.replaced.last { $0.position == doubt.position }?.erasableHash == hash.hexadecimal
                } else {
                    last?.empties(doubt.position) ?? false
                }
            guard isRight else {
                let what = doubt.erasableHash == nil ? "were emptied" : "changed"
                throw SealRefusal(
                    code, at: doubt.position,
                    "the personal part or attachment at position \(doubt.position) \(what) without an erasure event: put them back from a backup"
                )
            }
        }
    }

    private func erasures(of stream: StreamID) throws -> [(position: Int64, erasure: Erasure)] {
        let rows = try session.query(
            """
            SELECT position, payload FROM audit_logs
            WHERE tenant_id = \(tenant) AND stream_type = \(stream.type) AND stream_id = \(stream.id)
              AND event_type = \(stream.type + ".erased") ORDER BY position
            """
        ) { (position: try $0.decode(0, as: Int64.self), payload: try $0.decode(1, as: JSON.self)) }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return rows.compactMap { row in
            // What is no erasure says nothing.
            (try? decoder.decode(Erasure.self, from: Data(row.payload.bytes))).map { (row.position, $0) }
        }
    }
}

extension RowReader.Erasure {
    fileprivate func empties(_ position: Int64) -> Bool {
        positions.contains { $0.count == 2 && $0[0] <= position && position <= $0[1] }
    }

    fileprivate func names(_ position: Int64) -> Bool {
        empties(position) || replaced.contains { $0.position == position }
    }
}
