/// The currencies of ISO 4217: the 178 codes of list one (currencies, funds, metals, XTS and XXX) as published by SIX on
/// 1 January 2026.
///
/// Withdrawn codes are not among them: ANG, BGN, CUC, HRK, SLL, ZWL and those before them.
enum Currencies {
    private static let list: StaticString = """
        AEDAFNALLAMDAOAARSAUDAWGAZNBAMBBDBDTBHDBIFBMDBNDBOBBOVBRLBSDBTNBWPBYNBZDCADCDFCHECHFCHWCLF\
        CLPCNYCOPCOUCRCCUPCVECZKDJFDKKDOPDZDEGPERNETBEURFJDFKPGBPGELGHSGIPGMDGNFGTQGYDHKDHNLHTGHUF\
        IDRILSINRIQDIRRISKJMDJODJPYKESKGSKHRKMFKPWKRWKWDKYDKZTLAKLBPLKRLRDLSLLYDMADMDLMGAMKDMMKMNT\
        MOPMRUMURMVRMWKMXNMXVMYRMZNNADNGNNIONOKNPRNZDOMRPABPENPGKPHPPKRPLNPYGQARRONRSDRUBRWFSARSBD\
        SCRSDGSEKSGDSHPSLESOSSRDSSPSTNSVCSYPSZLTHBTJSTMTTNDTOPTRYTTDTWDTZSUAHUGXUSDUSNUYIUYUUYWUZS\
        VEDVESVNDVUVWSTXADXAFXAGXAUXBAXBBXBCXBDXCDXCGXDRXOFXPDXPFXPTXSUXTSXUAXXXYERZARZMWZWG
        """

    /// Signs that one currency alone has, each with its code: three bytes and three letters.
    private static let signs: StaticString = "€EUR₹INR₺TRY₽RUB₴UAH₪ILS₫VND₦NGN₸KZT₼AZN₾GEL₲PYG₵GHS₮MNT₭LAK"

    /// The code of the currency with a sign; `nil` for signs that several have, such as $, £ and ¥.
    static func code(ofSign sign: Bytes) -> Bytes? {
        for start in stride(from: 0, to: signs.utf8CodeUnitCount, by: 6) {
            let entry = signs.utf8Start + start
            if Bytes(start: entry, count: 3).elementsEqual(sign) { return Bytes(start: entry + 3, count: 3) }
        }
        return nil
    }

    static let codes = CodeSet(list, entryLength: 3, length: 3)
}
