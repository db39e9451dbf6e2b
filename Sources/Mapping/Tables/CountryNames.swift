/// What the countries of ISO 3166-1 are called in English, German, French, Italian and Spanish, and by other names in use.
///
/// From Unicode's CLDR as of 2026, with names that people use added by hand. No name stands for two countries; those that
/// could (Congo, Korea) are none.
enum CountryNames {
    /// Two letters and a space, then names between `|`, without those that only differ in case, accents and signs.
    private static let table: StaticString = """
        AD Andorra|Andorre
        AE United Arab Emirates|Vereinigte Arabische Emirate|Émirats arabes unis|Emirati Arabi Uniti|\
        Emiratos Árabes Unidos|UAE
        AF Afghanistan|Afganistán
        AG Antigua & Barbuda|Antigua und Barbuda|Antigua-et-Barbuda|Antigua e Barbuda|Antigua y Barbuda|\
        Antigua and Barbuda
        AI Anguilla|Anguila
        AL Albania|Albanien|Albanie
        AM Armenia|Armenien|Arménie
        AO Angola
        AQ Antarctica|Antarktis|Antarctique|Antartide|Antártida
        AR Argentina|Argentinien|Argentine
        AS American Samoa|Amerikanisch-Samoa|Samoa américaines|Samoa Americane|Samoa Americana
        AT Austria|Österreich|Autriche
        AU Australia|Australien|Australie
        AW Aruba
        AX Åland Islands|Ålandinseln|Îles Åland|Isole Åland|Islas Aland
        AZ Azerbaijan|Aserbaidschan|Azerbaïdjan|Azerbaigian|Azerbaiyán
        BA Bosnia & Herzegovina|Bosnien und Herzegowina|Bosnie-Herzégovine|Bosnia ed Erzegovina|Bosnia y Herzegovina|\
        Bosnia and Herzegovina|Bosnia
        BB Barbados|Barbade
        BD Bangladesh|Bangladesch|Bangladés
        BE Belgium|Belgien|Belgique|Belgio|Bélgica
        BF Burkina Faso
        BG Bulgaria|Bulgarien|Bulgarie
        BH Bahrain|Bahreïn|Baréin
        BI Burundi
        BJ Benin
        BL St. Barthélemy|Saint-Barthélemy|San Bartolomé
        BM Bermuda|Bermudes|Bermudas
        BN Brunei|Brunei Darussalam
        BO Bolivia|Bolivien|Bolivie
        BQ Caribbean Netherlands|Karibische Niederlande|Pays-Bas caribéens|Caraibi Olandesi|Caribe neerlandés
        BR Brazil|Brasilien|Brésil|Brasile|Brasil
        BS Bahamas
        BT Bhutan|Bhoutan|Bután
        BV Bouvet Island|Bouvetinsel|Île Bouvet|Isola Bouvet|Isla Bouvet
        BW Botswana|Botsuana
        BY Belarus|Biélorussie|Bielorussia|Bielorrusia
        BZ Belize|Belice
        CA Canada|Kanada
        CC Cocos (Keeling) Islands|Kokosinseln|Îles Cocos|Isole Cocos (Keeling)|Islas Cocos
        CD Congo - Kinshasa|Kongo-Kinshasa|República Democrática del Congo|Democratic Republic of the Congo|DR Congo|\
        Demokratische Republik Kongo|République démocratique du Congo|Repubblica Democratica del Congo
        CF Central African Republic|Zentralafrikanische Republik|République centrafricaine|Repubblica Centrafricana|\
        República Centroafricana
        CG Congo - Brazzaville|Kongo-Brazzaville|Republic of the Congo|Republik Kongo
        CH Switzerland|Schweiz|Suisse|Svizzera|Suiza
        CI Côte d'Ivoire|Costa d'Avorio|Ivory Coast|Elfenbeinküste|Costa de Marfil
        CK Cook Islands|Cookinseln|Îles Cook|Isole Cook|Islas Cook
        CL Chile|Chili|Cile
        CM Cameroon|Kamerun|Cameroun|Camerun
        CN China|Chine|Cina
        CO Colombia|Kolumbien|Colombie
        CR Costa Rica
        CU Cuba|Kuba
        CV Cape Verde|Cabo Verde|Cap-Vert|Capo Verde|Kap Verde
        CW Curaçao|Curazao
        CX Christmas Island|Weihnachtsinsel|Île Christmas|Isola Christmas|Isla de Navidad
        CY Cyprus|Zypern|Chypre|Cipro|Chipre
        CZ Czechia|Tschechien|Tchéquie|Cechia|Chequia|Czech Republic|Tschechische Republik|République tchèque|\
        Repubblica Ceca|República Checa
        DE Germany|Deutschland|Allemagne|Germania|Alemania|BRD
        DJ Djibouti|Dschibuti|Gibuti|Yibuti
        DK Denmark|Dänemark|Danimarca|Dinamarca
        DM Dominica|Dominique
        DO Dominican Republic|Dominikanische Republik|République dominicaine|Repubblica Dominicana|\
        República Dominicana
        DZ Algeria|Algerien|Algérie|Argelia
        EC Ecuador|Équateur
        EE Estonia|Estland|Estonie
        EG Egypt|Ägypten|Égypte|Egitto|Egipto
        EH Western Sahara|Westsahara|Sahara occidental|Sahara Occidentale
        ER Eritrea|Érythrée
        ES Spain|Spanien|Espagne|Spagna|España
        ET Ethiopia|Äthiopien|Éthiopie|Etiopia
        FI Finland|Finnland|Finlande|Finlandia
        FJ Fiji|Fidschi|Fidji|Figi|Fiyi
        FK Falkland Islands|Falklandinseln|Îles Malouines|Isole Falkland|Islas Malvinas
        FM Micronesia|Mikronesien|Micronésie
        FO Faroe Islands|Färöer|Îles Féroé|Isole Fær Øer|Islas Feroe
        FR France|Frankreich|Francia
        GA Gabon|Gabun
        GB United Kingdom|Vereinigtes Königreich|Royaume-Uni|Regno Unito|Reino Unido|UK|Great Britain|Großbritannien|\
        Gran Bretagna|Gran Bretaña|Grande-Bretagne
        GD Grenada|Grenade|Granada
        GE Georgia|Georgien|Géorgie
        GF French Guiana|Französisch-Guayana|Guyane française|Guyana Francese|Guayana Francesa
        GG Guernsey|Guernesey
        GH Ghana
        GI Gibraltar|Gibilterra
        GL Greenland|Grönland|Groenland|Groenlandia
        GM Gambia|Gambie
        GN Guinea|Guinée
        GP Guadeloupe|Guadalupa|Guadalupe
        GQ Equatorial Guinea|Äquatorialguinea|Guinée équatoriale|Guinea Equatoriale|Guinea Ecuatorial
        GR Greece|Griechenland|Grèce|Grecia
        GS South Georgia & South Sandwich Islands|Südgeorgien und die Südlichen Sandwichinseln|\
        Géorgie du Sud-et-les Îles Sandwich du Sud|Georgia del Sud e Sandwich Australi|\
        Islas Georgia del Sur y Sandwich del Sur|South Georgia and South Sandwich Islands
        GT Guatemala
        GU Guam
        GW Guinea-Bissau|Guinée-Bissau|Guinea-Bisáu
        GY Guyana
        HK Hong Kong SAR China|Sonderverwaltungsregion Hongkong|R.A.S. chinoise de Hong Kong|RAS di Hong Kong|\
        RAE de Hong Kong (China)|Hong Kong
        HM Heard Island & McDonald Islands|Heard und McDonaldinseln|Îles Heard-et-MacDonald|Isole Heard e McDonald|\
        Islas Heard y McDonald|Heard Island and McDonald Islands
        HN Honduras
        HR Croatia|Kroatien|Croatie|Croazia|Croacia
        HT Haiti
        HU Hungary|Ungarn|Hongrie|Ungheria|Hungría
        ID Indonesia|Indonesien|Indonésie
        IE Ireland|Irland|Irlande|Irlanda
        IL Israel|Israele
        IM Isle of Man|Île de Man|Isola di Man|Isla de Man
        IN India|Indien|Inde
        IO British Indian Ocean Territory|Britisches Territorium im Indischen Ozean|\
        Territoire britannique de l'océan Indien|Territorio Britannico dell'Oceano Indiano|\
        Territorio Británico del Océano Índico
        IQ Iraq|Irak
        IR Iran
        IS Iceland|Island|Islande|Islanda|Islandia
        IT Italy|Italien|Italie|Italia
        JE Jersey
        JM Jamaica|Jamaika|Jamaïque|Giamaica
        JO Jordan|Jordanien|Jordanie|Giordania|Jordania
        JP Japan|Japon|Giappone
        KE Kenya|Kenia
        KG Kyrgyzstan|Kirgisistan|Kirghizstan|Kirghizistan|Kirguistán
        KH Cambodia|Kambodscha|Cambodge|Cambogia|Camboya
        KI Kiribati
        KM Comoros|Komoren|Comores|Comore|Comoras
        KN St. Kitts & Nevis|St. Kitts und Nevis|Saint-Christophe-et-Niévès|Saint Kitts e Nevis|\
        San Cristóbal y Nieves|St. Kitts and Nevis|Saint Kitts & Nevis|Saint Kitts und Nevis|Saint Kitts and Nevis
        KP North Korea|Nordkorea|Corée du Nord|Corea del Nord|Corea del Norte
        KR South Korea|Südkorea|Corée du Sud|Corea del Sud|Corea del Sur
        KW Kuwait|Koweït
        KY Cayman Islands|Kaimaninseln|Îles Caïmans|Isole Cayman|Islas Caimán
        KZ Kazakhstan|Kasachstan|Kazakistan|Kazajistán
        LA Laos
        LB Lebanon|Libanon|Liban|Libano
        LC St. Lucia|Sainte-Lucie|Saint Lucia|Santa Lucía
        LI Liechtenstein
        LK Sri Lanka
        LR Liberia
        LS Lesotho|Lesoto
        LT Lithuania|Litauen|Lituanie|Lituania
        LU Luxembourg|Luxemburg|Lussemburgo|Luxemburgo
        LV Latvia|Lettland|Lettonie|Lettonia|Letonia
        LY Libya|Libyen|Libye|Libia
        MA Morocco|Marokko|Maroc|Marocco|Marruecos
        MC Monaco
        MD Moldova|Republik Moldau|Moldavie|Moldavia|Moldau|Moldawien
        ME Montenegro
        MF St. Martin|Saint-Martin|San Martín
        MG Madagascar|Madagaskar
        MH Marshall Islands|Marshallinseln|Îles Marshall|Isole Marshall|Islas Marshall
        MK North Macedonia|Nordmazedonien|Macédoine du Nord|Macedonia del Nord|Macedonia del Norte
        ML Mali
        MM Myanmar (Burma)|Myanmar|Myanmar (Birmanie)|Myanmar (Birmania)|Burma|Birma|Birmanie|Birmania
        MN Mongolia|Mongolei|Mongolie
        MO Macao SAR China|Sonderverwaltungsregion Macau|R.A.S. chinoise de Macao|RAS di Macao|RAE de Macao (China)|\
        Macau|Macao
        MP Northern Mariana Islands|Nördliche Marianen|Îles Mariannes du Nord|Isole Marianne Settentrionali|\
        Islas Marianas del Norte
        MQ Martinique|Martinica
        MR Mauritania|Mauretanien|Mauritanie
        MS Montserrat
        MT Malta|Malte
        MU Mauritius|Maurice|Mauricio
        MV Maldives|Malediven|Maldive|Maldivas
        MW Malawi|Malaui
        MX Mexico|Mexiko|Mexique|Messico
        MY Malaysia|Malaisie|Malasia
        MZ Mozambique|Mosambik|Mozambico
        NA Namibia|Namibie
        NC New Caledonia|Neukaledonien|Nouvelle-Calédonie|Nuova Caledonia|Nueva Caledonia
        NE Niger
        NF Norfolk Island|Norfolkinsel|Île Norfolk|Isola Norfolk|Isla Norfolk
        NG Nigeria
        NI Nicaragua
        NL Netherlands|Niederlande|Pays-Bas|Paesi Bassi|Países Bajos|The Netherlands
        NO Norway|Norwegen|Norvège|Norvegia|Noruega
        NP Nepal
        NR Nauru
        NU Niue
        NZ New Zealand|Neuseeland|Nouvelle-Zélande|Nuova Zelanda|Nueva Zelanda
        OM Oman
        PA Panama
        PE Peru|Pérou
        PF French Polynesia|Französisch-Polynesien|Polynésie française|Polinesia Francese|Polinesia Francesa
        PG Papua New Guinea|Papua-Neuguinea|Papouasie-Nouvelle-Guinée|Papua Nuova Guinea|Papúa Nueva Guinea
        PH Philippines|Philippinen|Filippine|Filipinas
        PK Pakistan
        PL Poland|Polen|Pologne|Polonia
        PM St. Pierre & Miquelon|St. Pierre und Miquelon|Saint-Pierre-et-Miquelon|Saint-Pierre e Miquelon|\
        San Pedro y Miquelón|St. Pierre and Miquelon|Saint Pierre & Miquelon|Saint Pierre und Miquelon|\
        Saint Pierre and Miquelon
        PN Pitcairn Islands|Pitcairninseln|Îles Pitcairn|Isole Pitcairn|Islas Pitcairn
        PR Puerto Rico|Porto Rico
        PS Palestinian Territories|Palästinensische Autonomiegebiete|Territoires palestiniens|Territori Palestinesi|\
        Territorios Palestinos|Palestine|Palästina|Palestina
        PT Portugal|Portogallo
        PW Palau|Palaos
        PY Paraguay
        QA Qatar|Katar|Catar
        RE Réunion|La Réunion|Riunione
        RO Romania|Rumänien|Roumanie|Rumanía
        RS Serbia|Serbien|Serbie
        RU Russia|Russland|Russie|Rusia
        RW Rwanda|Ruanda
        SA Saudi Arabia|Saudi-Arabien|Arabie saoudite|Arabia Saudita|Arabia Saudí
        SB Solomon Islands|Salomonen|Îles Salomon|Isole Salomone|Islas Salomón
        SC Seychelles|Seychellen
        SD Sudan|Soudan
        SE Sweden|Schweden|Suède|Svezia|Suecia
        SG Singapore|Singapur|Singapour
        SH St. Helena, Ascension & Tristan da Cunha|St. Helena|Sainte-Hélène|Sant'Elena|Santa Elena|\
        St. Helena, Ascension and Tristan da Cunha|Saint Helena, Ascension & Tristan da Cunha|Saint Helena|\
        Saint Helena, Ascension and Tristan da Cunha
        SI Slovenia|Slowenien|Slovénie|Eslovenia
        SJ Svalbard & Jan Mayen|Spitzbergen und Jan Mayen|Svalbard et Jan Mayen|Svalbard e Jan Mayen|\
        Svalbard y Jan Mayen|Svalbard and Jan Mayen
        SK Slovakia|Slowakei|Slovaquie|Slovacchia|Eslovaquia
        SL Sierra Leone|Sierra Leona
        SM San Marino|Saint-Marin
        SN Senegal
        SO Somalia|Somalie
        SR Suriname|Surinam
        SS South Sudan|Südsudan|Soudan du Sud|Sudán del Sur
        ST São Tomé & Príncipe|São Tomé und Príncipe|Sao Tomé-et-Principe|São Tomé e Príncipe|Santo Tomé y Príncipe|\
        São Tomé and Príncipe
        SV El Salvador|Salvador
        SX Sint Maarten|Saint-Martin (partie néerlandaise)
        SY Syria|Syrien|Syrie|Siria
        SZ Eswatini|Esuatini|Swaziland
        TC Turks & Caicos Islands|Turks- und Caicosinseln|Îles Turques-et-Caïques|Isole Turks e Caicos|\
        Islas Turcas y Caicos|Turks and Caicos Islands
        TD Chad|Tschad|Tchad|Ciad
        TF French Southern and Antarctic Lands|Französische Süd- und Antarktisgebiete|Terres australes françaises|\
        Terre Australi Francesi|Territorios Australes Franceses
        TG Togo
        TH Thailand|Thaïlande|Thailandia|Tailandia
        TJ Tajikistan|Tadschikistan|Tadjikistan|Tagikistan|Tayikistán
        TK Tokelau
        TL Timor-Leste|Timor oriental|Timor Est|East Timor|Osttimor
        TM Turkmenistan
        TN Tunisia|Tunesien|Tunisie|Túnez
        TO Tonga
        TR Türkiye|Türkei|Turquie|Turchia|Turquía|Turkey
        TT Trinidad & Tobago|Trinidad und Tobago|Trinité-et-Tobago|Trinidad e Tobago|Trinidad y Tobago|\
        Trinidad and Tobago
        TV Tuvalu
        TW Taiwan
        TZ Tanzania|Tansania|Tanzanie
        UA Ukraine|Ucraina|Ucrania
        UG Uganda|Ouganda
        UM U.S. Outlying Islands|Amerikanische Überseeinseln|Îles mineures éloignées des États-Unis|\
        Isole Minori Esterne degli Stati Uniti|Islas menores alejadas de EE. UU.
        US United States|Vereinigte Staaten|États-Unis|Stati Uniti|Estados Unidos|United States of America|\
        Vereinigte Staaten von Amerika|Stati Uniti d'America|États-Unis d'Amérique|Estados Unidos de América
        UY Uruguay
        UZ Uzbekistan|Usbekistan|Ouzbékistan
        VA Vatican City|Vatikanstadt|État de la Cité du Vatican|Città del Vaticano|Ciudad del Vaticano|Vatican|\
        Vatikan|Vaticano
        VC St. Vincent & Grenadines|St. Vincent und die Grenadinen|Saint-Vincent-et-les Grenadines|\
        Saint Vincent e Grenadine|San Vicente y las Granadinas|St. Vincent and Grenadines|Saint Vincent & Grenadines|\
        Saint Vincent und die Grenadinen|Saint Vincent and Grenadines
        VE Venezuela
        VG British Virgin Islands|Britische Jungferninseln|Îles Vierges britanniques|Isole Vergini Britanniche|\
        Islas Vírgenes Británicas
        VI U.S. Virgin Islands|Amerikanische Jungferninseln|Îles Vierges des États-Unis|Isole Vergini Americane|\
        Islas Vírgenes de EE. UU.
        VN Vietnam
        VU Vanuatu
        WF Wallis & Futuna|Wallis und Futuna|Wallis-et-Futuna|Wallis e Futuna|Wallis y Futuna|Wallis and Futuna
        WS Samoa
        YE Yemen|Jemen
        YT Mayotte
        ZA South Africa|Südafrika|Afrique du Sud|Sudafrica
        ZM Zambia|Sambia|Zambie
        ZW Zimbabwe|Simbabwe|Zimbabue
        """

