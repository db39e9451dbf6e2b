extension ScanMachine {
    private static let lineFeed: UInt8 = 0x0A
    private static let carriageReturn: UInt8 = 0x0D

    /// Reads on from `next`, which it moves, to the end of the record, to `stop`, or to where the limits are to be looked
    /// at. Returns whether the record is whole.
    ///
    /// The output needs room for `stop - next` bytes and the slack. Linear: bytes are looked at once, eight at a time
    /// between those that mean something.
    mutating func run(
        _ input: UnsafePointer<UInt8>, from next: inout Int, to stop: Int, base: Int, into cells: Cells
    ) -> Bool {
        hasPair
            ? run(input, from: &next, to: stop, base: base, into: cells, isPair: true)
            : run(input, from: &next, to: stop, base: base, into: cells, isPair: false)
    }

    /// One copy is compiled for delimiters of one byte, and one for those of two.
    @inline(__always)
    private mutating func run(
        _ input: UnsafePointer<UInt8>, from next: inout Int, to stop: Int, base: Int, into cells: Cells, isPair: Bool
    ) -> Bool {
        var at = next
        // Working copies, which the compiler keeps in registers.
        var length = length
        var seen = seen
        defer {
            next = at
            self.length = length
            self.seen = seen
        }
        while at < stop {
            switch phase {
            case .recordStart:
                let byte = input[at]
                if byte == Self.lineFeed || byte == Self.carriageReturn {
                    skipLineBreak(byte, at: base + at)
                    at += 1
                } else {
                    start = Place(line: line, offset: base + at)
                    phase = .cellStart
                }

            case .cellStart:
                cellStart = length
                cell = Place(line: line, offset: base + at)
                isCellQuoted = UInt16(input[at]) == quote
                if isCellQuoted {
                    at += 1
                    phase = .quoted
                } else {
                    phase = .unquoted
                }

            case .unquoted:
                let delimiters = UInt64(delimiter) &* ByteMask.ones
                while let found = Self.copy(
                    input, &at, stop, cells.output, &length, &seen,
                    while: { ByteMask.controls($0) | ByteMask.matches($0, delimiters) },
                    and: { [delimiter] in $0 >= 0x20 && $0 != delimiter })
                {
                    if found == delimiter {
                        if isPair {
                            guard at + 1 < stop else {
                                takeHalf(&at, base, .halfDelimiter)
                                break
                            }
                            guard input[at + 1] == delimiterTail else {
                                cells.output[length] = found
                                length += 1
                                at += 1
                                continue
                            }
                            at += 1
                        }
                        closeCell(&length, into: cells)
                        at += 1
                        guard at < stop, UInt16(input[at]) != quote else {
                            phase = .cellStart
                            break
                        }
                        // The next cell is unquoted as well: on without a turn of the machine.
                        cellStart = length
                        cell = Place(line: line, offset: base + at)
                        isCellQuoted = false
                    } else if found == Self.lineFeed || found == Self.carriageReturn {
                        closeCell(&length, into: cells)
                        endRecord(input, &at, stop, base)
                        return true
                    } else {
                        keepControl(found, at: base + at)
                        cells.output[length] = found
                        length += 1
                        at += 1
                    }
                }

            case .quoted:
                let quotes = UInt64(UInt8(truncatingIfNeeded: quote)) &* ByteMask.ones
                let escapes = UInt64(escape) &* ByteMask.ones
                while let found = Self.copy(
                    input, &at, stop, cells.output, &length, &seen,
                    while: {
                        ByteMask.controls($0) | ByteMask.matches($0, quotes) | ByteMask.matches($0, escapes)
                    },
                    and: { [quote, escape] in $0 >= 0x20 && UInt16($0) != quote && $0 != escape })
                {
                    if UInt16(found) == quote {
                        at += 1
                        guard !isPair, at + 1 < stop, input[at] == delimiter, UInt16(input[at + 1]) == quote else {
                            phase = .quoteInQuoted
                            break
                        }
                        // The next cell is quoted as well: on without a turn of the machine.
                        closeCell(&length, into: cells)
                        cellStart = length
                        cell = Place(line: line, offset: base + at + 1)
                        at += 2
                        continue
                    }
                    if found == escape {
                        at += 1
                        phase = .escaped
                        break
                    }
                    keepControl(found, at: base + at)
                    cells.output[length] = found
                    length += 1
                    at += 1
                }

            case .escaped:
                // Only a quote or a backslash is escaped; before anything else the backslash is text.
                let byte = input[at]
                if UInt16(byte) == quote || byte == escape {
                    omissions.append(length)
                    at += 1
                    cells.output[length] = byte
                } else {
                    cells.output[length] = escape
                }
                length += 1
                phase = .quoted

            case .quoteInQuoted:
                let byte = input[at]
                if byte == delimiter, !isPair || (at + 1 < stop && input[at + 1] == delimiterTail) {
                    closeCell(&length, into: cells)
                    at += isPair ? 2 : 1
                    phase = .cellStart
                } else if isPair, byte == delimiter, at + 1 == stop {
                    takeHalf(&at, base, .halfDelimiterBehindQuote)
                } else if byte == Self.lineFeed || byte == Self.carriageReturn {
                    closeCell(&length, into: cells)
                    endRecord(input, &at, stop, base)
                    return true
                } else if UInt16(byte) == quote && doublesQuotes {
                    omissions.append(length)
                    cells.output[length] = byte
                    length += 1
                    at += 1
                    phase = .quoted
                } else {
                    note(.strayQuote, at: base + at)
                    cells.output[length] = UInt8(truncatingIfNeeded: quote)
                    length += 1
                    phase = .unquoted
                }

            case .halfDelimiter, .halfDelimiterBehindQuote:
                if input[at] == delimiterTail {
                    closeCell(&length, into: cells)
                    at += 1
                    phase = .cellStart
                } else {
                    keepHalf(&length, into: cells)
                    phase = .unquoted
                    return false
                }

            case .skipping:
                while at < stop {
                    let byte = input[at]
                    if byte == Self.lineFeed || byte == Self.carriageReturn {
                        endRecord(input, &at, stop, base)
                        return true
                    }
                    at += 1
                }
            }
        }
        // A cell starts behind a delimiter even if the file ends there.
        if phase == .cellStart { cellStart = length }
        return false
    }

    /// Ends the record in progress where the file ends.
    mutating func finish(into cells: Cells) {
        var length = length
        defer { self.length = length }
        switch phase {
        case .recordStart, .skipping:
            return
        case .escaped:
            cells.output[length] = escape
            length += 1
            note(.unclosedQuote, at: cell.offset, line: cell.line)
        case .quoted:
            note(.unclosedQuote, at: cell.offset, line: cell.line)
        case .cellStart:
            isCellQuoted = false
        case .halfDelimiter, .halfDelimiterBehindQuote:
            keepHalf(&length, into: cells)
        case .unquoted, .quoteInQuoted:
            break
        }
        closeCell(&length, into: cells)
    }

    /// Copies bytes of a cell until one that may mean something, which it returns; nil if `stop` came first.
    ///
    /// `mask` finds such bytes in a word, `isPlain` tells them from others one by one, near the end of the input.
    @inline(__always)
    private static func copy(
        _ input: UnsafePointer<UInt8>, _ at: inout Int, _ stop: Int, _ output: UnsafeMutablePointer<UInt8>,
        _ length: inout Int, _ seen: inout UInt64, while mask: (UInt64) -> UInt64, and isPlain: (UInt8) -> Bool
    ) -> UInt8? {
        while at &+ 8 <= stop {
            let word = ByteMask.load(input, at)
            ByteMask.store(word, output, length)
            seen |= word
            let found = mask(word)
            guard found == 0 else {
                let index = ByteMask.index(found)
                at &+= index
                length &+= index
                return input[at]
            }
            at &+= 8
            length &+= 8
        }
        while at < stop {
            let byte = input[at]
            guard isPlain(byte) else { return byte }
            output[length] = byte
            seen |= UInt64(byte)
            at &+= 1
            length &+= 1
        }
        return nil
    }

    @inline(__always)
    private mutating func closeCell(_ length: inout Int, into cells: Cells) {
        if count < maximumCount {
            cells.ends[count] = length
            cells.quoted[count] = isCellQuoted
            count &+= 1
        } else {
            surplus &+= 1
            length = cellStart
        }
    }

    /// Takes the first byte of a delimiter whose second one is behind `stop`.
    private mutating func takeHalf(_ at: inout Int, _ base: Int, _ phase: Phase) {
        halfOffset = base + at
        at += 1
        self.phase = phase
    }

    /// The first byte of a delimiter that is none was text.
    private mutating func keepHalf(_ length: inout Int, into cells: Cells) {
        if phase == .halfDelimiterBehindQuote {
            note(.strayQuote, at: halfOffset)
            cells.output[length] = UInt8(truncatingIfNeeded: quote)
            length += 1
        }
        cells.output[length] = delimiter
        length += 1
    }

    /// Takes the line break at `at`, both bytes of it if they are there.
    @inline(__always)
    private mutating func endRecord(_ input: UnsafePointer<UInt8>, _ at: inout Int, _ stop: Int, _ base: Int) {
        line &+= 1
        if input[at] == Self.lineFeed {
            recordEnds.lf &+= 1
            at &+= 1
        } else if at &+ 1 < stop, input[at &+ 1] == Self.lineFeed {
            recordEnds.crlf &+= 1
            at &+= 2
        } else {
            recordEnds.cr &+= 1
            recordCarriageReturn = base + at
            lastCarriageReturn = base + at
            at &+= 1
        }
    }

    /// A line break where a record could start: the line feed of the last record's CRLF, or an empty line.
    private mutating func skipLineBreak(_ byte: UInt8, at offset: Int) {
        if byte == Self.lineFeed && lastCarriageReturn == offset - 1 {
            if recordCarriageReturn == offset - 1 {
                recordEnds.cr -= 1
                recordEnds.crlf += 1
            }
            return
        }
        blankLines += 1
        line += 1
        if byte == Self.carriageReturn { lastCarriageReturn = offset }
    }

    /// Counts a line break that is text; notes a NUL byte.
    private mutating func keepControl(_ byte: UInt8, at offset: Int) {
        switch byte {
        case Self.lineFeed:
            if lastCarriageReturn != offset - 1 { line += 1 }
        case Self.carriageReturn:
            line += 1
            lastCarriageReturn = offset
        case 0:
            nul = nul ?? Fault(code: .nulByte, record: 0, line: line, offset: offset, cell: count + surplus + 1)
        default:
            break
        }
    }

    private mutating func note(_ code: Fault.Code, at offset: Int, line: Int? = nil) {
        let number = count + surplus + 1
        fault = fault ?? Fault(code: code, record: 0, line: line ?? self.line, offset: offset, cell: number)
    }
}
