/// The last bytes of a file.
package struct FileEnd: Sendable {
    package let bytes: [UInt8]
    /// The offset in the file of the first of them.
    package let offset: Int

    /// The bytes from the end of a file that detection looks at.
    package static let size = 1 << 16

    package init(_ bytes: [UInt8], offset: Int) {
        self.bytes = bytes
        self.offset = offset
    }

    /// The end of a file that is known whole.
    package init(of file: [UInt8]) {
        self.init(Array(file.suffix(Self.size)), offset: max(0, file.count - Self.size))
    }

    /// The offset in the file of the last `count` physical lines; nil if the bytes do not hold them whole.
    func offset(ofLast count: Int) -> Int? {
        let starts = PhysicalLines.starts(in: bytes[...]).dropFirst(offset == 0 ? 0 : 1)
        guard count > 0 else { return offset + bytes.count }
        return starts.count >= count ? starts.suffix(count).first.map { offset + $0 } : nil
    }
}
