/// The first byte of a record that has no meaning in its encoding, by its offset in the record's bytes.
struct TextMisfit {
    let offset: Int
}

/// Turns the bytes of a record's cells into UTF-8.
enum Text {
    private static let replacement: [UInt8] = [0xEF, 0xBF, 0xBD]

    /// Appends `source` to the record's empty bytes as UTF-8, and corrects its ends, which lie in `source` before.
    /// UTF-16 comes as UTF-8 already (see ``UTF16Decoder``).
    ///
    /// What has no meaning becomes U+FFFD; returns the first such place. Each cell is text of its own: a character
    /// that starts in one and ends in the next is none.
    static func decode(
        _ source: UnsafeBufferPointer<UInt8>, from encoding: Dialect.Encoding, into record: inout Record
    ) -> TextMisfit? {
        switch encoding {
        case .utf8, .utf16LE, .utf16BE: decodeUTF8(source, into: &record)
        case .latin1: decodeSingleBytes(source, SingleByteEncoding.latin1, into: &record)
        case .windows1252: decodeSingleBytes(source, SingleByteEncoding.windows1252, into: &record)
        }
    }

    private static func decodeUTF8(_ source: UnsafeBufferPointer<UInt8>, into record: inout Record) -> TextMisfit? {
        let startsInside = record.ends.contains { $0 < source.count && source[$0] & 0xC0 == 0x80 }
        if !startsInside && UTF8Check.isValid(source) {
            record.bytes.append(contentsOf: source)
            return nil
        }
        var misfit: TextMisfit?
        var at = 0
        for cell in record.ends.indices {
            let end = record.ends[cell]
            while at < end {
                let length = UTF8Check.length(source, at, end)
                if length > 0 {
                    record.bytes.append(contentsOf: source[at..<at + length])
                    at += length
                } else {
                    misfit = misfit ?? TextMisfit(offset: at)
                    record.bytes.append(contentsOf: replacement)
                    at += 1
                }
            }
            record.ends[cell] = record.bytes.count
        }
        return misfit
    }

    private static func decodeSingleBytes(
        _ source: UnsafeBufferPointer<UInt8>, _ encoding: SingleByteEncoding, into record: inout Record
    ) -> TextMisfit? {
        var misfit: TextMisfit?
        var at = 0
        for cell in record.ends.indices {
            let end = record.ends[cell]
            while at < end {
                var next = at
                while next < end && source[next] < 0x80 { next += 1 }
                record.bytes.append(contentsOf: source[at..<next])
                at = next
                guard at < end else { break }
                if let scalar = encoding.scalar(source[at]) {
                    append(scalar, to: &record.bytes)
                } else {
                    misfit = misfit ?? TextMisfit(offset: at)
                    record.bytes.append(contentsOf: replacement)
                }
                at += 1
            }
            record.ends[cell] = record.bytes.count
        }
        return misfit
    }

    /// Appends a character between U+0080 and U+FFFF as UTF-8.
    private static func append(_ scalar: UInt16, to bytes: inout [UInt8]) {
        if scalar < 0x800 {
            bytes.append(UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6))
        } else {
            bytes.append(UInt8(truncatingIfNeeded: 0xE0 | scalar >> 12))
            bytes.append(UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3F))
        }
        bytes.append(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F))
    }

    /// Replaces `target` by the text in a single-byte encoding; false if a character has no byte there.
    static func encode(_ text: ArraySlice<UInt8>, as encoding: Dialect.Encoding, into target: inout [UInt8]) -> Bool {
        target.removeAll(keepingCapacity: true)
        let bytes: SingleByteEncoding = encoding == .windows1252 ? .windows1252 : .latin1
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
            if scalar.isASCII {
                target.append(UInt8(truncatingIfNeeded: scalar.value))
            } else if let byte = bytes.byte(scalar.value) {
                target.append(byte)
            } else {
                return false
            }
        }
        return true
    }
}
