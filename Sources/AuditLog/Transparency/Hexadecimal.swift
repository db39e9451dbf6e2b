extension [UInt8] {
    /// Appends `data` in lower-case hexadecimal.
    package mutating func append(hexadecimal data: some Sequence<UInt8>) {
        for byte in data {
            append(Self.digits[Int(byte >> 4)])
            append(Self.digits[Int(byte & 15)])
        }
    }

    private static let digits = Array("0123456789abcdef".utf8)

    /// Lower-case hexadecimal.
    package var hexadecimal: String {
        var text: [UInt8] = []
        text.append(hexadecimal: self)
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes that lower-case hexadecimal says; nil for anything else.
    package init?(hexadecimal text: some StringProtocol) {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        self = []
        reserveCapacity(digits.count / 2)
        for pair in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[pair].hexadecimalValue, let low = digits[pair + 1].hexadecimalValue else {
                return nil
            }
            append(high << 4 | low)
        }
    }
}

extension MerkleHash {
    /// The hash that 64 digits of lower-case hexadecimal are.
    init?(hexadecimal digits: UnsafeRawBufferPointer) {
        guard digits.count == 2 * Self.byteCount else { return nil }
        let hash = withUnsafeTemporaryAllocation(byteCount: Self.byteCount, alignment: 8) { target in
            for index in 0..<Self.byteCount {
                guard let high = digits[2 * index].hexadecimalValue, let low = digits[2 * index + 1].hexadecimalValue
                else { return MerkleHash?.none }
                target[index] = high << 4 | low
            }
            return MerkleHash(UnsafeRawBufferPointer(target))
        }
        guard let hash else { return nil }
        self = hash
    }

    /// The hash that a text of lower-case hexadecimal is; nil for anything else.
    init?(hexadecimal text: String) {
        guard let bytes = [UInt8](hexadecimal: text), let hash = MerkleHash(bytes) else { return nil }
        self = hash
    }
}

extension UInt8 {
    /// What a digit of lower-case hexadecimal stands for.
    var hexadecimalValue: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
