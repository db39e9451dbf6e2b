import Testing

@testable import Mapping

@Suite("Functions on addresses and codes")
struct ContactFunctionTests {
    @Test(
        "email takes the address out of its wrapping and writes the domain small",
        arguments: [
            ("ann@example.com", "\"ann@example.com\""), (" Ann.Lee@EXAMPLE.Com\u{A0}", "\"Ann.Lee@example.com\""),
            ("Ann Lee <ann@x.de>", "\"ann@x.de\""), ("< ann@x.de >", "\"ann@x.de\""),
            ("MailTo:ann@x.de", "\"ann@x.de\""), ("<mailto:ann@x.de>", "\"ann@x.de\""),
            ("jörg@MÜLLER.de", "\"jörg@mÜller.de\""), ("", "null"), (" \u{3000}", "null"), ("yes", "not_an_email"),
            ("ann@localhost", "not_an_email"), ("a@b.de, c@d.de", "not_an_email"), ("<>", "not_an_email"),
            (">", "not_an_email"),
            ("<", "not_an_email"), ("ann@x.de>", "not_an_email"), ("mailto:", "not_an_email"), ("📧@x.de", "\"📧@x.de\""),
        ])
    func email(cell: String, expected: String) throws {
        #expect(try value(of: "$a | email", cell) == expected)
    }

    @Test(
        "url writes scheme and host small and gives the scheme only where it is told to",
        arguments: [
            ("https://example.com/a", "\"https://example.com/a\"", "\"https://example.com/a\""),
            (
                " HTTP://Example.COM:80/Path?Q#F ", "\"http://example.com:80/Path?Q#F\"",
                "\"http://example.com:80/Path?Q#F\""
            ),
            ("HTTPS://X.DE?A=B", "\"https://x.de?A=B\"", "\"https://x.de?A=B\""),
            ("www.Example.com", "not_a_url", "\"https://www.example.com\""), ("", "null", "null"),
            ("  ", "null", "null"),
            ("ftp://x.de", "not_a_url", "not_a_url"), ("a b", "not_a_url", "not_a_url"),
            ("http://", "not_a_url", "not_a_url"),
            ("javascript:alert(1)", "not_a_url", "not_a_url"),
            ("https://münchen.de/Ä", "\"https://münchen.de/Ä\"", "\"https://münchen.de/Ä\""),
        ])
    func url(cell: String, expected: String, withScheme: String) throws {
        #expect(try value(of: "$a | url", cell) == expected)
        #expect(try value(of: "$a | url(\"https\")", cell) == withScheme)
    }

