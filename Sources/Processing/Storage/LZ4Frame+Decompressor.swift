internal import CLZ4

extension LZ4Frame {
    /// Opens frames; its context and buffer are reused.
    package struct Decompressor: ~Copyable {
        private let context: OpaquePointer
        private var buffer = UnsafeMutableRawBufferPointer(start: nil, count: 0)

        package init() throws(LZ4FrameError) {
            var context: OpaquePointer?
            let status = LZ4F_createDecompressionContext(&context, UInt32(LZ4F_VERSION))
            guard LZ4F_isError(status) == 0, let context else {
                throw LZ4FrameError(.corrupt, "no LZ4 decoder could be made: out of memory")
            }
            self.context = context
        }

        deinit {
            LZ4F_freeDecompressionContext(context)
            buffer.deallocate()
        }

        /// The content of one whole frame.
        ///
        /// What a frame claims is never believed: memory is asked for only up to the limit, and never more than the frame's
        /// own bytes can expand to.
        ///
        /// - Parameter limit: The most bytes the content may have.
        package mutating func decompress(_ frame: [UInt8], limit: Int) throws(LZ4FrameError) -> [UInt8] {
            LZ4F_resetDecompressionContext(context)
            var (consumed, claimed) = try header(of: frame)
            guard claimed <= UInt64(limit) else { throw Self.tooLarge(limit, claims: claimed) }
            guard claimed <= UInt64(frame.count) * Self.largestRatio else {
                throw Self.corrupt("it claims \(claimed) bytes, more than its \(frame.count) bytes can hold")
            }
            buffer.reserve(max(1, claimed > 0 ? Int(claimed) : min(limit, max(4 * frame.count, 65_536))), keeping: 0)
            var produced = 0
            while true {
                let room = claimed > 0 ? Int(claimed) : min(buffer.count, limit)
                let step = advance(frame, from: consumed, to: produced, room: room - produced)
                consumed += step.read
                produced += step.written
                guard LZ4F_isError(step.result) == 0 else {
                    throw Self.corrupt(String(cString: LZ4F_getErrorName(step.result)))
                }
                if step.result == 0 { break }
                if step.read > 0 || step.written > 0 { continue }
                guard consumed < frame.count else { throw Self.corrupt("it was cut after \(frame.count) bytes") }
                guard claimed == 0, produced < limit else { throw Self.tooLarge(limit, claims: nil) }
                buffer.reserve(min(limit, 2 * buffer.count), keeping: produced)
            }
            guard consumed == frame.count else {
                throw Self.corrupt("\(frame.count - consumed) bytes follow its end")
            }
            return [UInt8](UnsafeRawBufferPointer(rebasing: buffer[..<produced]))
        }

        /// An LZ4 byte of a match's length stands for at most 255 bytes of content.
        private static let largestRatio: UInt64 = 255

        /// Reads the frame's header: its length, and the content's size, or 0 where it does not say.
        private func header(of frame: [UInt8]) throws(LZ4FrameError) -> (length: Int, contentSize: UInt64) {
            var info = LZ4F_frameInfo_t()
            var length = frame.count
            let result = frame.withUnsafeBytes { LZ4F_getFrameInfo(context, &info, $0.baseAddress, &length) }
            guard LZ4F_isError(result) == 0 else { throw Self.corrupt(String(cString: LZ4F_getErrorName(result))) }
            guard info.frameType == LZ4F_frame, info.dictID == 0 else {
                throw Self.corrupt("it holds no content of its own")
            }
            return (length, info.contentSize)
        }

        private func advance(
            _ frame: [UInt8], from consumed: Int, to produced: Int, room: Int
        ) -> (result: Int, read: Int, written: Int) {
            var read = frame.count - consumed
            var written = room
            let result = frame.withUnsafeBytes { source in
                LZ4F_decompress(
                    context, buffer.baseAddress.map { $0 + produced }, &written,
                    source.baseAddress.map { $0 + consumed }, &read, nil)
            }
            return (result, read, written)
        }

        private static func corrupt(_ reason: String) -> LZ4FrameError {
            LZ4FrameError(.corrupt, "the LZ4 frame is damaged: \(reason)")
        }

        private static func tooLarge(_ limit: Int, claims: UInt64?) -> LZ4FrameError {
            let size = claims.map { "\($0) bytes" } ?? "more bytes than that"
            return LZ4FrameError(.tooLarge, "the LZ4 frame holds \(size), and at most \(limit) are allowed")
        }
    }
}
