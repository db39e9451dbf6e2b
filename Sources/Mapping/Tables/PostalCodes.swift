/// The forms of postal codes, by country.
///
/// From the Universal Postal Union's addressing guides and the countries' posts, as of January 2026. The form is checked,
/// not whether there is such a code.
struct PostalCodes: Sendable {
    /// Country, then its forms between `|`: `9` is a digit, `A` a capital letter, `*` either of them, a small letter the
    /// capital one itself; a space may be left out; other signs stand for themselves.
    private static let table: StaticString = """
        AD ad999
        AL 9999
        AM 9999
        AR 9999|A9999AAA
        AT 9999
        AU 9999
        AZ az 9999|9999
        BA 99999
        BD 9999
        BE 9999
        BG 9999
        BR 99999-999|99999999
        BY 999999
        CA A9A 9A9
        CH 9999
        CL 9999999|999-9999
        CN 999999
        CO 999999
        CR 99999
        CY 9999
        CZ 999 99
        DE 99999
        DK 9999
        DZ 99999
        EC 999999
        EE 99999
        ES 99999
        FI 99999
        FO 999
        FR 99999
        GB A9 9AA|A99 9AA|AA9 9AA|AA99 9AA|A9A 9AA|AA9A 9AA
        GE 9999
        GL 9999
        GR 999 99
        HR 99999
        HU 9999
        ID 99999
        IE A99 ****|d6w ****
        IL 9999999|99999
        IN 999 999
        IS 999
        IT 99999
        JP 999-9999|9999999
        KR 99999
        KZ 999999|A99A9A9
        LI 9999
        LK 99999
        LT lt-99999|99999
        LU l-9999|9999
        LV lv-9999|9999
        MA 99999
        MC 99999
        MD md-9999|md 9999|9999
        ME 99999
        MK 9999
        MT AAA 9999
        MX 99999
        MY 99999
        NL 9999 AA
        NO 9999
        NZ 9999
        PE 99999
        PH 9999
        PK 99999
        PL 99-999
        PT 9999-999
        RO 999999
        RS 99999
        RU 999999
        SA 99999|99999-9999
        SE 999 99
        SG 999999
        SI 9999
        SK 999 99
        SM 99999
        TH 99999
        TN 9999
        TR 99999
        TW 999|999-99|99999|999-999|999999
        UA 99999
        US 99999|99999-9999
        UY 99999
        UZ 999999
        VA 99999
        VN 99999|999999
        ZA 9999
        """

    /// The countries whose postal codes are known, in the order of the alphabet.
    static let countries: [String] = entries.map(\.country)

    private static let entries: [(country: String, forms: [[UInt8]])] = {
        let text = table.withUTF8Buffer { String(decoding: $0, as: UTF8.self) }
        return text.split(separator: "\n").map { line in
            (String(line.prefix(2)), line.dropFirst(3).split(separator: "|").map { Array($0.utf8) })
        }
    }()

    private let forms: [[UInt8]]

    /// `nil` for a country whose postal codes are not known, or that has none.
    init?(country: String) {
        guard let entry = Self.entries.first(where: { $0.country == country }) else { return nil }
        forms = entry.forms
    }

    func contains(_ bytes: Bytes) -> Bool {
        for form in forms where Self.matches(bytes, form) { return true }
        return false
    }

    private static func matches(_ bytes: Bytes, _ form: [UInt8]) -> Bool {
        var index = 0
        for sign in form {
            guard index < bytes.count else { return false }
            let byte = bytes[index]
            switch sign {
            case UInt8(ascii: "9"):
                guard byte &- 0x30 < 10 else { return false }
            case UInt8(ascii: "A"):
                guard byte &- 0x41 < 26 else { return false }
            case UInt8(ascii: "*"):
                guard byte &- 0x30 < 10 || byte &- 0x41 < 26 else { return false }
            case UInt8(ascii: " "):
                if byte != sign { continue }
            case 0x61...0x7A:
                guard byte == sign &- 0x20 else { return false }
            default:
                guard byte == sign else { return false }
            }
            index += 1
        }
        return index == bytes.count
    }
}
