import Foundation
import Postgres

extension Session {
    /// How many positions a slice spans: as many as one tile of level 1.
    static let positionsPerSlice: Int64 = 65_536

    /// The numbers of the slices of a log that hold any row, or whose leaves are in tiles, in order; a look at the index for
    /// each.
    ///
    /// - Parameter size: of the log: tiles of more leaves are left out.
    func slices(of tenant: UUID, size: Int64) throws -> [Int64] {
        try query(
            """
            WITH RECURSIVE slices (number) AS (
                SELECT (SELECT min(position) FROM audit_logs WHERE tenant_id = \(tenant)) >> 16
                UNION ALL
                SELECT (SELECT min(position) FROM audit_logs WHERE tenant_id = \(tenant) AND position >= (number + 1) << 16) >> 16
                FROM slices WHERE number < (1::bigint << 47) - 1
            )
            SELECT number FROM slices WHERE number IS NOT NULL
            UNION
            SELECT index >> 8 FROM log_tiles WHERE tenant_id = \(tenant) AND level = 0 AND index < (\(size) + 255) >> 8
            ORDER BY number
            """
        ) { try $0.decode(0) }
    }

    /// Reads a slice and recomputes the hashes of its rows.
    ///
    /// - Parameter progress: is told how many rows were read since it was last.
    func slice(_ number: Int64, of tenant: UUID, capacity: Int64, progress: (Int64) -> Void) throws -> LogSlice {
        var slice = LogSlice(capacity: Int(min(capacity, Self.positionsPerSlice)))
        let tiles = try query(
            """
            SELECT index, hashes FROM log_tiles
            WHERE tenant_id = \(tenant) AND level = 0 AND index >= \(number << 8) AND index < \((number + 1) << 8)
            """
        ) { (try $0.decode(0, as: Int64.self), try $0.decode(1, as: [UInt8].self)) }
        slice.tiles = Dictionary(tiles) { first, _ in first }
        // Both ends are inside the slice, because the end of the last one is no Int64.
        let (first, last) = (number << 16, number << 16 + (Self.positionsPerSlice - 1))
        let statement = """
            COPY (SELECT \(LogRow.columns) FROM audit_logs
                  WHERE tenant_id = '\(tenant.text)' AND position BETWEEN '\(first)' AND '\(last)'
                  ORDER BY position, recorded_at) TO STDOUT (FORMAT binary)
            """
        var unreported: Int64 = 0
        try readInOrder()
        try copyOut(statement, columns: LogRow.columnCount) { row in
            guard let row = LogRow(row, of: tenant) else {
                throw PostgresError(
                    .decoding,
                    "a row between positions \(first) and \(last) is none that the log's table can hold: its columns were changed"
                )
            }
            slice.append(row)
            unreported += 1
            if unreported == 4096 {
                progress(unreported)
                unreported = 0
            }
        }
        progress(unreported)
        return slice
    }

    /// What `audit_streams` says of a tenant's streams, in any order.
    func statedStreams(of tenant: UUID) throws -> StatedStreams {
        var streams = StatedStreams()
        let statement = """
            COPY (SELECT stream_type, stream_id, version FROM audit_streams WHERE tenant_id = '\(tenant.text)')
            TO STDOUT (FORMAT binary)
            """
        try copyOut(statement, columns: 3) { row in
            guard let type = row[0], let id = row[1], id.count == 16, let version = row[2], version.count == 8 else {
                throw PostgresError(.decoding, "audit_streams does not have the columns that it was made with")
            }
            streams.append(
                type: type, id: UUID(uuid: id.loadUnaligned(as: uuid_t.self)),
                version: Int64(bigEndian: version.loadUnaligned(as: Int64.self)))
        }
        return streams
    }

    /// The stored tiles above the leaves', and how many leaves those of level 0 hold.
    func upperTiles(of tenant: UUID) throws -> StoredTiles {
        var tiles = StoredTiles()
        try forEach("SELECT level, index, hashes FROM log_tiles WHERE tenant_id = \(tenant) AND level > 0") { row in
            tiles[Int(try row.decode(0, as: Int32.self)), try row.decode(1)] = try row.decode(2, as: [UInt8].self)
        }
        tiles.leafCount =
            try first(
                """
                SELECT index * 256 + length(hashes) / 32 FROM log_tiles WHERE tenant_id = \(tenant) AND level = 0
                ORDER BY index DESC LIMIT 1
                """
            ) { try $0.decode(0) } ?? 0
        return tiles
    }

    /// The tiles of a tree of `size` leaves that the database lacks, in whole or in part, each with the hashes that it has.
    func incompleteTiles(of tenant: UUID, size: Int64) throws -> [(tile: TileID, width: Int)] {
        var incomplete: [(tile: TileID, width: Int)] = []
        var expected = TileID.all(of: size).makeIterator()
        var next = expected.next()
        try forEach(
            """
            SELECT level, index, length(hashes) / 32 FROM log_tiles WHERE tenant_id = \(tenant) ORDER BY level, index
            """
        ) { row in
            let (level, index) = (Int(try row.decode(0, as: Int32.self)), try row.decode(1, as: Int64.self))
            while let tile = next, (tile.level, tile.index) < (level, index) {
                incomplete.append((tile, 0))
                next = expected.next()
            }
            guard let tile = next, (tile.level, tile.index) == (level, index) else { return }
            let width = Int(try row.decode(2, as: Int32.self))
            if width < tile.width { incomplete.append((tile, width)) }
            next = expected.next()
        }
        while let tile = next {
            incomplete.append((tile, 0))
            next = expected.next()
        }
        return incomplete
    }

    /// The payloads of the log's events about its keys.
    func keyEvents(of tenant: UUID) throws -> [(position: Int64, payload: [UInt8])] {
        try query(
            """
            SELECT position, payload FROM audit_logs
            WHERE tenant_id = \(tenant) AND stream_type = 'log' AND stream_id = \(UUID(named: "log", tenant.text))
              AND event_type = 'log.key_added' ORDER BY position
            """
        ) { (try $0.decode(0), try $0.decode(1, as: JSON.self).bytes) }
    }

    /// The witnesses that the log announces, or has announced.
    func witnesses(of tenant: UUID) throws -> [Verification.WitnessRecord] {
        struct Payload: Decodable {
            var key: String
        }
        var found: [Verification.WitnessRecord] = []
        try forEach(
            """
            SELECT event_type, payload FROM audit_logs
            WHERE tenant_id = \(tenant) AND stream_type = 'log' AND stream_id = \(UUID(named: "log", tenant.text))
              AND event_type IN ('log.witness_added', 'log.witness_removed') ORDER BY position
            """
        ) { row in
            let isAdded = try row.decode(0, as: String.self) == LogWitnessAdded.type
            let payload = try row.decode(1, as: JSON.self)
            guard let vkey = try? JSONDecoder().decode(Payload.self, from: Data(payload.bytes)).key,
                let key = try? NoteVerifier(vkey: vkey)
            else { return }
            let index = found.firstIndex { $0.key == key } ?? found.count
            if index == found.count { found.append(Verification.WitnessRecord(key: key)) }
            found[index].isAnnounced = isAdded
        }
        return found
    }
}
