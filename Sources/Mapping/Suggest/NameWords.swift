/// The words of a name, as people write names of columns and programs names of fields: `E-mail (work)`, `emailWork`.
struct NameWords: Equatable {
    /// Small and without accents, in order.
    let words: [String]

    /// The words without anything between them: the same for `E-Mail`, `e_mail` and `eMail`.
    var joined: String { words.joined() }

    init(_ name: String) {
        var words: [String] = []
        var word = ""
        var last = Kind.other
        func end() {
            if !word.isEmpty { words.append(word) }
            word = ""
        }
        let scalars = Self.plain(name)
        for (index, scalar) in scalars.enumerated() {
            if let sign = Self.signs[scalar] {
                end()
                words.append(sign)
                last = .other
                continue
            }
            let kind = Kind(scalar)
            switch kind {
            case .other:
                // `customer's` is one word.
                if scalar == "'" || scalar == "\u{2019}" { continue }
                end()
            case .large:
                // The last large letter before a small one begins a word: `URLPath`.
                let isBeforeSmall = index + 1 < scalars.count && Kind(scalars[index + 1]) == .small
                if last != .large || isBeforeSmall { end() }
            case .small: if last == .digit { end() }
            case .digit: if last != .digit { end() }
            }
            if kind != .other { word += scalar.properties.lowercaseMapping }
            last = kind
        }
        end()
        self.words = words
    }

    private enum Kind {
        case small, large, digit, other

        init(_ scalar: Unicode.Scalar) {
            let properties = scalar.properties
            if properties.numericType != nil {
                self = .digit
            } else if properties.isUppercase {
                self = .large
            } else {
                self = properties.isAlphabetic ? .small : .other
            }
        }
    }

    /// Signs that say something: a price in percent is not a price.
    private static let signs: [Unicode.Scalar: String] = [
        "%": "percent", "#": "count", "€": "eur", "$": "usd", "£": "gbp", "+": "plus", "=": "equals", "<": "below",
        ">": "above", "!": "not",
    ]

    /// Latin letters without accents; `N°` as `No`.
    private static func plain(_ name: String) -> [Unicode.Scalar] {
        var scalars: [Unicode.Scalar] = []
        for scalar in name.unicodeScalars {
            if let letters = LatinFolding.letters(of: scalar.value) {
                scalars += letters.map { Unicode.Scalar($0) }
            } else if scalar == "°" || scalar == "º" {
                scalars.append("o")
            } else if !LatinFolding.isCombiningMark(scalar.value) {
                scalars.append(scalar)
            }
        }
        return scalars
    }
}
