/// Why a frame cannot be made or opened.
package struct LZ4FrameError: Error, Sendable {
    /// What kind of failure it is; new codes may come.
    package struct Code: Hashable, Sendable, CustomStringConvertible {
        package let description: String

        /// It is no LZ4 frame, or its bytes were changed or cut.
        package static let corrupt = Code(description: "lz4_corrupt")
        /// Its content is larger than the reader allows.
        package static let tooLarge = Code(description: "lz4_too_large")
        /// The library could not compress.
        package static let compressionFailed = Code(description: "lz4_compression_failed")
    }

    package let code: Code
    package let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

extension LZ4FrameError: CustomStringConvertible {
    package var description: String { message }
}
