import FoundationEssentials

/// Streams and the version at which something else than their events says that they are.
struct StatedStreams: Sendable {
    struct Stream: Sendable {
        /// The number of its type in `types`.
        var type: Int32
        var id: UUID
        var version: Int64
    }

    private(set) var types: [String] = []
    private(set) var all: [Stream] = []
    /// Of the stream that came last.
    private var last = 0

    mutating func append(type: UnsafeRawBufferPointer, id: UUID, version: Int64) {
        if last == types.count || !types[last].utf8.elementsEqual(type) {
            last = types.firstIndex { $0.utf8.elementsEqual(type) } ?? types.count
            if last == types.count { types.append(String(decoding: type, as: UTF8.self)) }
        }
        all.append(Stream(type: Int32(last), id: id, version: version))
    }
}
