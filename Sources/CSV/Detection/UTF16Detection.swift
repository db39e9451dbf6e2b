/// Tells UTF-16 from other text: by its byte order mark, or by the zero in every second byte of ASCII.
enum UTF16Detection {
    /// Nil for bytes that are no UTF-16.
    static func detect(_ sample: [UInt8]) -> Detection.Property<Dialect.Encoding>? {
        switch ByteOrderMark(sample) {
        case .utf16LE: marked(.utf16LE)
        case .utf16BE: marked(.utf16BE)
        case .utf8: nil
        case nil: byZeros(sample)
        }
    }

    private static func marked(_ encoding: Dialect.Encoding) -> Detection.Property<Dialect.Encoding> {
        Detection.Property(
            value: encoding, confidence: 1, evidence: "the file starts with the byte order mark of \(encoding.rawValue)"
        )
    }

    private static func byZeros(_ sample: [UInt8]) -> Detection.Property<Dialect.Encoding>? {
        var zeros = (even: 0, odd: 0)
        sample.withUnsafeBufferPointer { bytes in
            for at in 0..<bytes.count where bytes[at] == 0 {
                if at & 1 == 0 { zeros.even += 1 } else { zeros.odd += 1 }
            }
        }
        let count = zeros.even + zeros.odd
        let (most, least) = (max(zeros.even, zeros.odd), min(zeros.even, zeros.odd))
        guard count * 50 > sample.count, least * 2 < most else { return nil }
        let encoding: Dialect.Encoding = zeros.odd > zeros.even ? .utf16LE : .utf16BE
        let isMostlyASCII = count * 4 > sample.count && least * 20 < count
        // Numbers of two bytes have zeros in the same places, but make no text; U+4E00 has one in the other.
        guard isMostlyASCII || isText(UTF16Decoder.decode(sample, encoding, isCut: true)) else { return nil }
        let half = encoding == .utf16LE ? "second" : "first"
        return Detection.Property(
            value: encoding, confidence: isMostlyASCII ? 0.95 : 0.8,
            evidence: "\(most) of \(count) zeros in \(sample.count) bytes stand in the \(half) byte of a pair, as in"
                + " \(encoding.rawValue)",
            runnerUp: encoding == .utf16LE ? .utf16BE : .utf16LE)
    }

    /// Whether there are lines, and nothing that text has not.
    private static func isText(_ text: [UInt8]) -> Bool {
        text.contains { $0 == 0x0A || $0 == 0x0D }
            && !text.contains { ($0 < 0x20 && !(0x09...0x0D).contains($0)) || $0 == UTF16Decoder.misfit }
    }
}

/// The start and the end of a UTF-16 file as UTF-8, with the way back to the file's offsets.
struct UTF16Sample {
    let text: [UInt8]
    /// Its offset is that in the text, as far as the text is known: what lies between is taken for ASCII.
    let end: FileEnd?
    private let endOffset: Int

    init(_ sample: [UInt8], isWholeFile: Bool, end: FileEnd?, _ encoding: Dialect.Encoding) {
        text = UTF16Decoder.decode(sample, encoding, isCut: !isWholeFile)
        guard let end, !isWholeFile else {
            self.end = nil
            endOffset = 0
            return
        }
        // Neither a code unit nor a surrogate pair may be cut.
        var skipped = end.offset & 1
        let high = encoding == .utf16LE ? skipped + 1 : skipped
        if end.offset > 0, high < end.bytes.count, end.bytes[high] & 0xFC == 0xDC { skipped += 2 }
        let offset = end.offset + min(skipped, end.bytes.count)
        let known = UTF16Decoder.decode(Array(sample.prefix(offset)), encoding, isCut: true).count
        endOffset = offset
        self.end = FileEnd(
            UTF16Decoder.decode(Array(end.bytes.dropFirst(skipped)), encoding, isCut: false),
            offset: known + max(0, offset - sample.count) / 2)
    }

    /// The offset in the file of a place in the text, or in the text of its end.
    func fileOffset(_ offset: Int) -> Int {
        if let end, offset >= end.offset {
            return endOffset + UTF16Decoder.fileBytes(of: end.bytes[..<(offset - end.offset)])
        }
        return UTF16Decoder.fileBytes(of: text[..<min(offset, text.count)])
    }
}
