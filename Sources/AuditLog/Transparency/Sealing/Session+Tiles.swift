package import FoundationEssentials
package import Postgres

extension Session {
    /// The stored tiles, of those that are asked for, that are as wide as asked or wider, narrowed to that; one query.
    ///
    /// They are not trusted: `TileSet` checks them.
    package func tiles(_ ids: [TileID], of tenant: UUID) throws -> [Tile] {
        guard !ids.isEmpty else { return [] }
        let (levels, indices) = (ids.map { Int32($0.level) }, ids.map(\.index))
        let rows = try query(
            """
            SELECT t.level, t.index, t.hashes FROM log_tiles t
            JOIN unnest(\(levels), \(indices)) AS w (level, index) ON t.level = w.level AND t.index = w.index
            WHERE t.tenant_id = \(tenant)
            """
        ) {
            (
                level: try $0.decode(0, as: Int32.self), index: try $0.decode(1, as: Int64.self),
                bytes: try $0.decode(2, as: [UInt8].self)
            )
        }
        var stored: [Place: [UInt8]] = [:]
        for row in rows { stored[Place(level: Int(row.level), index: row.index)] = row.bytes }
        return ids.compactMap { id in
            stored[Place(level: id.level, index: id.index)].flatMap {
                Tile(id: id, bytes: $0.prefix(id.width * MerkleHash.byteCount))
            }
        }
    }
}

private struct Place: Hashable {
    var level: Int
    var index: Int64
}

extension CompositeArray {
    /// Tiles as `audit_seal` takes them.
    init(tiles: [Tile]) {
        self.init(of: "log_tile", reservingBytes: tiles.count * 8300)
        for tile in tiles {
            appendRow { row in
                row.append(Int32(tile.id.level))
                row.append(tile.id.index)
                row.append(tile.bytes)
            }
        }
    }
}
