extension Detection {
    /// Finds the dialect of a file from a sample of its start.
    ///
    /// `isWholeFile` says that the file ends with the sample; if not, its last record may be cut and does not count.
    /// What `fixed` names is taken as it is. Deterministic; linear in the sample. Throws if the file is empty, binary,
    /// in an encoding that cannot be read, or if what was fixed contradicts itself.
    package static func detect(
        _ sample: [UInt8], isWholeFile: Bool, fixed: Fixed = Fixed()
    ) throws(DetectionError) -> Detection {
        guard sample.contains(where: { $0 != 0x0A && $0 != 0x0D }) else {
            throw DetectionError(
                code: .emptyFile,
                message: sample.isEmpty ? "the file is empty" : "the file has nothing but empty lines")
        }
        var encoding = try EncodingDetection.detect(sample, isWholeFile: isWholeFile)
        if let given = fixed.encoding { encoding = .given(given) }
        let search = try SplittingSearch(sample, isWholeFile: isWholeFile, encoding.value, fixed)
        let (dialect, isOneColumn) = try search.best(encoding.value)
        let reading = Reading(sample, isWholeFile: isWholeFile, dialect)
        guard let first = reading.first else {
            throw DetectionError(code: .emptyFile, message: "the file has a byte order mark and no records")
        }
        let header = fixed.header.map(Property.given) ?? HeaderDetection.detect(first, reading.body)
        let columns = reading.columns
        return Detection(
            encoding: encoding,
            delimiter: fixed.delimiter.map(Property.given) ?? search.delimiter(dialect, isOneColumn: isOneColumn),
            quote: fixed.quote.map(Property.given) ?? reading.quote(dialect),
            escape: fixed.escape.map(Property.given) ?? reading.escape(dialect, sample),
            recordEnd: reading.recordEnd(isWholeFile: isWholeFile),
            header: header, columns: columns,
            columnNames: Record.columnNames(header: header.value ? first : nil, count: columns.value),
            dialect: dialect.with(header: header.value),
            sampledRecords: reading.records - (header.value ? 1 : 0))
    }
}

extension Detection.Property {
    fileprivate static func given(_ value: Value) -> Self {
        Self(value: value, confidence: 1, evidence: "given")
    }
}
