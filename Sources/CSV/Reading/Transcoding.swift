/// Gives a reader a UTF-16 file as UTF-8, and says where in the file stands what it counts in that text.
///
/// Offsets in the text count from where reading began, with the file's offset there, so that a carriage return keeps
/// its place before a line feed.
struct Transcoding: Sendable {
    private struct Place {
        var text: Int
        var file: Int
    }

    private var decoder: UTF16Decoder
    /// The file's offset behind what was fed.
    private var fed: Int
    /// Up to where the text was read, where the last record ended, and where the cell in progress starts.
    private var read: Place
    private var recordEnd: Place
    private var cell: Place
    /// Where in the file the faults stand that the machine found in the record in progress.
    private var faultOffset: Int?
    private var nulOffset: Int?

    /// Nil for an encoding that is read as it is.
    init?(_ encoding: Dialect.Encoding, from offset: Int) {
        guard let decoder = UTF16Decoder(encoding) else { return nil }
        self.decoder = decoder
        fed = offset
        read = Place(text: offset, file: offset)
        recordEnd = read
        cell = read
    }

    /// The file's offset up to which the text was read.
    var offset: Int { min(read.file, fed) }

    /// The next piece of the file as text, without what lies behind `end`.
    mutating func decode(_ piece: [UInt8], until end: Int?) -> [UInt8] {
        let count = min(piece.count, max(0, (end ?? .max) - fed))
        fed += count
        return decoder.decode(count < piece.count ? Array(piece[..<count]) : piece)
    }

    mutating func finish() -> [UInt8] {
        decoder.finish()
    }

    /// Goes on over text that is no part of a record.
    mutating func skip(_ text: ArraySlice<UInt8>) {
        read.text += text.count
        read.file += UTF16Decoder.fileBytes(of: text)
        recordEnd = read
    }

    /// Goes on over text that the machine has read.
    mutating func advance(over text: ArraySlice<UInt8>, _ machine: ScanMachine) {
        if let fault = machine.fault, faultOffset == nil { faultOffset = file(fault.offset, in: text) }
        if let nul = machine.nul, nulOffset == nil { nulOffset = file(nul.offset, in: text) }
        if machine.cell.offset >= read.text {
            cell = Place(text: machine.cell.offset, file: file(machine.cell.offset, in: text))
        }
        read.text += text.count
        read.file += UTF16Decoder.fileBytes(of: text)
    }

    /// The file's offset of a place in the text just read, of the cell in progress, or of ASCII right before that text.
    private func file(_ offset: Int, in text: ArraySlice<UInt8>) -> Int {
        if offset >= read.text {
            let place = text.startIndex + offset - read.text
            return read.file + UTF16Decoder.fileBytes(of: text[..<min(place, text.endIndex)])
        }
        return offset == cell.text ? cell.file : read.file - 2 * (read.text - offset)
    }

    /// Gives a record that was delivered, and its fault, the offsets of the file.
    mutating func place(_ record: inout Record) {
        // Only line breaks stand between two records.
        let start = recordEnd.file + 2 * (record.offset - recordEnd.text)
        switch record.fault?.code {
        case nil: break
        case .wrongCellCount, .tooManyColumns: record.fault?.offset = start
        case .invalidEncoding: record.fault?.offset += start - record.offset
        case .nulByte: record.fault?.offset = nulOffset ?? start
        default: record.fault?.offset = faultOffset ?? start
        }
        if record.repair != nil { record.repair?.offset = start }
        record.offset = start
        recordEnd = read
        (faultOffset, nulOffset) = (nil, nil)
    }
}
