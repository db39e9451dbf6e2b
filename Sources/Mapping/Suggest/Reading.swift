/// A way to read the cells of a column as a type: steps behind the column, such as ` | to_integer`.
struct Reading {
    let steps: String
    /// Readings of different families mean different things by the same cell, also where a sample does not show it:
    /// `dd/MM/yyyy` and `MM/dd/yyyy`.
    let family: Int

    init(_ steps: String, family: Int) {
        self.steps = steps
        self.family = family
    }

    func contradicts(_ other: Reading) -> Bool { family != other.family }

    /// All ways to a type, those that are preferred first.
    static func ways(to type: FieldType, of sample: ColumnSample) -> [Reading] {
        switch type {
        case .string: [Reading(sample.hasOuterBlanks ? " | trim" : "", family: 0)]
        case .email: plain + [Reading(" | email", family: 0)]
        case .boolean: booleans
        case .integer: [Reading(" | to_integer", family: 0)] + numbers(of: sample)
        case .number: [Reading(" | to_decimal", family: 0)] + numbers(of: sample)
        case .date: dates
        default: plain
        }
    }

    private static let plain = [Reading("", family: 0), Reading(" | trim", family: 0)]

    private static let booleans: [Reading] = {
        let words: [(String, String)] = [
            ("ja", "nein"), ("j", "n"), ("wahr", "falsch"), ("oui", "non"), ("o", "n"), ("vrai", "faux"), ("sí", "no"),
            ("si", "no"), ("sì", "no"), ("s", "n"), ("verdadero", "falso"), ("vero", "falso"),
        ]
        return [Reading(" | parse_boolean", family: 0)]
            + words.map { Reading(" | parse_boolean(\"\($0.0)\", \"\($0.1)\")", family: 0) }
    }()

    /// Locales, one for each way to write decimals and thousands. A number in percent is none of these: whether `5 %` is
    /// 5 or 0.05 there, only the API knows.
    private static func numbers(of sample: ColumnSample) -> [Reading] {
        if sample.cells.contains(where: { $0.contains(UInt8(ascii: "%")) }) { return [] }
        let locales = sample.hasInnerBlanks ? ["en", "fr", "de", "de-CH"] : ["en", "de", "fr", "de-CH"]
        return locales.map { Reading(" | parse_number(\"\($0)\")", family: 0) }
    }

    private static let dates: [Reading] = {
        let families: [[String]] = [
            alsoWithTimes(["yyyy-MM-dd", "yyyy-M-d"]) + ["yyyy-MM-dd'T'HH:mm:ss"],
            alsoWithTimes(["dd/MM/yyyy", "d/M/yyyy"]), alsoWithTimes(["MM/dd/yyyy", "M/d/yyyy"]),
            // With points, only the day comes first.
            alsoWithTimes(["dd.MM.yyyy", "d.M.yyyy"]),
            ["dd-MM-yyyy", "d-M-yyyy"], ["MM-dd-yyyy", "M-d-yyyy"], ["yyyy/MM/dd", "yyyy/M/d"], ["yyyy.MM.dd"],
            ["yyyyMMdd"], ["ddMMyyyy"], ["MMddyyyy"], ["dd.MM.yy", "d.M.yy"], ["yy.MM.dd"], ["dd/MM/yy", "d/M/yy"],
            ["MM/dd/yy", "M/d/yy"], ["yy/MM/dd"], ["dd-MM-yy"], ["MM-dd-yy"], ["yy-MM-dd"],
            ["d MMM yyyy", "d MMMM yyyy"], ["d-MMM-yyyy", "d-MMM-yy"], ["MMM d, yyyy", "MMMM d, yyyy"],
        ]
        return families.enumerated().flatMap { family, formats in
            formats.map { Reading(" | parse_date(\"\($0)\")", family: family) }
        }
    }()

    private static func alsoWithTimes(_ days: [String]) -> [String] {
        days.flatMap { [$0, $0 + " HH:mm:ss", $0 + " HH:mm"] }
    }
}

extension ColumnSample {
    var hasOuterBlanks: Bool {
        cells.contains { cell in cell.withUnsafeBufferPointer { trimmed($0).count < cell.count } }
    }

    var hasInnerBlanks: Bool {
        cells.contains { cell in
            cell.withUnsafeBufferPointer { bytes in
                let text = trimmed(bytes)
                var index = 0
                while index < text.count {
                    let (scalar, length) = decodeScalar(text, at: index)
                    if isBlankScalar(scalar) { return true }
                    index += length
                }
                return false
            }
        }
    }
}
