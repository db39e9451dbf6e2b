/// The words that remarks and sums below a table begin with, in the languages of most files.
enum FooterWords {
    private static let sums: Set<String> = [
        "total", "totals", "totale", "totaal", "subtotal", "sub-total", "sum", "summe", "gesamt", "gesamtsumme",
        "gesamtergebnis", "insgesamt", "zwischensumme", "somme", "suma", "saldo", "endsaldo",
        "anfangssaldo", "schlusssaldo", "kontostand", "solde", "balance",
    ]
    private static let remarks: Set<String> = [
        "source", "sources", "quelle", "quellen", "fonte", "fuente", "note", "notes", "nota", "hinweis", "hinweise",
        "anmerkung", "anmerkungen", "remark", "remarks", "legend", "legende", "stand", "erstellt", "generated",
        "exported", "printed", "created", "copyright", "disclaimer",
    ]

    static func isSum(_ cell: ArraySlice<UInt8>) -> Bool {
        let words = words(cell)
        return words.count <= 3 && (words.first.map(sums.contains) == true || words.prefix(2) == ["grand", "total"])
    }

    /// Whether it is a word for a sum and no name that begins with one.
    static func isNothingButSum(_ cell: ArraySlice<UInt8>) -> Bool {
        let words = words(cell)
        return words.count == 1 ? sums.contains(words[0]) : words == ["grand", "total"]
    }

    static func isRemark(_ cell: ArraySlice<UInt8>) -> Bool {
        words(cell).first.map(remarks.contains) == true
    }

    /// Whether it begins as a footnote does.
    static func isMarked(_ cell: ArraySlice<UInt8>) -> Bool {
        let cell = cell.drop { $0 == 0x20 || $0 == 0x09 }
        return cell.first == UInt8(ascii: "*") || cell.starts(with: "©".utf8)
    }

    /// The words in lower case, without what stands behind them as in `Total:`.
    static func words(_ cell: ArraySlice<UInt8>) -> [String] {
        String(decoding: cell, as: UTF8.self).lowercased().split { $0 == " " || $0 == "\t" || $0 == "\u{A0}" }
            .map { word in
                var word = word
                while let last = word.last, ":.,;)".contains(last) { word.removeLast() }
                return String(word)
            }
    }
}
