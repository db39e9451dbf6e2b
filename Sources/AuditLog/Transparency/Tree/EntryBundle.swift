/// The entries under a tile of leaves, as they are served (C2SP tlog-tiles): each behind its length, a big-endian UInt16.
package enum EntryBundle {
    /// The bundle of at most 256 entries of at most 65,535 bytes; nil of more or longer ones.
    package static func encode(_ entries: some Collection<[UInt8]>) -> [UInt8]? {
        guard entries.count <= TileID.fullWidth else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(entries.reduce(0) { $0 + 2 + $1.count })
        for entry in entries {
            guard let length = UInt16(exactly: entry.count) else { return nil }
            bytes.append(UInt8(length >> 8))
            bytes.append(UInt8(length & 0xFF))
            bytes += entry
        }
        return bytes
    }

    /// The entries of a bundle; nil if it is cut, or holds more than 256.
    package static func decode(_ bytes: some RandomAccessCollection<UInt8>) -> [[UInt8]]? {
        var entries: [[UInt8]] = []
        var rest = bytes[...]
        while let high = rest.popFirst() {
            guard let low = rest.popFirst(), entries.count < TileID.fullWidth else { return nil }
            let length = Int(high) << 8 | Int(low)
            guard rest.count >= length else { return nil }
            entries.append(Array(rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        return entries
    }
}
