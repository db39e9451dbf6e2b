import FoundationEssentials
import Postgres

extension RowReader {
    /// Checks that an erasure event further on says what each doubtful event has become: the last one that names it.
    ///
    /// - Parameter doubts: in order of position.
    /// - Throws: `SealRefusal` with `code` for the first event that changed without one.
    func resolve(_ doubts: [Doubt], _ code: SealRefusal.Code) throws {
        let unexplained = try Dictionary(grouping: doubts, by: \.stream).compactMap { stream, doubts in
            StreamDoubts(doubts, try erasures(of: stream)).unexplained
        }
        guard let first = unexplained.min(by: { $0.position < $1.position }) else { return }
        let what = first.erasableHash == nil ? "were emptied" : "changed"
        throw SealRefusal(
            code, at: first.position,
            "the personal part or attachment at position \(first.position) \(what) without an erasure event: put them back from a backup"
        )
    }

    private func erasures(of stream: StreamID) throws -> [StreamDoubts.Statement] {
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
            (try? decoder.decode(StreamDoubts.Erasure.self, from: Data(row.payload.bytes))).map { (row.position, $0) }
        }
    }
}
