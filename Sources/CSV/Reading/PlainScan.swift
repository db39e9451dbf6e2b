/// Reads records that are as most are: whole in the input, of the cells that are expected, in text that is valid, without line
/// breaks in cells or anything else that takes more than one look at each byte. All others are left to ``ScanMachine``.
struct PlainScan: Sendable {
    /// The most bytes of such a record, with its delimiters, quotes and line break.
    static let room = 4096

    static let zeros = [UInt8](repeating: 0, count: room)

    private let delimiter: UInt8
    /// The quote, or a value that no byte has.
    private let quote: UInt16
    private let isUTF8: Bool
    private let cellLimit: Int
    /// Records not to be tried, because those before were not plain: files of such are not read twice.
    private var pause = 0
    private var misses = 0

    /// Nil for dialects and limits whose records take more: delimiters of two bytes, backslashes, UTF-16.
    init?(_ dialect: Dialect, limits: Limits) {
        guard dialect.delimiter.second == nil, dialect.escape == .doubledQuote, !dialect.encoding.isUTF16,
            limits.recordBytes >= Self.room
        else { return nil }
        delimiter = dialect.delimiter.first
        quote = dialect.quote.map(UInt16.init) ?? .max
        isUTF8 = dialect.encoding == .utf8
        cellLimit = limits.cellBytes
    }

    mutating func isDue() -> Bool {
        if pause == 0 { return true }
        pause -= 1
        return false
    }

    mutating func note(hit: Bool) {
        misses = hit ? 0 : min(misses + 1, 6)
        pause = hit ? 0 : (1 << misses) - 1
    }

    /// The offset behind the line break of the record at `start`, whose cells it writes; nil where the record is not plain.
    ///
    /// `output` has room for all bytes up to `stop`, and the slack; of `ends` and `quoted` there are as many as columns.
    @inline(__always)
    func read(
        _ input: UnsafePointer<UInt8>, from start: Int, to stop: Int, output: UnsafeMutablePointer<UInt8>,
        ends: UnsafeMutableBufferPointer<Int>, quoted: UnsafeMutablePointer<Bool>
    ) -> Int? {
        // An empty line is no record.
        guard start < stop, input[start] != 0x0A, input[start] != 0x0D else { return nil }
        let (delimiter, quote, columns) = (delimiter, quote, ends.count)
        let delimiters = UInt64(delimiter) &* ByteMask.ones
        let quotes = UInt64(UInt8(truncatingIfNeeded: quote)) &* ByteMask.ones
        let last = stop - 8
        var (at, length, cell, seen) = (start, 0, 0, UInt64(0))
        while cell < columns {
            let cellStart = length
            guard at < stop else { return nil }
            let isQuoted = UInt16(input[at]) == quote
            if isQuoted { at &+= 1 }
            let marks = isQuoted ? quotes : delimiters
            while true {
                guard at <= last else { return nil }
                let word = ByteMask.load(input, at)
                ByteMask.store(word, output, length)
                seen |= word
                let found = ByteMask.controls(word) | ByteMask.matches(word, marks)
                guard found != 0 else {
                    at &+= 8
                    length &+= 8
                    continue
                }
                let index = ByteMask.index(found)
                at &+= index
                length &+= index
                let byte = input[at]
                if isQuoted {
                    if UInt16(byte) == quote {
                        at &+= 1
                        guard at < stop else { return nil }
                        // Two stand for one, which was copied with the word.
                        guard UInt16(input[at]) == quote else { break }
                    } else if byte != 0x09 {
                        return nil
                    }
                } else if byte != 0x09 || delimiter == 0x09 {
                    break
                }
                at &+= 1
                length &+= 1
            }
            guard length &- cellStart <= cellLimit else { return nil }
            ends[cell] = length
            quoted[cell] = isQuoted
            cell &+= 1
            let byte = input[at]
            at &+= 1
            if byte == delimiter { continue }
            guard cell == columns else { return nil }
            if byte == 0x0D {
                guard at < stop, input[at] == 0x0A else { return nil }
                at &+= 1
            } else if byte != 0x0A {
                return nil
            }
            guard seen & ByteMask.tops == 0 || (isUTF8 && isText(output, ends)) else { return nil }
            return at
        }
        return nil
    }

    /// Whether cells are UTF-8, each for itself.
    private func isText(_ output: UnsafeMutablePointer<UInt8>, _ ends: UnsafeMutableBufferPointer<Int>) -> Bool {
        let length = ends[ends.count - 1]
        for end in ends where end < length && output[end] & 0xC0 == 0x80 { return false }
        return UTF8Check.isValid(UnsafeBufferPointer(start: output, count: length))
    }
}

extension Scanner {
    /// Reads the record at `next`, which it moves, straight into `record`, if it is plain and has as many cells as the
    /// record has from the last time. Returns false, and has changed nothing that counts, if not.
    ///
    /// `base` is the offset in the file of the input's first byte. The record's number is the caller's to set.
    @inline(__always)
    mutating func scanPlain(
        _ input: UnsafeBufferPointer<UInt8>, from next: inout Int, base: Int, columns: Int, into record: inout Record
    ) -> Bool {
        guard machine.phase == .recordStart, plain?.isDue() == true, let scan = plain, record.ends.count == columns,
            record.quoted.count == columns,
            let bytes = input.baseAddress
        else { return false }
        if record.bytes.count < PlainScan.room {
            record.bytes.append(contentsOf: PlainScan.zeros)
        }
        let start = next
        let stop = min(input.count, start + PlainScan.room - ScanMachine.slack)
        let end = record.bytes.withUnsafeMutableBufferPointer { output in
            record.ends.withUnsafeMutableBufferPointer { ends in
                record.quoted.withUnsafeMutableBufferPointer { quoted -> Int? in
                    guard let output = output.baseAddress, let quoted = quoted.baseAddress else { return nil }
                    return scan.read(bytes, from: start, to: stop, output: output, ends: ends, quoted: quoted)
                }
            }
        }
        plain?.note(hit: end != nil)
        guard let end else { return false }
        record.line = machine.line
        record.offset = base + start
        record.fault = nil
        if record.repair != nil { record.repair = nil }
        machine.line &+= 1
        if end - start >= 2, bytes[end - 2] == 0x0D {
            machine.recordEnds.crlf &+= 1
        } else {
            machine.recordEnds.lf &+= 1
        }
        next = end
        return true
    }
}
