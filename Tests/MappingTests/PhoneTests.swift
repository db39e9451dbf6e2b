import Testing

@testable import Mapping

@Suite("Telephone numbers")
struct PhoneTests {
    @Test(
        "phone_e164 reads what is clearly a number of the region or of another one",
        arguments: [
            ("DE", "030 1234567", "+49301234567"), ("DE", "(030) 123 45-67", "+49301234567"),
            ("DE", "030/1234567", "+49301234567"), ("DE", "0171.123.4567", "+491711234567"),
            ("DE", "\u{202A}+49 (0)30 1234567\u{202C}", "+49301234567"), ("DE", "+49(0) 30-1234567", "+49301234567"),
            ("DE", "0049 (0)30 1234567", "+49301234567"), ("DE", "(+49) 30 1234567", "+49301234567"),
            ("DE", "0044 20 7946 0958", "+442079460958"), ("DE", "tel:+49-30-1234567", "+49301234567"),
            ("DE", "TEL: 030 1234567", "+49301234567"), ("DE", "030\u{A0}123\u{2011}4567", "+49301234567"),
            ("JP", "０３－１２３４－５６７８", "+81312345678"), ("JP", "90 1234 5678", "+819012345678"),
            ("JP", "010 49 30 1234567", "+49301234567"), ("US", "(212) 555-0100", "+12125550100"),
            ("US", "1-212-555-0100", "+12125550100"), ("US", "+1 212.555.0100", "+12125550100"),
            ("US", "011 49 30 1234567", "+49301234567"), ("GB", "020 7946 0958", "+442079460958"),
            ("GB", "7911 123456", "+447911123456"), ("FR", "01 23 45 67 89", "+33123456789"),
            ("FR", "612345678", "+33612345678"), ("IT", "06 1234 5678", "+390612345678"),
            ("IT", "+39 06 1234 5678", "+390612345678"), ("IT", "333 123 4567", "+393331234567"),
            ("CN", "138 1234 5678", "+8613812345678"), ("CN", "010 1234 5678", "+861012345678"),
            ("BR", "(11) 91234-5678", "+5511912345678"), ("BR", "011 91234-5678", "+5511912345678"),
            ("RU", "8 (495) 123-45-67", "+74951234567"), ("RU", "8 800 555 35 35", "+78005553535"),
            ("RU", "800 555 35 35", "+78005553535"), ("HU", "06 1 234 5678", "+3612345678"),
            ("ES", "612 34 56 78", "+34612345678"), ("CO", "300 123 4567", "+573001234567"),
            ("DE", "+800 1234 5678", "+80012345678"), ("DE", "+7 495 123-45-67", "+74951234567"),
        ])
    func read(region: String, cell: String, expected: String) throws {
        #expect(try value(of: "$a | phone_e164(\"\(region)\")", cell) == "\"\(expected)\"")
    }

    @Test(
        "phone_e164 fails on what is no number, or could be another one",
        arguments: [
            // Without its area code, or without the trunk prefix where local numbers have that many digits, too.
            ("DE", "1234567"), ("DE", "30 1234567"), ("US", "555-0100"), ("AU", "9374 4000"), ("SE", "8 123 456"),
            // Without + before the calling code.
            ("DE", "49 30 1234567"), ("ES", "34 612 34 56 78"),
            // With a trunk prefix that is no part of an international number, or of another country.
            ("DE", "+49 030 1234567"), ("IT", "+39 (0)6 1234 5678"), ("US", "+1 (0)212 555 0100"),
            ("DE", "0 (0)30 1234567"),
            ("DE", "+49 30 (0) 1234567"),
            // Too long, too short, of no country.
            ("DE", "110"), ("DE", "+49 30 12345678901234"), ("FR", "01 23 45 67 8"), ("FR", "01 23 45 67 89 0"),
            ("US", "112 555 0100"), ("DE", "+999 123456"), ("DE", "+"), ("DE", "00"), ("DE", "+0"), ("DE", "0"),
            ("US", "0049 30 1234567"),
            // No number, or several.
            ("DE", "-"), ("DE", "n/a"), ("DE", "()"), ("DE", "030 1234567, 040 1234567"),
            ("DE", "030 1234567 / 040 7654321"),
            ("DE", "030 1234567 oder 8"), ("DE", "030+1234567"), ("DE", "++49 30 1234567"), ("DE", "030 1234567)"),
            ("DE", "(030 1234567"), ("DE", "030 1234567-"), ("DE", "-12.50"), ("US", "1-800-FLOWERS"),
            ("DE", "1.2E+10"),
            ("DE", "٠٣٠ ١٢٣٤٥٦٧"), ("DE", "☎ 030 1234567"), ("DE", "ann@example.com"), ("DE", "tel\u{1A}030 1234567"),
            ("DE", "tel:"),
        ])
    func refuse(region: String, cell: String) throws {
        #expect(try value(of: "$a | phone_e164(\"\(region)\")", cell) == "not_a_phone")
    }

