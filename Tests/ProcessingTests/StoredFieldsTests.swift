import Mapping
import Testing

@testable import Processing

@Suite("Fields of APIs in events")
struct StoredFieldsTests {
    @Test("every key of a field is stored, and comes back as it was")
    func roundTrip() throws {
        let definitions = #"""
            - {name: a, type: number, required: true, min: 1, max: 12345678901234567890.50, enum: [1.50, 2], description: "é"}
            - {name: b, type: number, exclusive_min: 0, exclusive_max: 99.5, multiple_of: 0.050, const: 1.50}
            - {name: c, type: string, min_length: 2, max_length: 9, pattern: "^\\d+$", formulas: forbid, const: "x\"é"}
            - {name: d, type: string, format: postal_code, country: DE}
            - {name: e, type: string, format: iban}
            - {name: f, type: date, exclusive_min: 2000-02-29, const: 2024-02-29}
            - {name: g, type: boolean, const: true}
            """#
        let fields = try Field.parseList(definitions, file: "fields")
        let stored = try StoredFields.fields(StoredFields.descriptions(of: fields), of: "crm")
        #expect(stored.map(\.json) == fields.map(\.json))
    }
}
