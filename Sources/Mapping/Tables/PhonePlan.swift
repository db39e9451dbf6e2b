/// How telephone numbers are written in a region.
///
/// From the metadata of libphonenumber 9.0.43 (November 2026), without numbers that cannot be called from abroad. A
/// number is judged by its first digit and its length, not by whether it was given to somebody. The trunk prefix of BY has
/// the 0 that stands before every area code there.
struct PhonePlan: Sendable {
    /// For a first digit, the lengths of numbers: bit n stands for n digits.
    typealias Lengths = [UInt16]

    /// What a number is called with from abroad.
    let callingCode: [UInt8]
    /// What stands before a number within the region, as 0 does in Germany; empty where nothing does.
    let trunkPrefix: [UInt8]
    /// What is dialled before a calling code; empty where it depends on the carrier.
    let internationalPrefix: [UInt8]
    /// National numbers, without the trunk prefix.
    let lengths: Lengths
    /// Those that are also written without the trunk prefix and cannot be local ones then.
    let bareLengths: Lengths

    /// Region (001 for none), calling code, trunk prefix, international prefix, national numbers, those of them that
    /// may lack the trunk prefix. Numbers are first digits, a colon and lengths; `-` is none.
    private static let table: StaticString = """
        AC 247 - 00 01589:6;23467:5 -|AD 376 - 00 1:6,8;35789:6;6:6,9 -|\
        AE 971 0 00 23:8;4679:8-9;5:9;8:5-12 234679:8;5:9|AF 93 0 00 234567:9 234567:9|AG 1 1 011 2589:10 2:10|\
        AI 1 1 011 2589:10 2:10|AL 355 0 00 23457:8;6:9;8:6-8;9:6 23458:8;6:9|AM 374 0 00 123456789:8 12345789:8|\
        AO 244 - 00 29:9 -|AR 54 0 00 1236:10;8:10-11;9:11 1236:10;9:11|AS 1 1 011 5689:10 6:10|\
        AT 43 0 00 1:4-13;2:7-13;3467:6-13;5:5-13;8:8-13;9:9-13 -|AU 61 0 0011 1:5-10,12;23478:9 23478:9|\
        AW 297 - 00 256789:7 -|AX 358 0 00 1345:6-10;2:5-10;6:8-10;7:6-12;8:7-9 -|\
        AZ 994 0 00 123456789:9 12345679:9|BA 387 0 00 345789:8;6:8-9 345:8;6:8-9|BB 1 1 011 2589:10 2:10|\
        BD 880 0 00 1:10;2:8-10;346:7-10;57:6-9;89:6-10 -|BE 32 0 00 12356789:8;4:8-9 12356789:8;4:8-9|\
        BF 226 - 00 024567:8 -|BG 359 0 00 0:12;2:6-8;34567:7-8;89:7-9 -|BH 973 - 00 136789:8 -|\
        BI 257 - 00 2367:8 -|BJ 229 - 00 0:10 -|BL 590 0 00 56789:9 5678:9|BM 1 1 011 4589:10 4:10|\
        BN 673 - 00 234578:7 -|BO 591 0 00 234567:8;8:9 234567:8|BQ 599 - 00 347:7 -|\
        BR 55 0 - 1267:10-11;34:8,10-11;589:9-11 123456789:10-11|BS 1 1 011 2589:10 2:10|\
        BT 975 - 00 1:8;23456:7;78:7-8 -|BW 267 - 00 08:10;234569:7;7:8 -|BY 375 80 810 1234:9;8:6-11;9:10 1234:9|\
        BZ 501 - 00 0:11;2345678:7 -|CA 1 1 011 2456789:10;3:7,10 23456789:10|CC 61 0 0011 1:6-10,12;48:9 48:9|\
        CD 243 0 00 18:7,9;2:7-8;346:7;5:7,10;9:9 -|CF 236 - 00 2678:8 -|CG 242 - 00 028:9 -|\
        CH 41 0 00 2345679:9;8:9,12 23456789:9|CI 225 - 00 02:10 -|CK 682 - 00 234578:5 -|\
        CL 56 - 00 1:11;2345789:9;6:9-11 -|CM 237 - 00 26:9;8:8-9 -|\
        CN 86 0 00 1:7-8,10-12;2:7-8,10,12;345789:7-11;6:7-10 1:11|CO 57 0 - 1:11;369:10;4:8 369:10;4:8|\
        CR 506 - 00 234567:8;8:8,10;9:10 -|CU 53 0 119 27:7-8;34:6-8;56:8;8:10 -|CV 238 - 0 234589:7 -|\
        CW 599 - 00 6:7;9:8 -|CX 61 0 0011 1:6-10,12;48:9 48:9|CY 357 - 00 25789:8 -|CZ 420 - 00 2345678:9;9:9-12 -|\
        DE 49 0 00 1:4-13;2579:6-13;3468:5-13 -|DJ 253 - 00 27:8 -|DK 45 - 00 23456789:8 -|DM 1 1 011 5789:10 7:10|\
        DO 1 1 011 589:10 8:10|DZ 213 0 00 1234:8;56789:9 1234:8;5679:9|\
        EC 593 0 00 1:10-11;234567:8;9:9 234567:8;9:9|EE 372 - 00 369:7;457:7-8;8:7-8,10 -|\
        EG 20 0 00 1:8-10;246:9;3:8;5:8-9;89:9-10 1:8-10;24689:9;3:8;5:8-9|EH 212 0 00 5678:9 567:9|\
        ER 291 0 00 178:7 178:7|ES 34 - 00 456789:9 -|ET 251 0 00 12345789:9 12345789:9|\
        FI 358 0 00 12356:5-10;4:6-10;7:6-12;89:5-9 -|FJ 679 - 00 0:11;23456789:7 -|FK 500 - 00 234567:5 -|\
        FM 691 - 00 389:7 -|FO 298 - 00 23456789:6 -|FR 33 0 00 123456789:9 1234567:9|\
        GA 241 - 00 01:8;2345:7;67:7-8 -|GB 44 0 00 1:9-10;23579:10;8:7,9-10 1:9-10;27:10|GD 1 1 011 4589:10 4:10|\
        GE 995 0 00 34578:9 3457:9|GF 594 0 00 56789:9 5678:9|GG 44 0 00 13579:10;8:7,9-10 17:10|\
        GH 233 0 00 235:9;8:8-9 235:9|GI 350 - 00 256:8 -|GL 299 - 00 123456789:6 -|GM 220 - 00 235679:7;48:7,9 -|\
        GN 224 - 00 3:8;67:9 -|GP 590 0 00 56789:9 5678:9|GQ 240 - 00 23589:9 -|GR 30 - 00 25679:10;8:10-12 -|\
        GT 502 - 00 1:11;2345678:8 -|GU 1 1 011 5689:10 6:10|GW 245 - 00 4:7,9;9:9 -|GY 592 - 001 23456789:7 -|\
        HK 852 - 00 234567:8;8:8-9;9:5-8,11 -|HN 504 - 00 2379:8;8:8,11 -|\
        HR 385 0 00 17:8;23459:8-9;68:7-9 1:8;23459:8-9|HT 509 - 00 234589:8 -|\
        HU 36 06 00 1489:8;23567:8-9 14689:8;2357:8-9|ID 62 0 - 0:11-13;1:7,9-11;236:7-11;4579:8-11;8:8-12 -|\
        IE 353 0 00 1:8-10;2569:7-9;4:7-10;7:9;8:9-10 -|IL 972 0 00 1:7-8,10-12;23489:8;57:9 -|\
        IM 44 0 00 135789:10 17:10|IN 91 0 00 0:13;1:8-13;23456789:10 123456789:10|IO 246 - 00 3:7 -|\
        IQ 964 0 00 1:8;23456:8-9;7:10 1:8;23456:8-9;7:10|IR 98 0 00 12345678:6-7,10;9:4-5,10 -|\
        IS 354 - 00 3:9;456789:7 -|IT 39 - 00 0:6-12;1:9-10;3:9-12;45:10;8:6,8-10 -|JE 44 0 00 135789:10 17:10|\
        JM 1 1 011 5689:10 68:10|JO 962 0 00 235689:8;47:9 23568:8;47:9|\
        JP 81 0 010 0:8-13;134:9;256789:9-10 12345:9;6789:9-10|KE 254 0 000 179:9;2:8-9;456:7-9;8:9-10 -|\
        KG 996 0 00 235679:9;8:9-10 2356789:9|KH 855 0 - 1:8-10;23456789:8-9 123456789:8-9|\
        KI 686 0 00 2458:5;3:5,8;67:8 67:8|KM 269 - 00 3478:7 -|KN 1 1 011 589:10 8:10|\
        KP 850 0 00 1:10;2345678:8 1:10;2345678:8|KR 82 0 - 0:11-13;1:8-10;2:8-9;346:5-6,9-10;5:5-6,9-11;7:10;8:9 -|\
        KW 965 - 00 1:7;24569:8 -|KY 1 1 011 3589:10 3:10|KZ 7 8 810 7:10;8:10,14 7:10|\
        LA 856 0 00 2:8,10;3:8-9;45678:8 2:8,10;3:8-9;45678:8|LB 961 0 00 13456:7;2:8;789:7-8 3:7;78:8|\
        LC 1 1 011 5789:10 7:10|LI 423 0 00 2379:7;6:9;8:7,9 237:7;6:9|LK 94 0 00 123456789:9 123456789:9|\
        LR 231 0 00 2:8-9;378:9;45:7,9;6:7 -|LS 266 - 00 2568:8 -|LT 370 0 00 3456789:8 3456:8|\
        LU 352 - 00 2345789:4-11;6:9 -|LV 371 - 00 2689:8 -|LY 218 0 00 23456789:9 23456789:9|\
        MA 212 0 00 5678:9 567:9|MC 377 0 00 3489:8;67:9 3489:8;67:9|MD 373 0 00 2356789:8 23567:8|\
        ME 382 0 00 2345679:8;8:8-9 23456:8|MF 590 0 00 56789:9 5678:9|MG 261 0 00 23:9 23:9|\
        MH 692 1 011 23456:7 23456:7|MK 389 0 00 234578:8 2347:8|ML 223 - 00 2456789:8 -|\
        MM 95 0 00 1:6-8;2:6-9;4567:7-9;8:7-10;9:8-10 -|MN 976 0 001 12:8-10;56789:8 12:8-10;56789:8|\
        MO 853 - 00 0:7;268:8 -|MP 1 1 011 5689:10 6:10|MQ 596 0 00 56789:9 56789:9|MR 222 - 00 2348:8 -|\
        MS 1 1 011 5689:10 6:10|MT 356 - 00 235789:8 -|MU 230 - 00 2346:7;57:8;8:7,10 -|\
        MV 960 - 00 3467:7;8:10;9:7,10 -|MW 265 0 00 1:7,9;23789:9 -|MX 52 - 00 23456789:10 -|\
        MY 60 0 00 1:9-10;3:9;456789:8 1:9-10;3:9;456789:8|MZ 258 - 00 2:8;8:9 -|NA 264 0 00 68:8-9 6:8-9;8:9|\
        NC 687 - 00 02345789:6 -|NE 227 - 00 02789:8 -|NF 672 - 00 13:6 -|NG 234 0 009 29:10;78:10-12 2789:10|\
        NI 505 - 00 125678:8 -|NL 31 0 00 1:5-6,9;234567:9;8:7-10;9:7-11 1234567:9;9:11|NO 47 - 00 0:5;23456789:8 -|\
        NP 977 0 00 1:8,11;2345678:8;9:8,10 12345678:8;9:8,10|NR 674 - 00 2456789:7 -|NU 683 - 00 4567:4;8:7 -|\
        NZ 64 0 00 1:10;29:8-10;346:8;5:7,9-10;7:8-9;8:5-10 2:8-10;34679:8|OM 968 - 00 1279:8;5:7;8:8-9 -|\
        PA 507 - 00 0:11;1234579:7;6:8;8:7-8,10 -|PE 51 0 00 145678:8;9:9 145678:8;9:9|PF 689 - 00 4:6,8;8:8-9 -|\
        PG 675 - 00 1234569:7;7:8;8:7-8 -|PH 63 0 00 1:11-13;2:6,9;34567:9;8:8-10;9:10 -|\
        PK 92 0 00 1:9;24567:9-12;3:10;89:8-12 2456789:9-10;3:10|PL 48 - 00 1234579:7,9;6:6-9;8:7,9-10 -|\
        PM 508 0 00 234569:6;78:6,9 -|PR 1 1 011 5789:10 79:10|PS 970 0 00 1:10;2489:8;5:9 2489:8;5:9|\
        PT 351 - 00 1236789:9 -|PW 680 - 011 23456789:7 -|PY 595 0 00 25:8-9;3678:6-9;4:7-9;9:6-11 -|\
        QA 974 - 00 0:11;2:7;34567:8;8:7,9 -|RE 262 0 00 26789:9 267:9|RO 40 0 00 23:6,9;789:9 -|\
        RS 381 0 00 123:7-12;6:8-10;78:6-12;9:6-10 -|RU 7 8 810 349:10;8:10,14 3489:10|\
        RW 250 0 00 0:8;2789:9 0:8;27:9|SA 966 0 00 159:9;8:10 15:9|SB 677 - 00 12345:5;6:5,7;789:7 -|\
        SC 248 - 00 24689:7 -|SD 249 0 00 19:9 19:9|SE 46 0 00 1348:7-9;2:6-9,12;5:8-9;6:7-9,12;7:9;9:7-10 -|\
        SG 65 - 011 17:11;369:8;8:8,10 -|SH 290 - 00 2569:5 -|SI 386 0 00 1234567:8;8:5-8;9:6-8 1234567:8|\
        SJ 47 - 00 0:5;4789:8 -|SK 421 0 00 2345:6-7,9;68:9;9:7,9 -|SL 232 0 00 236789:8 236789:8|\
        SM 378 - 00 0:10;567:8 -|SN 221 - 00 3789:9 -|\
        SO 252 0 00 1:6-8;2:7-8;34:6-7,9;5:7;679:8-9;8:6,9 12:7-8;34:7,9;5:7;679:8-9;8:9|\
        SR 597 - 00 2345:6;6789:7 -|SS 211 0 00 19:9 19:9|ST 239 - 00 29:7 -|SV 503 - 00 2567:8;89:7,11 -|\
        SX 1 1 011 5789:10 7:10|SY 963 0 00 1235:8-9;4:8;9:9 1235:8-9;4:8;9:9|SZ 268 - 00 0237:8;9:9 -|\
        TA 290 - 00 8:4 -|TC 1 1 011 5689:10 6:10|TD 235 - 00 236789:8 -|TG 228 - 00 279:8 -|\
        TH 66 0 - 0:13;1:8-10;23457:8;689:9 1:8-9;23457:8;689:9|TJ 992 - 810 0123456789:9 -|TK 690 - 00 2347:4-7 -|\
        TL 670 - 00 23489:7;7:7-8 -|TM 993 8 810 1234567:8 1234567:8|TN 216 - 00 2345789:8 -|\
        TO 676 - 00 09:7;234:5;5678:5,7 -|TR 90 0 00 2359:10;4:7,10;8:10,12-13 2345:10|TT 1 1 011 589:10 8:10|\
        TV 688 - 00 2:5;7:7;9:6 -|TW 886 0 - 2:7-9;34568:8-9;7:8,10-11;9:9 234568:8-9;7:8;9:9|\
        TZ 255 0 - 246789:9 267:9|UA 380 0 00 34567:9;89:9-10 345679:9|UG 256 0 - 234789:9 2347:9|\
        US 1 1 011 23456789:10 23456789:10|UY 598 0 00 0:6-12;1:8;2:4-5,8;49:7-8;8:7 1249:8|UZ 998 - 00 2356789:9 -|\
        VA 39 - 00 0:6-11;1:9-10;3:9-12;5:10;8:6,8-10 -|VC 1 1 011 5789:10 7:10|VE 58 0 00 245689:10 2456:10|\
        VG 1 1 011 2589:10 2:10|VI 1 1 011 3589:10 3:10|VN 84 0 00 1:7-10;2:10;3589:9;6:7-9;7:7,9 135789:9;2:10|\
        VU 678 - 00 234:5;579:7;8:5,7 -|WF 681 - 00 479:6;8:6,9 -|WS 685 - 0 2345:5;6:5-6;7:7;8:6-7,10 -|\
        XK 383 0 00 2:8-9;3:8-12;489:8 -|YE 967 0 00 1:7-8;23456:7;7:7,9 -|YT 262 0 00 26789:9 267:9|\
        ZA 27 0 00 12345679:9;8:5-10 -|ZM 260 0 00 256789:9 2579:9|ZW 263 0 00 23567:9;8:7,9-10 235678:9|\
        001 800 - - 0123456789:8 -|001 870 - - 2356:9;7:9,12 -|001 808 - - 123456789:8 -|001 878 - - 1:12 -|\
        001 881 - - 0123789:9;6:9-10 -|001 882 - - 1:7-12;25:10,12;3:7,9-12;4:8,10;9:8 -|001 883 - - 12345:8-12 -|\
        001 979 - - 1359:9 -|001 888 - - 0123456789:11 -|
        """