    @Test(
        "an extension, which E.164 has not, fails with a code of its own",
        arguments: [
            "030 1234567 ext. 12", "030 1234567 x12", "030 1234567#12", "tel:+49-30-1234567;ext=12",
            "030 1234567, Ext 12",
            "030 1234567 Durchwahl: 12", "030 1234567 poste 12",
        ])
    func extensions(cell: String) throws {
        #expect(try value(of: "$a | phone_e164(\"DE\")", cell) == "phone_extension")
        let advised = #"$a | regex_replace("(?i)[ ,;]*(ext|x|durchwahl|poste|#).*$", "") | phone_e164("DE")"#
        #expect(try value(of: advised, cell) == "\"+49301234567\"")
    }

    @Test("blanks stay blank", arguments: ["", " ", "\u{A0}\t"])
    func blanks(cell: String) throws {
        #expect(try value(of: "$a | phone_e164(\"DE\")", cell) == "null")
    }

    @Test("a million signs are judged at once", arguments: ["1", "+", "(", " 1", "é", "x", "(0)", "\u{202A}"])
    func extreme(sign: String) throws {
        let result = try value(of: "$a | phone_e164(\"DE\")", String(repeating: sign, count: 1_000_000))
        #expect(result == "not_a_phone")
    }

    @Test("a region is one of two letters that has numbers", arguments: ["D", "Germany", "de", "", "EU", "001"])
    func regions(region: String) {
        let problems = Sheet.problems("name: n\napi: x\nmappings: {t: '$a | phone_e164(\"\(region)\")'}")
        #expect(problems == ["3:32 wrong_arguments"])
    }

    @Test("the table knows 245 regions, each with a calling code that no other one begins with")
    func table() {
        let regions = PhonePlan.regionNames
        #expect(regions.count == 245)
        let codes = Set(regions.compactMap { PhonePlan.plan(of: $0)?.callingCode })
        for code in codes {
            for other in codes where other != code { #expect(!other.starts(with: code)) }
            let prefixes = regions.compactMap { PhonePlan.plan(of: $0) }.filter { $0.callingCode == code }.map(
                \.trunkPrefix)
            #expect(Set(prefixes).count == 1)
        }
    }

    @Test("example numbers of every region are read as they are written there and from abroad")
    func everyRegion() throws {
        // Mobile numbers of AR change within the country; five digits may be a local number of KI.
        let unclear = ["AR|011 15-2345-6789|+5491123456789", "KI|31234|+68631234"]
        let lines = PhoneExamples.text.split(separator: "\n").map(String.init)
        #expect(lines.count == 482)
        let german = try Sheet("{name: n, api: x, mappings: {t: '$a | phone_e164(\"DE\")'}}", columns: ["a"])
        for line in lines {
            let parts = line.split(separator: "|")
            let (region, national, expected) = (parts[0], String(parts[1]), String(parts[2]))
            let result = try value(of: "$a | phone_e164(\"\(region)\")", national)
            #expect(result == (unclear.contains(line) ? "not_a_phone" : "\"\(expected)\""), "\(line)")
            #expect(german.map([expected]) == "[\"\(expected)\"]", "\(line)")
        }
    }
}
