internal import CLZ4

/// LZ4 frames (the format of `.lz4` files), one per piece of content.
///
/// Frames carry the content's size and checksum (xxHash-32), and open with the `lz4` tool.
package enum LZ4Frame {
    /// Makes frames; its buffer is reused.
    ///
    /// Content of up to 4 MiB becomes one independent block, for which the library's tables live on the stack.
    package struct Compressor: ~Copyable {
        private var buffer = UnsafeMutableRawBufferPointer(start: nil, count: 0)

        package init() {}

        deinit { buffer.deallocate() }

        /// One frame that holds the bytes.
        package mutating func compress(_ bytes: [UInt8]) throws(LZ4FrameError) -> [UInt8] {
            var preferences = LZ4F_preferences_t()
            preferences.frameInfo.blockSizeID = bytes.count <= 1 << 20 ? LZ4F_max1MB : LZ4F_max4MB
            preferences.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled
            preferences.frameInfo.contentSize = UInt64(bytes.count)
            buffer.reserve(LZ4F_compressFrameBound(bytes.count, &preferences), keeping: 0)
            let count = bytes.withUnsafeBytes { source in
                LZ4F_compressFrame(buffer.baseAddress, buffer.count, source.baseAddress, source.count, &preferences)
            }
            guard LZ4F_isError(count) == 0 else {
                throw LZ4FrameError(
                    .compressionFailed,
                    "\(bytes.count) bytes cannot be compressed: \(String(cString: LZ4F_getErrorName(count)))")
            }
            return [UInt8](UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Makes room for at least `count` bytes, and keeps the first `kept`.
    mutating func reserve(_ count: Int, keeping kept: Int) {
        guard self.count < count else { return }
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 64)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: self[..<kept]))
        deallocate()
        self = larger
    }
}
