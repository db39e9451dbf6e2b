import Testing

@testable import Mapping

@Suite("Formats of texts")
struct FormatTests {
    /// A mapping of one column to a field of a format.
    private struct Probe {
        let sheet: Sheet
        let refusal: String

        /// `format` as in a field: `iban`, or `postal_code, country: DE`.
        init(_ format: String) throws {
            sheet = try Sheet(
                "{name: n, api: {name: x, fields: [{name: f, format: \(format)}]}, mappings: {f: $a}}", columns: ["a"])
            let name = String(format.prefix { $0 != "," })
            refusal = try "f: format \(#require(FormatTable.format(named: name)).failure.code)"
        }

        init(_ format: Format, country: String) throws {
            try self.init(format.name == "postal_code" ? "postal_code, country: \(country)" : format.name)
        }

        /// Whether the text passes; a refusal must be that of the format.
        func takes(_ cell: String) -> Bool {
            let result = sheet.map([cell])
            if result == refusal { return false }
            #expect(result.hasPrefix("["))
            return true
        }
    }

    @Test("each format takes its documented text and refuses the other", arguments: FormatTable.formats)
    func example(format: Format) throws {
        let probe = try Probe(format, country: "DE")
        #expect(probe.takes(format.example.passing))
        #expect(!probe.takes(format.example.refused))
        #expect(format.failure.message.contains("correct the cell"))
    }

    @Test("a blank has no format, and bytes that are no text have none", arguments: FormatTable.formats)
    func blank(format: Format) throws {
        let probe = try Probe(format, country: "GB")
        #expect(probe.sheet.map([""]) == "[null]")
        let cells: [[UInt8]] = [
            [0xFF], [0x20], [0x00], [0x31, 0xC3], Array(repeating: 0x3A, count: 64), [0x2D], [0xEF, 0xBC],
        ]
        for cell in cells {
            #expect(probe.sheet.map([cell]) == probe.refusal)
        }
    }

    /// The examples of the IBAN Registry, one for each country.
    private static let ibans = """
        AD1200012030200359100100 AE070331234567890123456 AL47212110090000000235698741 AT611904300234573201
        AZ21NABZ00000000137010001944 BA391290079401028494 BE68539007547034 BG80BNBG96611020345678
        BH67BMAG00001299123456 BI4210000100010000332045181 BR1800360305000010009795493C1
        BY13NBRB3600900000002Z00AB00 CH9300762011623852957 CR05015202001026284066
        CY17002001280000001200527600 CZ6508000000192000145399 DE89370400440532013000
        DJ2100010000000154000100186 DK5000400440116243 DO28BAGR00000001212453611324 EE382200221020145685
        EG380019000500000000263180002 ES9121000418450200051332 FI2112345600000785 FK88SC123456789012
        FO6264600001631634 FR1420041010050500013M02606 GB29NWBK60161331926819 GE29NB0000000101904917
        GI75NWBK000000007099453 GL8964710001000206 GR1601101250000000012300695 GT82TRAJ01020000001210029690
        HN88CABF00000000000250005469 HR1210010051863000160 HU42117730161111101800000000
        IE29AIBK93115212345678 IL620108000000099999999 IQ98NBIQ850123456789012 IS140159260076545510730339
        IT60X0542811101000000123456 JO94CBJO0010000000000131000302 KW81CBKU0000000000001234560101
        KZ86125KZT5004100100 LB62099900000001001901229114 LC55HEMM000100010012001200023015
        LI21088100002324013AA LT121000011101001000 LU280019400644750000 LV80BANK0000435195001
        LY83002048000020100120361 MC5811222000010123456789030 MD24AG000225100013104168
        ME25505000012345678951 MK07250120000058984 MN121234123456789123 MR1300020001010000123456753
        MT84MALT011000012345MTLCAST001S MU17BOMM0101101030300200000MUR NI45BAPR00000013000003558124
        NL91ABNA0417164300 NO9386011117947 OM810180000001299123456 PK36SCBL0000001123456702
        PL61109010140000071219812874 PS92PALS000000000400123456702 PT50000201231234567890154
        QA58DOHB00001234567890ABCDEFG RO49AAAA1B31007593840000 RS35260005601001611379
        RU0304452522540817810538091310419 SA0380000000608010167519 SC18SSCB11010000000000001497USD
        SD8811123456789012 SE4550000000058398257466 SI56263300012039086 SK3112000000198742637541
        SM86U0322509800000000270100 SO211000001001000100141 ST23000100010051845310146
        SV62CENR00000000000000700025 TL380080012345678910157 TN5910006035183598478831
        TR330006100519786457841326 UA213223130000026007233566001 VA59001123000012345678
        VG96VPVG0000012345678901 XK051212012345678906 YE15CBYE0001018861234567891234
        """

