/// How long the IBANs of a country are.
///
/// From the IBAN Registry that SWIFT keeps for ISO 13616 (release 98, 2024): 89 countries, XK (Kosovo) among them.
enum IBANLengths {
    /// Country and length of each.
    private static let table: StaticString = """
        AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24FI18\
        FK18FO18FR27GB22GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20\
        LU20LV21LY25MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29RO24RS22RU33SA24\
        SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30
        """

    /// By the number of the country's code; 0 where there are no IBANs.
    private static let lengths: [UInt8] = {
        var lengths = [UInt8](repeating: 0, count: 26 * 26)
        for start in stride(from: 0, to: table.utf8CodeUnitCount, by: 4) {
            let entry = table.utf8Start + start
            guard let country = CodeSet.number(of: Bytes(start: entry, count: 2)) else { continue }
            lengths[country] = (entry[2] &- 0x30) * 10 + (entry[3] &- 0x30)
        }
        return lengths
    }()

    /// The number of letters and digits, or `nil` for a country without IBANs.
    static func length(of country: Bytes) -> Int? {
        guard country.count == 2, let number = CodeSet.number(of: country), lengths[number] > 0 else { return nil }
        return Int(lengths[number])
    }
}