    private static let regions: [String: PhonePlan] = Dictionary(
        all.lazy.filter { $0.region != "001" }.map { ($0.region, $0.plan) }, uniquingKeysWith: { first, _ in first })

    private static let all: [(region: String, plan: PhonePlan)] =
        Bytes(start: table.utf8Start, count: table.utf8CodeUnitCount).split(separator: UInt8(ascii: "|")).map { entry in
            let parts = entry.split(separator: UInt8(ascii: " "))
            func digits(_ part: Int) -> [UInt8] { parts[part].elementsEqual("-".utf8) ? [] : Array(parts[part]) }
            return (
                String(decoding: parts[0], as: UTF8.self),
                PhonePlan(
                    callingCode: digits(1), trunkPrefix: digits(2), internationalPrefix: digits(3),
                    lengths: numbers(parts[4]), bareLengths: numbers(parts[5]))
            )
        }

    /// The regions that are known, in two letters.
    static var regionNames: [String] { regions.keys.sorted() }

    static func plan(of region: String) -> PhonePlan? { regions[region] }

    private static func numbers(_ text: Slice<Bytes>) -> Lengths {
        var lengths = Lengths(repeating: 0, count: 10)
        for group in text.split(separator: UInt8(ascii: ";")) {
            let parts = group.split(separator: UInt8(ascii: ":"))
            guard parts.count == 2 else { continue }
            var mask: UInt16 = 0
            for range in parts[1].split(separator: UInt8(ascii: ",")) {
                let ends = range.split(separator: UInt8(ascii: "-"))
                    .map { $0.reduce(0) { $0 * 10 + UInt16($1 & 0x0F) } }
                for length in ends[0]...ends[ends.count - 1] { mask |= 1 << length }
            }
            for digit in parts[0] { lengths[Int(digit & 0x0F)] |= mask }
        }
        return lengths
    }