    @Test("the IBANs of the registry pass in one piece and in groups, and none passes with a sign changed")
    func registry() throws {
        let ibans = Self.ibans.split { $0 == " " || $0 == "\n" }.map(String.init)
        #expect(ibans.count == 89)
        let probe = try Probe("iban")
        for iban in ibans {
            #expect(probe.takes(iban))
            var groups = ""
            for (index, sign) in iban.enumerated() { groups += index > 0 && index % 4 == 0 ? " \(sign)" : "\(sign)" }
            #expect(probe.takes(groups))
            for index in 2..<iban.count {
                var signs = Array(iban)
                signs[index] =
                    signs[index].isNumber ? (signs[index] == "7" ? "8" : "7") : (signs[index] == "A" ? "B" : "A")
                #expect(!probe.takes(String(signs)))
            }
            #expect(!probe.takes(iban + "0"))
            #expect(!probe.takes(String(iban.dropLast())))
        }
    }

    @Test(
        "formats take what is right and nothing near it",
        arguments: [
            (
                "iban", ["GB82 WEST 1234 5698 7654 32"],
                [
                    "GB82 WEST12345698765432", "GB82  WEST 1234 5698 7654 32", "gb82west12345698765432",
                    "US64SVBKUS6S3300958879", "DE", "DE89", "DE89 ", "DE00370400440532013089",
                    "D\u{C9}89370400440532013000",
                    " DE89370400440532013000", "DE89-3704-0044-0532-0130-00",
                ]
            ),
            (
                "luhn", ["79927398713", "4111111111111111", "4111-1111-1111-1111", "18", "378282246310005"],
                ["79927398710", "4111  1111 1111 1111", "4111111111111111 ", "-18", "0", "1", "18a", "\u{661}\u{668}"]
            ),
            (
                "isbn", ["0306406152", "0-306-40615-2", "978-0-306-40615-7", "979-10-90636-07-1", "080442957X"],
                [
                    "0306406153", "978-0-306-40615-8", "9790260000438", "030640615", "X", "0X06406152", "080442957x",
                    "9770306406157", "-0306406152", "030640615-", "0--306406152",
                ]
            ),
            (
                "isbn_10", ["0306406152", "0 8044 2957 X", "0000000000"],
                ["9780306406157", "0-8044-2957--X", "08044295-7X1"]
            ),
            ("isbn_13", ["978 0 306 40615 7", "9791090636071"], ["0306406152", "9780306406150", "4006381333931"]),
            (
                "ean", ["4006381333931", "73513537", "96385074", "0000000000000"],
                ["4006381333932", "73513536", "036000291452", "400638133393", "4006381 333931", "400638133393a"]
            ),
            ("ean_8", ["96385074"], ["4006381333931", "9638507", "963850740"]),
            ("ean_13", ["5901234123457"], ["96385074", "59012341234570"]),
            (
                "country", ["AD", "DE", "GB", "SS", "ZW", "CW", "AX"],
                ["de", "UK", "XK", "EU", "AN", "SU", "ZZ", "D", "DEU", "D\u{C9}", "\u{FF24}\u{FF25}"]
            ),
            ("country_3", ["AND", "DEU", "GBR", "ZWE", "ROU"], ["ROM", "deu", "DE", "DEUT", "XKX", "D\u{C9}"]),
            (
                "currency", ["AED", "EUR", "USD", "JPY", "CHF", "XCG", "ZWG", "XAU", "CHW", "ZMW"],
                ["eur", "EURO", "\u{20AC}", "DEM", "HRK", "BGN", "ANG", "ZWL", "BTC", "RMB", "EU"]
            ),
            ("postal_code, country: DE", ["10115", "01067"], ["1011", "101155", "D-10115", "1O115", "\u{661}0115"]),
            (
                "postal_code, country: GB",
                ["SW1A 1AA", "M1 1AE", "SW1A1AA", "EC1A 1BB", "B33 8TH", "CR2 6XH", "DN55 1PT"],
                ["SW1A  1AA", "sw1a 1aa", "SW1A 1A", "1AA SW1A", "SW 1A 1AA", "SW1A 1AA "]
            ),
            ("postal_code, country: US", ["90210", "90210-1234"], ["9021", "90210-", "90210-123", "902101234"]),
            ("postal_code, country: CA", ["K1A 0B1", "K1A0B1"], ["K1A-0B1", "K1A 0BB", "k1a 0b1"]),
            ("postal_code, country: NL", ["1012 AB", "1012AB"], ["1012", "1012 A1", "1012  AB"]),
            ("postal_code, country: PL", ["00-950"], ["00950", "00 950"]),
            ("postal_code, country: SE", ["114 55", "11455"], ["1 1455", "1145"]),
            ("postal_code, country: IE", ["D02 X285", "D6W XH97", "A65F4E2"], ["X285 D02", "D0 X285", "D6W"]),
            ("postal_code, country: AD", ["AD500"], ["500", "AA500", "ad500"]),
            ("postal_code, country: BR", ["01310-100", "01310100"], ["0131-0100"]),
            ("postal_code, country: JP", ["100-0001", "1000001"], ["10-00001"]),
            (
                "ipv4", ["0.0.0.0", "255.255.255.255", "192.0.2.1", "10.0.0.200"],
                [
                    "256.0.0.1", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.04", "1..2.3", ".1.2.3", "1.2.3.",
                    "1.2.3.4/24",
                    "1.2.3.a", " 1.2.3.4", "::1", "1.2.3.99999999999999999999",
                ]
            ),
            (
                "ipv6",
                [
                    "::", "::1", "1::", "2001:db8::1", "2001:DB8:0:0:8:800:200C:417A", "1:2:3:4:5:6:7:8",
                    "1:2:3:4:5:6:7::",
                    "::2:3:4:5:6:7:8", "::ffff:192.0.2.1", "64:ff9b::192.0.2.33", "1:2:3:4:5:6:192.0.2.1",
                ],
                [
                    ":", ":::", ":1", "1:", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "1:2:3:4::5:6:7:8",
                    "12345::",
                    "g::", "fe80::1%eth0", "2001:db8::/32", "1.2.3.4", "::1.2.3", "::1.2.3.4:5",
                    "1:2:3:4:5:6:7:1.2.3.4",
                    "::256.1.1.1", "[::1]", "1:2:3:4:5:6:7:8::",
                ]
            ),
            ("ip", ["192.0.2.1", "2001:db8::1"], ["localhost", "192.0.2", "1"]),
        ] as [(String, [String], [String])])
    func cases(format: String, right: [String], wrong: [String]) throws {
        let probe = try Probe(format)
        for cell in right { #expect(probe.takes(cell), "\(cell)") }
        for cell in wrong { #expect(!probe.takes(cell), "\(cell)") }
    }

    @Test("a changed digit is found in every place of a number with check digits")
    func checkDigits() throws {
        for (format, number) in [
            ("luhn", "4111111111111111"), ("isbn_10", "0306406152"), ("isbn_13", "9780306406157"),
            ("ean_13", "4006381333931"), ("ean_8", "73513537"),
        ] {
            let probe = try Probe(format)
            for index in number.indices {
                for digit in "0123456789" where digit != number[index] {
                    var changed = number
                    changed.replaceSubrange(index...index, with: [digit])
                    #expect(!probe.takes(changed), "\(changed)")
                }
            }
        }
    }

    @Test("texts of a million signs are judged at once, by every format", arguments: FormatTable.formats)
    func extreme(format: Format) throws {
        let probe = try Probe(format, country: "US")
        for sign in ["0", "A", ":", "1-", "é"] {
            let text = String(repeating: sign, count: 1_000_000)
            // A million zeros check themselves.
            let isRight = format.name == "luhn" && sign == "0"
            #expect(probe.takes(text) == isRight)
        }
    }

    @Test("the tables have the codes of their standards")
    func tables() throws {
        let letters = (UInt8(ascii: "A")...UInt8(ascii: "Z")).map { String(UnicodeScalar($0)) }
        let pairs = letters.flatMap { first in letters.map { first + $0 } }
        let triples = pairs.flatMap { first in letters.map { first + $0 } }
        #expect(pairs.filter { Countries.twoLetters.contains($0) }.count == 249)
        #expect(triples.filter { Countries.threeLetters.contains($0) }.count == 249)
        #expect(triples.filter { Currencies.codes.contains($0) }.count == 178)
        let lengths = pairs.compactMap { pair in Array(pair.utf8).withUnsafeBufferPointer { IBANLengths.length(of: $0) }
        }
        #expect(lengths.count == 89)
        #expect(lengths.allSatisfy { 15...34 ~= $0 })
        #expect(PostalCodes.countries.allSatisfy { Countries.twoLetters.contains($0) })
        #expect(PostalCodes.countries == PostalCodes.countries.sorted())
        #expect(Set(PostalCodes.countries).count == PostalCodes.countries.count)
    }
}
