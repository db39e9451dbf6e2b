@testable import Mapping

extension LookupTable {
    /// A table for tests: a mapping, and the rows that its job accepted.
    struct Sample: Sendable {
        let mapping: String
        let columns: [String]
        let rows: [[String]]

        static let countries = Sample(
            mapping: """
                name: countries
                api:
                  name: geo
                  fields:
                    - {name: iso}
                    - {name: name}
                    - {name: people, type: integer}
                    - {name: area, type: number}
                    - {name: since, type: date}
                    - {name: seen, type: datetime}
                    - {name: euro, type: boolean}
                    - {name: tags, type: array}
                mappings:
                  iso: $iso
                  name: $name
                  people: $people
                  area: $area
                  since: $since
                  seen: $seen
                  euro: $euro
                  tags: $tags
                  more.any: if $iso == "IT" then 1 else "x"
                checks:
                  - unique: [name, since]
                  - unique: [iso]
                  - unique: [people]
                """,
            columns: ["iso", "name", "people", "area", "since", "seen", "euro", "tags"],
            rows: [
                [
                    "IT", "Italy", "59000000", "302068.50", "1861-03-17", "2024-02-29T12:30:00+01:00", "true",
                    "[1,\"a\"]",
                ],
                ["FR", "France \"Ü\"\n", "68000000", "643801", "1789-07-14", "2024-02-29T11:30:00Z", "true", "[]"],
                ["CH", "Schweiz", "", "", "", "", "false", ""],
                ["é", "composed", "1", "1.5", "2000-01-01", "", "", ""],
                ["e\u{301}", "decomposed", "2", "1.50", "2000-01-01", "", "", ""],
                ["", "nowhere", "3", "0", "", "", "", ""],
            ])
    }

    /// The table as a job would leave it for a document that reads it.
    convenience init(_ sample: Sample, for use: TableUse, limit: Int = .max) throws {
        let document = try Document(parsing: sample.mapping, file: "table.yaml")
        let evaluator = Evaluator(try Program(document, columns: sample.columns))
        let description = TableDescription(use.name, document, fields: [])
        var builder = LookupTableBuilder(description, for: use, limit: limit)
        for row in sample.rows {
            var output: [UInt8] = []
            guard case .accepted = evaluator.evaluate(.init(row), into: &output) else { continue }
            let values = evaluator.program.targets.indices.map { ArraySlice(evaluator.value(of: $0)) }
            try builder.add(values, fields: evaluator.program.targets)
        }
        self.init(builder)
    }
}

extension LookupTables {
    /// The samples that a document reads; each is known by the name of its mapping.
    init(_ samples: [LookupTable.Sample], for document: Document) throws {
        let documents = try samples.map { try Document(parsing: $0.mapping, file: "table.yaml") }
        var tables: [LookupTable] = []
        for use in document.tables {
            guard let index = documents.firstIndex(where: { $0.name == use.name }) else { continue }
            tables.append(try LookupTable(samples[index], for: use))
        }
        self.init(tables, names: documents.map(\.name), unused: ["cities"])
    }
}