    // MARK: - Calling codes

    /// What all regions of a calling code have together.
    struct CallingCode: Sendable {
        fileprivate(set) var lengths = Lengths(repeating: 0, count: 10)
        /// The same for all of them.
        let trunkPrefix: [UInt8]

        fileprivate init(_ plan: PhonePlan) { trunkPrefix = plan.trunkPrefix }
    }

    /// By the number of the code; codes have one to three digits, and none begins with another.
    private static let callingCodes: [CallingCode?] = {
        var codes = [CallingCode?](repeating: nil, count: 1_000)
        for (_, plan) in all {
            let number = plan.callingCode.reduce(0) { $0 * 10 + Int($1 & 0x0F) }
            var code = codes[number] ?? CallingCode(plan)
            for digit in 0..<10 { code.lengths[digit] |= plan.lengths[digit] }
            codes[number] = code
        }
        return codes
    }()

    /// The calling code that digits begin with, and how many of them it is.
    static func callingCode(of digits: Bytes) -> (code: CallingCode, count: Int)? {
        var number = 0
        for index in 0..<min(3, digits.count) {
            number = number * 10 + Int(digits[index] & 0x0F)
            if number > 0, let code = callingCodes[number] { return (code, index + 1) }
        }
        return nil
    }

    /// Whether digits are a national number of the lengths.
    static func fits(_ digits: Bytes, _ lengths: Lengths) -> Bool {
        guard let first = digits.first, digits.count < 16 else { return false }
        return lengths[Int(first & 0x0F)] >> UInt16(digits.count) & 1 == 1
    }
}
