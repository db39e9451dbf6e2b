extension BinaryInteger {
    /// The number with its thousands apart: `1,234,567`.
    package var grouped: String {
        let digits = String(magnitude)
        var text = self < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return text
    }

    /// The number and what it counts: `1 event`, `1,234 events`.
    ///
    /// - Parameter plural: of the noun, where it is not made by an s.
    package func counting(_ noun: String, _ plural: String? = nil) -> String {
        "\(grouped) \(self == 1 ? noun : plural ?? noun + "s")"
    }
}
