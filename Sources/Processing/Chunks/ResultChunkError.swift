/// The body of a result chunk is damaged: where and how.
package struct ResultChunkError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Offset of the first wrong byte in the body.
    package let offset: Int
    package let message: String

    init(offset: Int, _ message: String) {
        self.offset = offset
        self.message = message
    }

    package var description: String { "the result chunk is damaged at byte \(offset): \(message)" }
}
