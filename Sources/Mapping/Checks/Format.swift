/// A known form of a text, that of an IBAN or an IP address: what `format` of a field names.
package struct Format: Sendable {
    package let name: String
    /// The country whose form it is, for `postal_code`; two letters.
    package private(set) var country: String?
    /// One line for the reference.
    package let summary: String
    /// A text of the form, and one that is not.
    package let example: (passing: String, refused: String)
    package private(set) var failure: Failure
    /// Whether a text is of the form; total, for any bytes.
    private(set) var test: @Sendable (Bytes) -> Bool

    init(
        _ name: String, summary: String, example: (passing: String, refused: String), failure: Failure,
        test: @escaping @Sendable (Bytes) -> Bool
    ) {
        self.name = name
        self.summary = summary
        self.example = example
        self.failure = failure
        self.test = test
    }

    /// The postal codes of a country; `nil` where their form is not known.
    package static func postalCode(of country: String) -> Format? {
        guard let codes = PostalCodes(country: country) else { return nil }
        var format = postalCode
        format.country = country
        format.failure = Failure(
            format.failure.code,
            "this is not a postal code of \(country); correct the cell, or the country of the check")
        format.test = { codes.contains($0) }
        return format
    }
}

/// All formats that `format` of a field can name.
package enum FormatTable {
    package static let formats: [Format] = [
        .iban, .luhn, .isbn, .isbn10, .isbn13, .ean, .ean8, .ean13, .country, .country3, .currency, .postalCode, .ip,
        .ipv4, .ipv6,
    ]

    package static func format(named name: String) -> Format? { formats.first { $0.name == name } }

    /// The ways of failing of all formats, each code once.
    static let refusals: [Check.Refusal] = formats.reduce(into: []) { refusals, format in
        if refusals.contains(where: { $0.code == format.failure.code }) { return }
        refusals.append(Check.Refusal(format.failure.code) { _, _ in format.failure.message })
    }
}

extension Format {
    static let iban = Format(
        "iban",
        summary:
            "bank account (ISO 13616): one of the 89 countries that have them, its length, and the check digits modulo "
            + "97; in one piece or in groups of four, in capital letters",
        example: ("DE89 3704 0044 0532 0130 00", "DE88370400440532013000"),
        failure: .notAnIBAN, test: TextFormat.isIBAN)
    static let luhn = Format(
        "luhn",
        summary: "digits, the last one checking the others by Luhn, as of cards; single spaces or hyphens between",
        example: ("4111 1111 1111 1111", "4111 1111 1111 1112"),
        failure: Failure(
            "wrong_check_digit",
            "this is not a number whose last digit checks the others (Luhn), such as 4111 1111 1111 1111; "
                + "correct the cell"
        ), test: TextFormat.hasLuhnDigit)
    static let isbn = Format(
        "isbn", summary: "book number of 10 or 13 digits with its check digit; single spaces or hyphens between",
        example: ("978-3-16-148410-0", "978-3-16-148410-1"), failure: .notAnISBN,
        test: { TextFormat.isISBN10($0) || TextFormat.isISBN13($0) })
    static let isbn10 = Format(
        "isbn_10", summary: "book number of 10 digits, the last perhaps X", example: ("0-8044-2957-X", "0-8044-2957-1"),
        failure: .notAnISBN, test: TextFormat.isISBN10)
    static let isbn13 = Format(
        "isbn_13", summary: "book number of 13 digits, which begins with 978 or 979",
        example: ("9780306406157", "0306406152"), failure: .notAnISBN, test: TextFormat.isISBN13)
    static let ean = Format(
        "ean", summary: "article number (GTIN) of 8 or 13 digits with its check digit",
        example: ("4006381333931", "4006381333932"), failure: .notAnEAN,
        test: { TextFormat.isEAN($0, length: 13) || TextFormat.isEAN($0, length: 8) })
    static let ean8 = Format(
        "ean_8", summary: "article number of 8 digits", example: ("73513537", "4006381333931"), failure: .notAnEAN,
        test: { TextFormat.isEAN($0, length: 8) })
    static let ean13 = Format(
        "ean_13", summary: "article number of 13 digits", example: ("4006381333931", "73513537"), failure: .notAnEAN,
        test: { TextFormat.isEAN($0, length: 13) })
    static let country = Format(
        "country", summary: "country (ISO 3166-1), two capital letters", example: ("DE", "UK"),
        failure: Failure(
            "not_a_country",
            "this is not the two-letter code of a country such as DE; correct the cell, or translate it with map(…)"),
        test: { Countries.twoLetters.contains($0) })
    static let country3 = Format(
        "country_3", summary: "country (ISO 3166-1), three capital letters", example: ("DEU", "DE"),
        failure: Failure(
            "not_a_country_3",
            "this is not the three-letter code of a country such as DEU; "
                + "correct the cell, or translate it with map(…)"),
        test: { Countries.threeLetters.contains($0) })
    static let currency = Format(
        "currency",
        summary: "currency (ISO 4217, list one of 1 January 2026, funds and metals included), three capital letters",
        example: ("EUR", "DEM"),
        failure: Failure(
            "not_a_currency",
            "this is not the code of a currency in use such as EUR; correct the cell, or translate it with map(…)"),
        test: { Currencies.codes.contains($0) })
    /// Without a country, for the list; a field's is that of `postalCode(of:)`.
    static let postalCode = Format(
        "postal_code",
        summary:
            "postal code of the country that the key `country` names, as in `country: DE`; spaces in it may be left "
            + "out. The form is checked, not whether the code exists",
        example: ("10115", "1011"),
        failure: Failure(
            "not_a_postal_code",
            "this is not a postal code of the country; correct the cell, or the country of the check"),
        test: { _ in true })
    static let ip = Format(
        "ip", summary: "IPv4 or IPv6 address", example: ("192.0.2.1", "192.0.2"), failure: .notAnIPAddress,
        test: { TextFormat.isIPv4($0) || TextFormat.isIPv6($0) })
    static let ipv4 = Format(
        "ipv4", summary: "four numbers from 0 to 255 without zeros in front", example: ("192.0.2.1", "192.0.2.256"),
        failure: .notAnIPAddress, test: { TextFormat.isIPv4($0) })
    static let ipv6 = Format(
        "ipv6", summary: "address by RFC 4291, `::` and an IPv4 address at the end included, without a zone",
        example: ("2001:db8::1", "2001:db8:::1"), failure: .notAnIPAddress, test: { TextFormat.isIPv6($0) })
}

extension Failure {
    static let notAnIBAN = Failure(
        "not_an_iban",
        "this is not an IBAN such as DE89 3704 0044 0532 0130 00: its country, length or check digits are wrong; "
            + "correct the cell")
    static let notAnISBN = Failure(
        "not_an_isbn",
        "this is not an ISBN such as 978-3-16-148410-0: its length or check digit is wrong; correct the cell")
    static let notAnEAN = Failure(
        "not_an_ean",
        "this is not an article number such as 4006381333931: its length or check digit is wrong; correct the cell")
    static let notAnIPAddress = Failure(
        "not_an_ip_address", "this is not an IP address such as 192.0.2.1 or 2001:db8::1; correct the cell")
}
