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

    /// - Parameter type: streams of one type come one after the other.
    mutating func append(type: UnsafeRawBufferPointer, id: UUID, version: Int64) {
        if !(types.last?.utf8.elementsEqual(type) ?? false) { types.append(String(decoding: type, as: UTF8.self)) }
        all.append(Stream(type: Int32(types.count - 1), id: id, version: version))
    }
}
