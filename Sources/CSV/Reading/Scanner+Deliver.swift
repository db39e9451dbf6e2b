extension Scanner {
    /// Moves the whole record to `record`, whose number is set, as UTF-8, finds its faults, and makes ready for the next.
    ///
    /// `columns` is the expected number of cells, set here by the first record that could be counted.
    mutating func deliver(into record: inout Record, columns: inout Int?) {
        record.line = machine.start.line
        record.offset = machine.start.offset
        Self.copy(ends, machine.count, to: &record.ends)
        Self.copy(quoted, machine.count, to: &record.quoted)
        record.bytes.removeAll(keepingCapacity: true)
        let misfit = output.withUnsafeBufferPointer { output -> TextMisfit? in
            let bytes = UnsafeBufferPointer(rebasing: output[..<machine.length])
            guard machine.seen & ByteMask.tops == 0 else {
                return Text.decode(bytes, from: encoding, into: &record)
            }
            record.bytes.append(contentsOf: bytes)
            return nil
        }
        record.fault = fault(misfit, in: record, columns: &columns)
        if record.repair != nil { record.repair = nil }
        if record.fault != nil, misfit == nil, machine.nul == nil { repair?.repair(&record) }
        machine.reset()
    }

    /// Replaces `target` by the first `count` elements, in place if it has as many, as it mostly does.
    private static func copy<Element>(_ source: [Element], _ count: Int, to target: inout [Element]) {
        source.withUnsafeBufferPointer { source in
            let source = UnsafeBufferPointer(rebasing: source[..<count])
            if target.count == count {
                target.withUnsafeMutableBufferPointer { _ = $0.update(from: source) }
            } else {
                target.removeAll(keepingCapacity: true)
                target.append(contentsOf: source)
            }
        }
    }

    private func fault(_ misfit: TextMisfit?, in record: Record, columns: inout Int?) -> Fault? {
        if machine.surplus > 0 || machine.fault != nil {
            var fault =
                machine.fault
                ?? Fault(
                    code: .tooManyColumns, record: 0, line: record.line, offset: record.offset,
                    expected: machine.maximumCount, found: machine.count + machine.surplus)
            fault.record = record.number
            return fault
        }
        let expected = columns ?? machine.count
        columns = expected
        if machine.count != expected {
            return Fault(
                code: .wrongCellCount, record: record.number, line: record.line, offset: record.offset,
                expected: expected, found: machine.count)
        }
        if var nul = machine.nul {
            nul.record = record.number
            return nul
        }
        return misfit.map { place($0, in: record) }
    }

    /// Where in the file the byte without meaning stands.
    private func place(_ misfit: TextMisfit, in record: Record) -> Fault {
        let before = misfit.offset
        let cell = ends[..<machine.count].firstIndex { $0 > before } ?? 0
        // Left out of the output: the delimiters, the quotes around cells, and those that escape quotes.
        let quotes = quoted[..<cell].count { $0 } * 2 + (quoted[cell] ? 1 : 0)
        let omitted = cell * (machine.hasPair ? 2 : 1) + quotes + machine.omissions.count { $0 <= before }
        var line = record.line
        var previous: UInt8 = 0
        for byte in output[..<before] {
            if byte == 0x0D || (byte == 0x0A && previous != 0x0D) { line += 1 }
            previous = byte
        }
        let isUTF16 = encoding.isUTF16
        let distance =
            isUTF16 ? UTF16Decoder.fileBytes(of: output[..<before]) + 2 * omitted : before + omitted
        return Fault(
            code: .invalidEncoding, record: record.number, line: line, offset: record.offset + distance,
            cell: cell + 1, byte: isUTF16 ? nil : output[before])
    }
}
