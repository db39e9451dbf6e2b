/// A value that an example expects of a target, as the document has it.
package struct ExpectedValue: Sendable {
    /// Empty for a blank.
    let text: String
    /// Whether it stands without quotes, so that it may be a number or a truth as well as a text.
    let isPlain: Bool

    init(_ text: String, isMissing: Bool, isPlain: Bool) {
        self.text = isMissing ? "" : text
        self.isPlain = isPlain
    }

    /// Whether a target's value in JSON is the one expected: numbers by what they are (`1.50` is `1.5`), texts by their
    /// bytes. A plain `01067` is the text as well as the number.
    func equals(_ value: [UInt8]) -> Bool {
        if text.isEmpty { return value.elementsEqual("null".utf8) }
        if value.first == UInt8(ascii: "\"") { return value == Array(quoted.utf8) }
        guard isPlain else { return false }
        let found = String(decoding: value, as: UTF8.self)
        if let number = ExactDecimal(found) { return ExactDecimal(text) == number }
        return text.isSpelled(found)
    }

    private var quoted: String { Constant.text(Array(text.utf8)).json }

    /// As JSON, if the value found is such.
    func json(like found: [UInt8]) -> String {
        if text.isEmpty { return "null" }
        let isText = !isPlain || found.first == UInt8(ascii: "\"")
        return isText || ExactDecimal(text) == nil && text != "true" && text != "false" ? quoted : text
    }
}
