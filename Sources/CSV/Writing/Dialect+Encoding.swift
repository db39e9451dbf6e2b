extension Dialect {
    /// Whether the encoding has the character.
    package func encodes(_ scalar: Unicode.Scalar) -> Bool {
        guard encoding != .utf8 else { return true }
        var encoded: [UInt8] = []
        return Text.encode(Array(String(scalar).utf8)[...], as: encoding, into: &encoded)
    }
}
