/// Tells text from binary data, and names the text's encoding.
enum EncodingDetection {
    /// The encoding of the sample. Throws if the sample is no text, is UTF-32, or contradicts what is `given`.
    static func detect(
        _ sample: [UInt8], isWholeFile: Bool, given: Dialect.Encoding?
    ) throws(DetectionError) -> Detection.Property<Dialect.Encoding> {
        try refuseSignatures(sample)
        let wide = UTF16Detection.detect(sample)
        if let given {
            let found = ByteOrderMark(sample) == .utf8 && given.isUTF16 ? .utf8 : wide?.value ?? given
            guard found == given || (wide?.confidence ?? 1) < 0.9 else {
                throw DetectionError(
                    code: .contradiction,
                    message: "the file is in \(found.rawValue), and not in \(given.rawValue) as was said:"
                        + " leave the encoding to be found out")
            }
            if !given.isUTF16 { try refuseBinary(sample) }
            return .given(given)
        }
        if let wide { return wide }
        try refuseBinary(sample)
        if ByteOrderMark(sample) == .utf8 {
            return Detection.Property(
                value: .utf8, confidence: 1, evidence: "the file starts with a UTF-8 byte order mark")
        }
        let text = UTF8Census(sample, isWhole: isWholeFile)
        let extent = isWholeFile ? "the file" : "the first \(sample.count) bytes"
        if text.invalid == 0 {
            if text.characters == 0 {
                return Detection.Property(
                    value: .utf8, confidence: isWholeFile ? 1 : 0.9,
                    evidence: "\(extent) \(isWholeFile ? "is" : "are") ASCII, the same in every encoding",
                    runnerUp: isWholeFile ? nil : .windows1252)
            }
            return Detection.Property(
                value: .utf8, confidence: text.characters > 2 ? 0.99 : 0.9,
                evidence: "all \(text.characters) characters beyond ASCII in \(extent) are valid UTF-8",
                runnerUp: .windows1252)
        }
        // Text in a single-byte encoding is hardly ever valid UTF-8 by chance, so a few bad bytes are damage.
        if text.characters > 20 * text.invalid {
            return Detection.Property(
                value: .utf8, confidence: 0.8,
                evidence: "\(text.characters) characters beyond ASCII in \(extent) are valid UTF-8, but \(text.invalid)"
                    + " bytes are not, the first at byte \(text.firstInvalid)",
                runnerUp: .windows1252)
        }
        return singleByte(sample, text)
    }

    private static func singleByte(_ sample: [UInt8], _ text: UTF8Census) -> Detection.Property<Dialect.Encoding> {
        let start = "byte \(text.firstInvalid) (\(Dialect.hexadecimal(sample[text.firstInvalid]))) is not valid UTF-8"
        let controls = sample.indices.lazy.filter { (0x80...0x9F).contains(sample[$0]) }
        if let undefined = controls.first(where: { SingleByteEncoding.windows1252.scalar(sample[$0]) == nil }) {
            return Detection.Property(
                value: .latin1, confidence: 0.6,
                evidence: "\(start), and byte \(undefined) (\(Dialect.hexadecimal(sample[undefined]))) has no character"
                    + " in windows-1252",
                runnerUp: .windows1252)
        }
        if let telling = controls.first, let scalar = SingleByteEncoding.windows1252.scalar(sample[telling]) {
            let character = Unicode.Scalar(scalar).map { "\u{201C}\(Character($0))\u{201D}" } ?? "a character"
            return Detection.Property(
                value: .windows1252, confidence: 0.95,
                evidence: "\(start), and byte \(telling) (\(Dialect.hexadecimal(sample[telling]))) is \(character) in"
                    + " windows-1252 but a control character in iso-8859-1",
                runnerUp: .latin1)
        }
        return Detection.Property(
            value: .windows1252, confidence: 0.85,
            evidence: "\(start); windows-1252 and iso-8859-1 read every byte here alike, and the former has more"
                + " characters",
            runnerUp: .latin1)
    }

    private static let signatures: [(bytes: [UInt8], name: String)] = [
        ([0x50, 0x4B, 0x03, 0x04], "a ZIP archive or an Excel workbook (.xlsx)"),
        ([0xD0, 0xCF, 0x11, 0xE0], "an old Excel workbook (.xls)"),
        ([0x1F, 0x8B], "a gzip archive"),
        ([0x28, 0xB5, 0x2F, 0xFD], "a zstd archive"),
        ([0x25, 0x50, 0x44, 0x46, 0x2D], "a PDF document"),
        ([0x50, 0x41, 0x52, 0x31], "a Parquet file"),
    ]

    private static func refuseSignatures(_ sample: [UInt8]) throws(DetectionError) {
        if let known = signatures.first(where: { sample.starts(with: $0.bytes) }) {
            throw DetectionError(code: .binaryFile, message: "the file is \(known.name): export the data as CSV first")
        }
        if sample.starts(with: [0xFF, 0xFE, 0, 0]) || sample.starts(with: [0, 0, 0xFE, 0xFF]) {
            throw DetectionError(
                code: .unsupportedEncoding,
                message: "the file starts with a UTF-32 byte order mark, and UTF-32 cannot be read: save it as UTF-8")
        }
    }

    /// Refuses what has too many control characters for a text; UTF-16 is looked at as UTF-8.
    static func refuseBinary(_ sample: [UInt8]) throws(DetectionError) {
        var (nuls, controls) = (0, 0)
        sample.withUnsafeBufferPointer { bytes in
            for byte in bytes where byte < 0x20 {
                switch byte {
                case 0: nuls += 1
                case 0x09...0x0D, 0x1B: break
                default: controls += 1
                }
            }
        }
        if (nuls + controls) * 50 > sample.count {
            throw DetectionError(
                code: .binaryFile,
                message: "\(nuls) NUL bytes and \(controls) other control characters in \(sample.count) bytes:"
                    + " the file is no text; export the data as CSV first")
        }
    }
}

/// How much of a sample is UTF-8.
private struct UTF8Census {
    /// Valid characters beyond ASCII.
    var characters = 0
    /// Bytes that are no part of a valid character.
    var invalid = 0
    var firstInvalid = 0

    /// Counts; a character that the end of a sample cuts in two does not count, unless the sample is the whole file.
    init(_ sample: [UInt8], isWhole: Bool) {
        sample.withUnsafeBufferPointer { bytes in
            var at = 0
            while at < bytes.count {
                let length = UTF8Check.length(bytes, at, bytes.count)
                if length == 0 {
                    if !isWhole, Self.isCut(bytes, at) { return }
                    if invalid == 0 { firstInvalid = at }
                    invalid += 1
                } else if length > 1 {
                    characters += 1
                }
                at += max(1, length)
            }
        }
    }

    private static func isCut(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Bool {
        let needed = bytes[at] >= 0xF0 ? 4 : bytes[at] >= 0xE0 ? 3 : 2
        return (0xC2...0xF4).contains(bytes[at]) && at + needed > bytes.count
            && bytes[(at + 1)...].allSatisfy { $0 & 0xC0 == 0x80 }
    }
}