    @Test("url knows the schemes http and https")
    func scheme() {
        #expect(
            Sheet.problems("name: n\napi: x\nmappings: {t: '$a | url(\"ftp\")'}") == ["3:25 wrong_arguments"])
    }

    @Test(
        "country_code gives two letters for codes and names",
        arguments: [
            ("DE", "\"DE\""), ("de", "\"DE\""), (" Deu ", "\"DE\""), ("Germany", "\"DE\""), ("ALLEMAGNE", "\"DE\""),
            ("österreich", "\"AT\""), ("Osterreich", "\"AT\""), ("O\u{308}sterreich", "\"AT\""), ("U.S.A.", "\"US\""),
            ("United  States", "\"US\""), ("UK", "\"GB\""), ("Côte d’Ivoire", "\"CI\""), ("cote d'ivoire", "\"CI\""),
            ("Trinidad and Tobago", "\"TT\""), ("Saint Lucia", "\"LC\""), ("St. Lucia", "\"LC\""), ("Niger", "\"NE\""),
            ("Nigeria", "\"NG\""), ("Guinea", "\"GN\""), ("Guinea-Bissau", "\"GW\""), ("South Korea", "\"KR\""),
            ("Dominica", "\"DM\""), ("", "null"), (" \t", "null"), ("Congo", "unknown_country"),
            ("Korea", "unknown_country"),
            ("EU", "unknown_country"), ("XX", "unknown_country"), ("D", "unknown_country"), ("-", "unknown_country"),
            ("Deutschland 2", "unknown_country"), ("Россия", "unknown_country"), ("🇩🇪", "unknown_country"),
        ])
    func countryCode(cell: String, expected: String) throws {
        #expect(try value(of: "$a | country_code", cell) == expected)
    }

    @Test("every name of a country gives its own code, and every country has a name")
    func countryNames() throws {
        let sheet = try Sheet("{name: n, api: x, mappings: {t: $a | country_code}}", columns: ["a"])
        let all = CountryNames.all
        for (name, code) in all {
            #expect(sheet.map([name]) == "[\"\(code)\"]", "\(name)")
            #expect(sheet.map([name.uppercased()]) == "[\"\(code)\"]", "\(name)")
        }
        let codes = Set(all.map(\.code))
        #expect(codes.count == 249)
        #expect(codes.allSatisfy { Countries.twoLetters.contains($0) })
        for code in codes { #expect(all.count { $0.code == code } >= 3, "\(code)") }
    }

    @Test(
        "currency_code gives three letters for codes and for signs of one currency",
        arguments: [
            ("EUR", "\"EUR\""), (" eur ", "\"EUR\""), ("€", "\"EUR\""), ("₺", "\"TRY\""), ("Xcg", "\"XCG\""),
            ("", "null"),
            ("  ", "null"), ("$", "unknown_currency"), ("£", "unknown_currency"), ("¥", "unknown_currency"),
            ("DEM", "unknown_currency"), ("EURO", "unknown_currency"), ("€€", "unknown_currency"),
            ("日", "unknown_currency"),
            ("E R", "unknown_currency"), ("[[[", "unknown_currency"), ("1.0", "unknown_currency"),
        ])
    func currencyCode(cell: String, expected: String) throws {
        #expect(try value(of: "$a | currency_code", cell) == expected)
    }

    @Test(
        "iban writes what is right in one piece",
        arguments: [
            ("DE89370400440532013000", "\"DE89370400440532013000\""),
            ("de89 3704-0044 0532\u{A0}0130 00", "\"DE89370400440532013000\""),
            ("mt84 malt 0110 0001 2345 mtlc ast0 01s", "\"MT84MALT011000012345MTLCAST001S\""), ("", "null"),
            (" ", "null"),
            ("DE89370400440532013001", "not_an_iban"), ("DE8937040044053201300", "not_an_iban"), ("-", "not_an_iban"),
            ("IBAN DE89370400440532013000", "not_an_iban"), ("ＤＥ89370400440532013000", "not_an_iban"),
            ("DE89370400440532013000DE89370400440532013000", "not_an_iban"),
        ])
    func iban(cell: String, expected: String) throws {
        #expect(try value(of: "$a | iban", cell) == expected)
    }

    @Test("what functions give passes the checks of the same form")
    func checks() throws {
        let sheet = try Sheet(
            """
            name: n
            api: {name: x, fields: [{name: a, format: iban}, {name: b, format: country}, {name: c, format: currency},
              {name: d, type: email}, {name: e, type: url}]}
            mappings: {a: $a | iban, b: $b | country_code, c: $c | currency_code, d: $d | email, e: '$e | url("http")'}
            """, columns: ["a", "b", "c", "d", "e"])
        #expect(
            sheet.map(["nl91 abna 0417 1643 00", "Países Bajos", "₹", "<A@B.NL>", "B.NL"])
                == #"["NL91ABNA0417164300","NL","INR","A@b.nl","http://b.nl"]"#)
    }

    @Test("texts of a million signs are judged at once", arguments: Function.contact.map(\.name))
    func extreme(function: String) throws {
        for sign in ["a", "1 ", "é", ">", "-"] {
            let result = try value(of: "$a | \(function)", String(repeating: sign, count: 500_000))
            #expect(result.hasPrefix("not_a") || result.hasPrefix("unknown_"))
        }
    }
}
