import Testing

@testable import Mapping

@Suite("Names of people")
struct PersonNameTests {
    /// The parts of a name, `title|given|family|suffix`.
    private func parts(_ name: String, _ more: String = "") throws -> String {
        let calls = PersonName.Part.allCases.map { "$a | name_split(\"\($0.rawValue)\"\(more)) ?? \"\"" }
        let sheet = try Sheet(
            "name: n\napi: x\nmappings: {"
                + calls.enumerated().map { "t\($0): '\($1)'" }.joined(separator: ", ") + "}", columns: ["a"])
        return String(sheet.map([name]).dropFirst().dropLast()).replacing("null", with: "").replacing("\"", with: "")
            .replacing(",", with: "|")
    }

    @Test(
        "name_split takes clear names apart",
        arguments: [
            ("Ann Lee", "|Ann|Lee|"), ("  Ann \u{A0} Lee ", "|Ann|Lee|"), ("Lee, Ann", "|Ann|Lee|"),
            ("Lee,Ann", "|Ann|Lee|"),
            ("Lee, Ann Mary", "|Ann Mary|Lee|"), ("Lee,", "||Lee|"), ("Madonna", "||Madonna|"),
            ("Jean-Luc Picard", "|Jean-Luc|Picard|"), ("Sinéad O'Connor", "|Sinéad|O'Connor|"),
            ("Ludwig van Beethoven", "|Ludwig|van Beethoven|"), ("Beethoven, Ludwig van", "|Ludwig|van Beethoven|"),
            ("van Beethoven, Ludwig", "|Ludwig|van Beethoven|"), ("Vincent Van Gogh", "|Vincent|Van Gogh|"),
            ("Carl Friedrich von Weizsäcker", "|Carl Friedrich|von Weizsäcker|"),
            ("Maria de la Cruz", "|Maria|de la Cruz|"), ("Jan van der Meer", "|Jan|van der Meer|"),
            ("Meer, Jan van der", "|Jan|van der Meer|"), ("Osama bin Laden", "|Osama|bin Laden|"),
            ("José Ortega y Gasset", "|José|Ortega y Gasset|"), ("Luís Santos e Silva", "|Luís|Santos e Silva|"),
            ("John F. Kennedy", "|John F.|Kennedy|"), ("John F Kennedy", "|John F|Kennedy|"),
            ("George R. R. Martin", "|George R. R.|Martin|"), ("J.R.R. Tolkien", "|J.R.R.|Tolkien|"),
            ("Dr. Hans Müller", "Dr.|Hans|Müller|"),
            ("Prof. Dr. rer. nat. Anna Weiß", "Prof. Dr. rer. nat.|Anna|Weiß|"),
            ("Dr. H. Müller", "Dr.|H.|Müller|"), ("Frau Dr. Müller", "Frau Dr.||Müller|"), ("Mr Bean", "Mr||Bean|"),
            ("Müller, Dr. Hans", "Dr.|Hans|Müller|"), ("Dr. Müller, Hans", "Dr.|Hans|Müller|"),
            ("Sig.ra Anna Rossi", "Sig.ra|Anna|Rossi|"), ("DR.-ING. Max Bauer", "DR.-ING.|Max|Bauer|"),
            ("Sammy Davis Jr.", "|Sammy|Davis|Jr."), ("Sammy Davis, Jr.", "|Sammy|Davis|Jr."),
            ("Davis, Sammy, Jr.", "|Sammy|Davis|Jr."), ("Davis Jr., Sammy", "|Sammy|Davis|Jr."),
            ("Henry Ford III", "|Henry|Ford|III"), ("Jane Doe, Ph.D., MBA", "|Jane|Doe|Ph.D. MBA"),
            ("Jean Pierre DUPONT", "|Jean Pierre|DUPONT|"), ("Marine LE PEN", "|Marine|LE PEN|"),
            ("HANS MÜLLER", "|HANS|MÜLLER|"), ("LUDWIG VAN BEETHOVEN", "|LUDWIG|VAN BEETHOVEN|"),
            ("Анна Каренина", "|Анна|Каренина|"), ("Yo-Yo Ma", "|Yo-Yo|Ma|"),
        ])
    func split(name: String, expected: String) throws {
        #expect(try parts(name) == expected)
    }

    @Test(
        "a name that is not clear, or that may be no person's, is all family",
        arguments: [
            "Gabriel García Márquez", "John Michael Smith", "J. Edgar Hoover", "DUPONT Jean", "山田 太郎", "김 철수",
            "Hans und Anna Müller", "Ann - Lee", "- Lee", "Lee, -", "Ann . Lee", "John & Jane Doe",
            "Anna (Müller) Schmidt", "John “Jack” Smith",
            "Acme Trading Ltd.",
            "Beispiel GmbH", "Haus 7", "Dr.", "Jr.", ", Hans", "Rossi, Mario, Rome", "ann@example.com", "-", ",",
            "Dr. med.",
            "a b c d e f g h i j k l m n o p q", "Müller/Schmidt", "y y y",
        ])
    func unclear(name: String) throws {
        #expect(try value(of: "$a | name_split(\"family\")", name) == "\"\(name)\"")
        for part in ["given", "title", "suffix"] {
            #expect(try value(of: "$a | name_split(\"\(part)\")", name) == "null")
        }
    }

    @Test(
        "with a number of family words the last words of longer names are the family's",
        arguments: [
            ("John Michael Smith", 1, "|John Michael|Smith|"),
            ("Gabriel García Márquez", 2, "|Gabriel|García Márquez|"),
            ("Ana María García Márquez", 2, "|Ana María|García Márquez|"), ("Ann Lee", 2, "|Ann|Lee|"),
            ("Ann Mary Lee", 3, "|Ann|Mary Lee|"), ("Ludwig van Beethoven", 1, "|Ludwig|van Beethoven|"),
            ("Dr. John Michael Smith Jr.", 1, "Dr.|John Michael|Smith|Jr."), ("山田 太郎 さん", 1, "||山田 太郎 さん|"),
        ])
    func familyWords(name: String, count: Int, expected: String) throws {
        #expect(try parts(name, ", \(count)") == expected)
    }

    @Test("blanks stay blank", arguments: ["", " ", "\u{A0}\u{3000}"])
    func blanks(cell: String) throws {
        #expect(try parts(cell) == "|||")
    }

    @Test("names of a million signs are judged at once", arguments: ["a", "a ", ",", ", ", "é", "A.", " von"])
    func extreme(sign: String) throws {
        let name = String(repeating: sign, count: 1_000_000)
        #expect(try value(of: "$a | name_split(\"family\") | length", name) != "null")
        #expect(try value(of: "$a | name_split(\"given\")", name) == "null")
    }

    @Test(
        "parts and numbers of words are checked before the first row",
        arguments: [
            ("name_split(\"first\")", "3:32 wrong_arguments"), ("name_split(\"famly\")", "3:32 wrong_arguments"),
            ("name_split(\"given\", 0)", "3:41 wrong_arguments"), ("name_split(\"given\", 4)", "3:41 wrong_arguments"),
        ])
    func arguments(call: String, expected: String) {
        #expect(Sheet.problems("name: n\napi: x\nmappings: {t: '$a | \(call)'}") == [expected])
    }
}
