extension Specification {
    private static let longestName = 60

    /// A name for the API of an operation: the words of the description's title and of the operation, in small letters
    /// with hyphens between.
    package func name(for operation: Operation) -> String {
        let words = Self.words(of: title) + Self.words(of: operation.id ?? operation.route)
        var name = ""
        for word in words where name.count + word.count < Self.longestName {
            name += (name.isEmpty ? "" : "-") + word
        }
        return name.isEmpty ? "api" : name
    }

    /// Letters and digits; a capital behind a small letter begins a word too.
    private static func words(of text: String) -> [String] {
        var words: [String] = []
        var word = ""
        var isBehindSmall = false
        for scalar in text.unicodeScalars.prefix(1_000) {
            let properties = scalar.properties
            let isOfWord = properties.isAlphabetic || properties.numericType == .decimal
            if !isOfWord || isBehindSmall && properties.isUppercase {
                if !word.isEmpty { words.append(word) }
                word = ""
            }
            if isOfWord { word += properties.lowercaseMapping }
            isBehindSmall = properties.isLowercase
        }
        return word.isEmpty ? words : words + [word]
    }
}
