extension Detection {
    /// Finds the dialect of a file from a sample of its start, and the part of it that is a table.
    ///
    /// `isWholeFile` says that the file ends with the sample; if not, its last record may be cut and does not count, and
    /// `end` are the file's last bytes, without which nothing is found below the table. What `fixed` names is taken as it
    /// is. Deterministic; linear in the sample. Throws if the file is empty, binary, in an encoding that cannot be read, or
    /// if what was fixed contradicts itself or the file.
    package static func detect(
        _ sample: [UInt8], isWholeFile: Bool, end: FileEnd? = nil, fixed: Fixed = Fixed()
    ) throws(DetectionError) -> Detection {
        try fixed.check()
        let encoding = try EncodingDetection.detect(sample, isWholeFile: isWholeFile, given: fixed.encoding)
        guard encoding.value.isUTF16 else {
            return try detect(sample, isWholeFile: isWholeFile, end: end, encoding, fixed)
        }
        let file = UTF16Sample(sample, isWholeFile: isWholeFile, end: end, encoding.value)
        try EncodingDetection.refuseBinary(file.text)
        var found = try detect(file.text, isWholeFile: isWholeFile, end: file.end, .given(.utf8), fixed)
        found.encoding = encoding
        var layout = found.dialect.layout
        layout.endOffset = layout.endOffset.map(file.fileOffset)
        found.dialect = found.dialect.with(layout).with(encoding.value)
        return found
    }

    private static func detect(
        _ sample: [UInt8], isWholeFile: Bool, end: FileEnd?, _ encoding: Property<Dialect.Encoding>, _ fixed: Fixed
    ) throws(DetectionError) -> Detection {
        guard sample.contains(where: { $0 != 0x0A && $0 != 0x0D }) else {
            throw DetectionError(
                code: .emptyFile,
                message: sample.isEmpty ? "the file is empty" : "the file has nothing but empty lines")
        }
        let end = isWholeFile ? FileEnd(of: sample) : end
        let separator = fixed.preambleLines == 0 ? nil : SeparatorLine(sample)
        let extent = try Extent(sample, isWholeFile: isWholeFile, end, separator, fixed)
        var known = fixed
        known.delimiter = fixed.delimiter ?? separator.map { Delimiter($0.delimiter) }

        var found = try TableSearch(
            extent.bytes, isWhole: extent.isWhole, end: fixed.footerLines == nil ? end?.moved(by: extent.offset) : nil,
            encoding.value, known)
        let layout = Layout(
            preambleLines: extent.lines + found.line, headerRows: found.headerRows,
            endOffset: extent.endOffset ?? found.end.cut.map { extent.offset + $0.offset })
        let table = extent.narrowed(from: found.offset, to: found.end.cut?.offset)
        if table.bytes.count < extent.bytes.count { try found.refine(table.bytes, isWhole: table.isWhole, known) }
        let reading = Reading(table.bytes, isWholeFile: table.isWhole, found.dialect)
        let columns = reading.columns
        let names = Array(reading.head.prefix(layout.headerRows))
        let rows = reading.head.dropFirst(layout.headerRows)
        return Detection(
            encoding: encoding,
            delimiter: fixed.delimiter.map(Property.given) ?? separator?.property
                ?? found.search.delimiter(found.dialect, isOneColumn: found.isOneColumn),
            quote: fixed.quote.map(Property.given) ?? reading.quote(found.dialect),
            escape: fixed.escape.map(Property.given) ?? reading.escape(found.dialect, table.bytes),
            recordEnd: reading.recordEnd(isWholeFile: isWholeFile),
            preambleLines: fixed.preambleLines.map(Property.given) ?? found.preamble(below: extent.lines),
            header: found.header,
            headerRows: fixed.headerRows.map(Property.given) ?? found.headers,
            footerLines: fixed.footerLines.map(Property.given) ?? found.end.footer,
            secondTable: found.end.secondTable, columns: columns,
            nulls: NullDetection.detect(rows, width: columns.value),
            columnNames: Record.columnNames(headers: names, count: columns.value),
            dialect: found.dialect.with(layout).with(ColumnKindDetection.detect(rows, width: columns.value)),
            sampledRecords: max(0, reading.records - layout.headerRows))
    }

