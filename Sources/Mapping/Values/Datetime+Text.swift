extension Datetime {
    /// The most bytes that `write` needs: `yyyy-MM-ddTHH:mm:ss.nnnnnnnnn+HH:mm`.
    static let textCapacity = 35

    /// A date and a time of day as they are written, before anything is known of a zone.
    struct Local {
        var date: CalendarDate
        var secondOfDay = 0
        var nanosecond = 0
        var digits = 0

        /// Seconds since 1970-01-01T00:00:00 wherever it is.
        var seconds: Int64 { Int64(date.dayNumber) * 86_400 + Int64(secondOfDay) }

        /// The instant at which clocks with an offset show it.
        func datetime(offset: Int, form: OffsetForm) -> Datetime? {
            Datetime(
                seconds: seconds - Int64(offset) * 60, nanosecond: nanosecond, offset: offset, digits: digits,
                form: form)
        }
    }

    /// Reads `yyyy-MM-ddTHH:mm:ss`, perhaps a fraction of up to nine digits, and `Z` or `±HH:mm` (RFC 3339): the whole of
    /// `bytes`, or `nil`.
    static func scan(_ bytes: Bytes) -> Datetime? {
        guard let (local, end) = scanLocal(bytes), end < bytes.count else { return nil }
        let sign = bytes[end]
        if sign == UInt8(ascii: "Z") {
            return end + 1 == bytes.count ? local.datetime(offset: 0, form: .utc) : nil
        }
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), bytes.count == end + 6,
            bytes[end + 3] == UInt8(ascii: ":"), let hours = pair(bytes, end + 1, below: 24),
            let minutes = pair(bytes, end + 4, below: 60)
        else { return nil }
        let offset = hours * 60 + minutes
        guard sign == UInt8(ascii: "-") else { return local.datetime(offset: offset, form: .numeric) }
        return local.datetime(offset: -offset, form: offset == 0 ? .unknown : .numeric)
    }

    /// Reads `yyyy-MM-ddTHH:mm:ss` and perhaps a fraction, and says where they end.
    static func scanLocal(_ bytes: Bytes) -> (local: Local, end: Int)? {
        guard bytes.count >= 19, bytes[10] == UInt8(ascii: "T"), bytes[13] == UInt8(ascii: ":"),
            bytes[16] == UInt8(ascii: ":"), case .date(let date) = CalendarDate.scan(Bytes(rebasing: bytes[..<10])),
            let hour = pair(bytes, 11, below: 24), let minute = pair(bytes, 14, below: 60),
            let second = pair(bytes, 17, below: 60)
        else { return nil }
        var local = Local(date: date, secondOfDay: (hour * 60 + minute) * 60 + second)
        var index = 19
        guard index < bytes.count, bytes[index] == UInt8(ascii: ".") else { return (local, index) }
        index += 1
        while index < bytes.count, bytes[index] &- 0x30 < 10, local.digits < 9 {
            local.nanosecond = local.nanosecond * 10 + Int(bytes[index] &- 0x30)
            local.digits += 1
            index += 1
        }
        guard local.digits > 0 else { return nil }
        for _ in local.digits..<9 { local.nanosecond *= 10 }
        return (local, index)
    }

    @inline(__always)
    private static func pair(_ bytes: Bytes, _ index: Int, below limit: Int) -> Int? {
        let (tens, ones) = (bytes[index] &- 0x30, bytes[index + 1] &- 0x30)
        guard tens < 10, ones < 10 else { return nil }
        let value = Int(tens) * 10 + Int(ones)
        return value < limit ? value : nil
    }

    /// Writes it by RFC 3339 and returns the number of bytes; `target` has room for `textCapacity`.
    func write(to target: UnsafeMutablePointer<UInt8>) -> Int {
        func put(_ value: Int, at offset: Int, _ sign: UInt8) {
            target[offset] = sign
            target[offset + 1] = 0x30 &+ UInt8(truncatingIfNeeded: value / 10)
            target[offset + 2] = 0x30 &+ UInt8(truncatingIfNeeded: value % 10)
        }
        date.write(to: target)
        let second = secondOfDay
        put(second / 3600, at: 10, UInt8(ascii: "T"))
        put(second / 60 % 60, at: 13, UInt8(ascii: ":"))
        put(second % 60, at: 16, UInt8(ascii: ":"))
        var count = 19
        if digits > 0 {
            target[count] = UInt8(ascii: ".")
            var rest = Int(nanosecond)
            for position in stride(from: 9, to: 0, by: -1) {
                if position <= Int(digits) { target[count + position] = 0x30 &+ UInt8(truncatingIfNeeded: rest % 10) }
                rest /= 10
            }
            count += 1 + Int(digits)
        }
        if form == .utc {
            target[count] = UInt8(ascii: "Z")
            return count + 1
        }
        let minutes = Int(offset.magnitude)
        put(minutes / 60, at: count, offset < 0 || form == .unknown ? UInt8(ascii: "-") : UInt8(ascii: "+"))
        put(minutes % 60, at: count + 3, UInt8(ascii: ":"))
        return count + 6
    }
}

extension Datetime: CustomStringConvertible {
    package init?(_ text: some StringProtocol) {
        guard let datetime = Array(text.utf8).withUnsafeBufferPointer({ Self.scan($0) }) else { return nil }
        self = datetime
    }

    package var description: String {
        String(unsafeUninitializedCapacity: Self.textCapacity) { buffer in
            buffer.baseAddress.map { write(to: $0) } ?? 0
        }
    }
}