    /// The folded names and codes, and where in the table the two letters of each stand.
    private static let names: (keys: ByteTable, offsets: [Int]) = {
        var keys: [[UInt8]] = []
        var offsets: [Int] = []
        forEach { offset, name in
            keys.append(folded(name))
            offsets.append(offset)
        }
        return (ByteTable(keys), offsets)
    }()

    /// Every name and code, with the place of its country's two letters in the table.
    private static func forEach(_ body: (Int, Bytes) -> Void) {
        let bytes = Bytes(start: table.utf8Start, count: table.utf8CodeUnitCount)
        var offset = 0
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            offset = line.startIndex
            let code = Bytes(rebasing: line.prefix(2))
            body(offset, code)
            if let three = Countries.threeLetters(of: code) { body(offset, three) }
            for name in line.dropFirst(3).split(separator: UInt8(ascii: "|")) { body(offset, Bytes(rebasing: name)) }
        }
    }

    /// The two letters of the country with a name or code, in any case, with or without accents, spaces and signs.
    ///
    /// `scratch` has room for as many bytes as the name.
    static func code(of name: Bytes, scratch: UnsafeMutablePointer<UInt8>) -> Bytes? {
        let count = fold(name, to: scratch)
        guard let index = names.keys.index(of: Bytes(start: scratch, count: count)) else { return nil }
        return Bytes(start: table.utf8Start + names.offsets[index], count: 2)
    }

    /// All names and codes with the code that they stand for.
    static var all: [(name: String, code: String)] {
        var all: [(name: String, code: String)] = []
        forEach { offset, name in
            let code = Bytes(start: table.utf8Start + offset, count: 2)
            all.append((String(decoding: name, as: UTF8.self), String(decoding: code, as: UTF8.self)))
        }
        return all
    }

    private static func folded(_ name: Bytes) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: name.count) { buffer, count in
            count = buffer.baseAddress.map { fold(name, to: $0) } ?? 0
        }
    }

    /// Writes the letters and digits, Latin ones plain and small, and returns the number of bytes: at most those of `bytes`.
    private static func fold(_ bytes: Bytes, to target: UnsafeMutablePointer<UInt8>) -> Int {
        var count = 0
        func append(_ byte: UInt8) {
            let isLetter = (byte | 0x20) &- 0x61 < 26
            guard isLetter || byte &- 0x30 < 10 || byte >= 0x80 else { return }
            target[count] = isLetter ? byte | 0x20 : byte
            count += 1
        }
        var index = 0
        while index < bytes.count {
            let (scalar, length) = decodeScalar(bytes, at: index)
            if let letters = LatinFolding.letters(of: scalar) {
                for letter in letters { append(letter) }
            } else if scalar < 0x80 || !(isBlankScalar(scalar) || isSign(scalar)) {
                for offset in 0..<length { append(bytes[index + offset]) }
            }
            index += length
        }
        return count
    }

    /// Marks that combine with a letter, and the dashes and quotes of Unicode.
    private static func isSign(_ scalar: UInt32) -> Bool {
        LatinFolding.isCombiningMark(scalar) || 0x2010...0x201F ~= scalar
    }
}