    /// The part of a sample that may be of the table.
    private struct Extent {
        var bytes: [UInt8]
        /// Lines and bytes of the file above.
        var lines: Int
        var offset: Int
        /// Whether the table ends with the bytes.
        var isWhole: Bool
        /// Where the user says that the table ends.
        var endOffset: Int?

        init(
            _ sample: [UInt8], isWholeFile: Bool, _ end: FileEnd?, _ separator: SeparatorLine?, _ fixed: Fixed
        ) throws(DetectionError) {
            lines = fixed.preambleLines ?? (separator == nil ? 0 : 1)
            endOffset = try fixed.endOffset(end)
            guard let offset = PhysicalLines.offset(behind: lines, in: sample) else {
                throw DetectionError(
                    code: .emptyFile, message: "nothing stands below the \(lines) lines that are no part of the table")
            }
            self.offset = offset
            let limit = min(sample.count, max(offset, endOffset ?? .max))
            bytes = Array(sample[offset..<limit])
            isWhole = isWholeFile || limit < sample.count
            guard bytes.contains(where: { $0 != 0x0A && $0 != 0x0D }) else {
                throw DetectionError(
                    code: .emptyFile,
                    message: "nothing is left of the file without the lines that are no part of the table")
            }
        }

        /// What of it stands between two offsets in it.
        func narrowed(from start: Int, to end: Int?) -> Extent {
            var part = self
            let limit = min(bytes.count, max(start, end ?? .max))
            part.bytes = Array(bytes[start..<limit])
            part.isWhole = isWhole || limit < bytes.count
            return part
        }
    }
}

extension Detection.Fixed {
    /// Whether there is a header, where that is given.
    var hasHeader: Bool? { headerRows.map { $0 > 0 } ?? header }

    fileprivate func check() throws(DetectionError) {
        if let header, let headerRows, header != (headerRows > 0) {
            throw DetectionError(
                code: .contradiction,
                message: header
                    ? "a header of 0 rows is none: leave one of the two out"
                    : "a file without a header has no header rows: leave one of the two out")
        }
        for count in [preambleLines, headerRows, footerLines] where count.map({ $0 < 0 }) == true {
            throw DetectionError(code: .contradiction, message: "a number of lines must be 0 or more")
        }
    }

    /// Where the lines below the table begin.
    fileprivate func endOffset(_ end: FileEnd?) throws(DetectionError) -> Int? {
        guard let footerLines, footerLines > 0 else { return nil }
        guard let end else {
            throw DetectionError(
                code: .contradiction,
                message: "the last lines cannot be told without the end of the file: name the file instead of piping it"
            )
        }
        guard let offset = end.offset(ofLast: footerLines) else {
            throw DetectionError(
                code: .contradiction,
                message: "the file's last \(end.bytes.count) bytes do not hold \(footerLines) whole lines: give fewer")
        }
        return offset
    }
}

extension TableSearch {
    /// The preamble as a property of a file whose first lines, so many, are left out in any case.
    fileprivate func preamble(below lines: Int) -> Detection.Property<Int> {
        if lines > 0 && line == 0 && doubtfulLine == 0 { return SeparatorLine.preamble }
        return start.preamble(lines: lines + max(line, doubtfulLine))
    }

    fileprivate var headers: Detection.Property<Int> {
        guard header.value else {
            return Detection.Property(
                value: 0, confidence: header.confidence, evidence: "there is no header", runnerUp: 1)
        }
        return start.headers
    }
}

extension FileEnd {
    /// The same bytes in a file that begins `offset` bytes later.
    fileprivate func moved(by offset: Int) -> FileEnd {
        offset <= self.offset
            ? FileEnd(bytes, offset: self.offset - offset)
            : FileEnd(Array(bytes.dropFirst(offset - self.offset)), offset: 0)
    }
}

extension Detection.Property {
    static func given(_ value: Value) -> Self {
        Self(value: value, confidence: 1, evidence: "given")
    }
}
