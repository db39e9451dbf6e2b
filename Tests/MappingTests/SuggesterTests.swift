import CSV
import Testing

@testable import Mapping

@Suite("Suggestions")
struct SuggesterTests {
    /// A file and an API, and for each field the columns that people would take for it: none where there is none.
    struct Table: Sendable, CustomTestStringConvertible {
        let name: String
        let header: [String]
        let rows: [[String]]
        /// In the language of documents.
        let fields: String
        let truth: [String: [String]]
        /// What must be taken, with its expression.
        let taken: [String: String]

        var testDescription: String { name }
    }

    static func suggestions(
        _ fields: String, _ header: [String], _ rows: [[String]], confirmed: [String] = []
    ) throws -> [FieldSuggestion] {
        var sample = TableSample(columns: header, nulls: ["NULL"])
        for cells in rows { sample.add(Record(cells)) }
        let documents = try confirmed.map { try Document(parsing: $0, file: "before.yaml") }
        return Suggester(try Field.parseList(fields, file: "fields"), sample, confirmed: documents).suggestions()
    }

    @Test("what is taken is right, in every table of the corpus", arguments: SuggestionCorpus.tables)
    func precision(table: Table) throws {
        let suggestions = try Self.suggestions(table.fields, table.header, table.rows)
        var taken: [String: String] = [:]
        for suggestion in suggestions {
            guard let candidate = suggestion.taken else { continue }
            let right = table.truth[suggestion.field.name] ?? []
            #expect(
                candidate.columns.count == 1 && right.contains(candidate.columns[0]),
                "\(suggestion.field.name): \(candidate.expression), \(candidate.reasons)")
            taken[suggestion.field.name] = candidate.expression
        }
        #expect(taken == table.taken)
    }

    @Test("the corpus has pairs that look right and are wrong, and most right pairs of it are found")
    func recall() throws {
        var (pairs, found, wrong) = (0, 0, 0)
        for table in SuggestionCorpus.tables {
            let suggestions = try Self.suggestions(table.fields, table.header, table.rows)
            for suggestion in suggestions {
                let right = table.truth[suggestion.field.name] ?? []
                let near = suggestion.candidates.filter { $0.confidence >= 0.6 }
                if right.isEmpty { wrong += 1 } else { pairs += 1 }
                if near.contains(where: { $0.columns.contains(where: right.contains) }) { found += 1 }
            }
        }
        #expect(wrong >= 20 && found * 10 >= pairs * 8, "\(found) of \(pairs), \(wrong) without a source")
    }

    // MARK: - Names

    @Test(
        "names are cut into words",
        arguments: [
            ("E-Mail", ["e", "mail"]), ("customerID", ["customer", "id"]), ("URLPath2", ["url", "path", "2"]),
            ("Straße / Hausnr.", ["strasse", "hausnr"]), ("N° client", ["no", "client"]),
            ("Customer's name", ["customers", "name"]),
            ("Price %", ["price", "percent"]), ("Prix (€)", ["prix", "eur"]),
            ("Ärger_im-Büro", ["arger", "im", "buro"]),
            ("名前", ["名前"]), ("***", []), ("", []), ("Re\u{301}gion", ["region"]), ("ИМЯ", ["имя"]),
        ])
    func words(name: String, words: [String]) {
        #expect(NameWords(name).words == words)
    }

    @Test(
        "names of the same meaning in five languages are proposed",
        arguments: [
            ("email", "Courriel"), ("email", "Posta elettronica"), ("email", "Correo electrónico"),
            ("last_name", "Nachname"), ("last_name", "Apellidos"), ("last_name", "Nom de famille"),
            ("last_name", "Cognome"),
            ("birth_date", "Date de naissance"), ("birth_date", "Geburtsdatum"), ("postcode", "PLZ"),
            ("postcode", "Code postal"), ("customer_number", "Kunden-Nr."), ("vat_id", "Partita IVA"),
            ("quantity", "Menge"), ("unit_price", "Precio unitario"), ("address.city", "Ort"), ("notes", "Bemerkungen"),
        ])
    func synonyms(field: String, column: String) {
        #expect(NameMatch(field: field, column: column).score == 0.88)
    }

    @Test(
        "names that look alike and mean something else are never near",
        arguments: [
            ("email", "Email consent"), ("email", "E-Mail bestätigt?"), ("email", "email_count"), ("price", "Price %"),
            ("active", "Not active"), ("name", "Name type"), ("phone", "Phone verified"), ("orders", "# Orders"),
            ("email", "Mailand"), ("age", "Page"), ("city", "Capacity"), ("id", "Idee"), ("name", "***"),
        ])
    func traps(field: String, column: String) {
        #expect(NameMatch(field: field, column: column).score < 0.6)
    }

    @Test("every other word of a meaning stands once in the table")
    func table() {
        #expect(Synonyms.meaning(of: ["e", "mail", "address"]) == ["email"])
        #expect(Synonyms.meaning(of: ["date", "of", "birth"]) == ["birth", "date"])
        #expect(Synonyms.meaning(of: ["hausnummer", "der", "firma"]) == ["house", "number", "company"])
        #expect(Synonyms.meaning(of: []) == [])
    }

    // MARK: - Values

    @Test(
        "an expression is proposed only where it reads all values in the only way there is",
        arguments: [
            ("date", ["31.12.2020", "01.02.2021"], "$x | parse_date(\"dd.MM.yyyy\")"),
            ("date", ["1.2.2021", "31.12.2020"], "$x | parse_date(\"d.M.yyyy\")"),
            ("date", ["31/12/2020", "01/02/2021"], "$x | parse_date(\"dd/MM/yyyy\")"),
            ("date", ["12/31/2020", "01/02/2021"], "$x | parse_date(\"MM/dd/yyyy\")"),
            ("date", ["01/02/2021", "03/04/2021"], nil), ("date", ["01/01/2021"], nil), ("date", ["01/02/03"], nil),
            ("date", ["2020-12-31", "31.12.2020"], nil), ("date", ["31/02/2021"], nil),
            ("date", ["2021-02-01", ""], "$x | parse_date(\"yyyy-MM-dd\")"),
            ("date", ["20210201"], "$x | parse_date(\"yyyyMMdd\")"),
            ("date", ["2021-02-01 10:00"], "$x | parse_date(\"yyyy-MM-dd HH:mm\")"),
            ("date", ["5 Jan 2021", "31 December 2020"], nil),
            ("date", ["5 Jan 2021"], "$x | parse_date(\"d MMM yyyy\")"),
            ("number", ["1.50", "2"], "$x | to_decimal"), ("number", ["1.234,56", "7,5"], "$x | parse_number(\"de\")"),
            ("number", ["1 234,56"], "$x | parse_number(\"fr\")"),
            ("number", ["1,234.56"], "$x | parse_number(\"en\")"),
            ("number", ["1.234"], nil), ("number", ["1,234"], nil), ("number", ["5 %"], nil),
            ("number", ["1'234.50"], "$x | parse_number(\"de-CH\")"), ("number", ["1,5", "1.5"], nil),
            ("integer", ["007", "12"], "$x | to_integer"), ("integer", ["1.5"], nil), ("integer", ["x"], nil),
            ("boolean", ["yes", "No"], "$x | parse_boolean"),
            ("boolean", ["Ja", "nein"], "$x | parse_boolean(\"ja\", \"nein\")"), ("boolean", ["ja", "no"], nil),
            ("email", ["a@b.cc"], "$x"), ("email", [" a@b.cc"], "$x | trim"),
            ("email", ["Ann <a@b.cc>"], "$x | email"), ("string", ["a", "b"], "$x"),
            ("string", [" a", "b"], "$x | trim"),
            ("uuid", ["123e4567-e89b-12d3-a456-426614174000"], "$x"), ("datetime", ["2024-02-29T12:30:00Z"], "$x"),
            ("datetime", ["2024-02-29 12:30"], nil), ("url", ["https://a.example"], "$x"),
        ] as [(String, [String], String?)])
    func expressions(type: String, cells: [String], expression: String?) throws {
        let suggestion = try Self.suggestions("[{name: x, type: \(type)}]", ["x"], cells.map { [$0] })[0]
        #expect(suggestion.taken?.expression == expression, "\(suggestion.candidates)")
    }

    @Test("values that cannot be meant for the field weigh more than an equal name")
    func veto() throws {
        let rows = [["yes"], ["no"], ["no"], ["a@b.cc"]]
        let veto = try Self.suggestions("[{name: email, type: email}]", ["email"], rows)[0]
        #expect(veto.status == .open && veto.candidates[0].confidence == 0.3)
        #expect(veto.candidates[0].reasons.last == "1 of 4 values can be read as e-mail addresses")
        let mostly = (1...9).map { ["a\($0)@b.cc"] } + [["?"]]
        #expect(
            try Self.suggestions("[{name: email, type: email}]", ["email"], mostly)[0].taken?.expression == "$email")
        let checked = try Self.suggestions("[{name: c, pattern: '^[A-Z]{2}$'}]", ["c"], [["Germany"], ["France"]])[0]
        #expect(checked.status == .proposed && checked.candidates[0].confidence == 0.75)
        let none = try Self.suggestions(
            "[{name: n, type: integer}, {name: s}]", ["n", "s"], [["", ""], ["NULL", "NULL"]])
        #expect(none.map(\.status) == [.proposed, .taken])
    }

    // MARK: - Ties

    @Test("what fits as well as another is never taken")
    func ties() throws {
        let mails = [["a@b.cc", "c@d.ee"]]
        let columns = try Self.suggestions("[{name: email, type: email}]", ["E-Mail", "eMail"], mails)[0]
        #expect(columns.status == .proposed && columns.candidates.map(\.confidence) == [0.94, 0.94])
        let fields = try Self.suggestions("[{name: e_mail}, {name: email}]", ["E-Mail"], [["a"]])
        #expect(fields.map(\.status) == [.proposed, .proposed])
        let twice = try Self.suggestions("[{name: name}]", ["Name", "Name_2"], [["a", "b"]])[0]
        #expect(twice.status == .proposed)
        let meant = try Self.suggestions(
            "[{name: address}, {name: address_2}]", ["address", "address_2"], [["a", "b"]])
        #expect(meant.map { $0.taken?.columns } == [["address"], ["address_2"]])
        let cities = try Self.suggestions("[{name: address.city}, {name: birth.city}]", ["City"], [["Rome"]])
        #expect(cities.map(\.status) == [.proposed, .proposed])
    }

    // MARK: - What was used before

    @Test("what mappings of the same API have done before counts most, as long as the values fit")
    func confirmed() throws {
        func before(_ name: String, _ mapping: String) -> String { "{name: \(name), api: crm, mappings: {\(mapping)}}" }
        let fields = "[{name: who}, {name: no, type: integer, required: true}]"
        let header = ["Contact", "Ref", "No"]
        let rows = [["Ann ", "7", "8"], ["Bob", "", "9"]]
        let used = try Self.suggestions(
            fields, header, rows, confirmed: [before("a", "who: $Contact | trim | upper, no: $Ref | to_integer")])
        #expect(used.map { $0.taken?.expression } == ["$Contact | trim | upper", "$Ref | to_integer"])
        #expect(used[0].taken?.confidence == 0.99 && used[0].taken?.reasons[0] == "so in the mapping 'a'")
        let unlike = try Self.suggestions(
            fields, header, rows, confirmed: [before("a", "who: $Ref, no: $Contact | to_integer")])
        #expect(unlike.map { $0.taken?.expression } == ["$Ref", "$No | to_integer"])
        let gone = try Self.suggestions(fields, header, rows, confirmed: [before("a", "who: $Person")])
        #expect(gone[0].status == .open)
        let torn = try Self.suggestions(
            fields, header, rows, confirmed: [before("a", "who: $Contact"), before("b", "who: $Ref")])
        #expect(torn[0].status == .proposed)
        let most = try Self.suggestions(
            fields, header, rows,
            confirmed: [before("a", "who: $Contact"), before("b", "who: $Ref"), before("c", "who: $Contact")])
        #expect(most[0].taken?.expression == "$Contact")
        let shared = try Self.suggestions(
            "[{name: who}, {name: key}, {name: contact}]", header, rows,
            confirmed: [before("a", "who: $Contact, key: $Contact | lower")])
        #expect(shared.map { $0.taken?.expression } == ["$Contact", "$Contact | lower", nil])
    }

    // MARK: - The document

    @Test("the document that suggestions make is a mapping, whatever names there are")
    func document() throws {
        let names = [
            "plain", "a: b", "x #y", "it's", "quote\"d", "tab\tbed", "back\\slash", "- list", "{flow}", "new\u{85}line",
            "null", "中国", "bell\u{7}", "par\u{2028}sep", "100%", "*star", "&amp", "?", "",
        ]
        for name in names where !name.isEmpty {
            let target = name.unicodeScalars.allSatisfy { $0.properties.isAlphabetic } ? name : "target"
            var field = Field(target, .string)
            field.pattern = try Pattern("^[^\u{7F}\"]*$")
            var api = API(name: name, location: Location(file: "t", line: 1, column: 1))
            api.fields = [field]
            let candidate = FieldSuggestion.Candidate(
                columns: [name], expression: Lexer.columnText(name) + " | trim", confidence: 0.97, reasons: [name])
            let open = FieldSuggestion(Field("other", .string), [])
            let near = FieldSuggestion(
                Field("near", .date),
                [.init(columns: [name], expression: Lexer.columnText(name), confidence: 0.8, reasons: [name])])
            let mapping = SuggestedMapping(
                name: name, api: name, definition: api, source: [(key: "delimiter", value: "\";\"")],
                columns: [name, "more"], suggestions: [FieldSuggestion(field, [candidate]), near, open])
            let document = try Document(parsing: mapping.yaml, file: "t.yaml")
            #expect(document.check(columns: [name, "more"]).isEmpty, "\(mapping.yaml)")
            #expect(document.name == name && document.api.name == name && document.mappings.count == 1)
            #expect(document.readColumns == [name])
        }
    }

    @Test("what is taken stands in the document, what is near in comments, with reasons; a registered API by its name")
    func yaml() throws {
        let suggestions = try Self.suggestions(
            "[{name: id, type: integer, required: true}, {name: joined, type: date}, {name: fax, required: true}]",
            ["ID", "Eintritt", "Rest"], [["1", "31.12.2020", "x"]])
        let mapping = SuggestedMapping(
            name: "members", api: "club", definition: nil, source: [], columns: ["ID", "Eintritt", "Rest"],
            suggestions: suggestions)
        #expect(
            mapping.yaml == """
                # Suggested; read it before you use it. A line such as "# field: $column" is a proposal: without its # it counts.
                name: members
                api: club
                mappings:
                  # 0.97: the same name but for case, spaces and signs; 1 of 1 values can be read as whole numbers
                  id: $ID | to_integer
                  # 0.88: another word for it; 1 of 1 values can be read as dates
                  # joined: $Eintritt | parse_date("dd.MM.yyyy")
                  # no source for fax (string, required)

                # Columns that nothing reads: $Eintritt, $Rest

                """)
    }
}
