/// The lines of some bytes of a file as an editor counts them: each ends at LF, CR or CRLF, quoted or not.
enum PhysicalLines {
    /// Where each line begins; none where a last line break ends the bytes.
    static func starts(in bytes: ArraySlice<UInt8>) -> [Int] {
        var starts: [Int] = []
        var isAtStart = true
        var previous: UInt8 = 0
        for index in bytes.indices {
            let byte = bytes[index]
            if isAtStart, !(byte == 0x0A && previous == 0x0D) {
                starts.append(index)
                isAtStart = false
            }
            if byte == 0x0A || byte == 0x0D { isAtStart = true }
            previous = byte
        }
        return starts
    }

    /// The offset behind the first `count` lines; nil if there are fewer.
    static func offset(behind count: Int, in bytes: [UInt8]) -> Int? {
        guard count > 0 else { return 0 }
        var lines = 0
        for index in bytes.indices where bytes[index] == 0x0A || bytes[index] == 0x0D {
            if bytes[index] == 0x0D, index + 1 < bytes.count, bytes[index + 1] == 0x0A { continue }
            lines += 1
            if lines == count { return index + 1 }
        }
        return nil
    }
}
