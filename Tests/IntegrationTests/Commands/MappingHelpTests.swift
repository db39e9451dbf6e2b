import Foundation
import TestSupport
import Testing

extension CommandTests {
    /// What helps users to write a mapping: suggestions, coverage and samples, examples.
    @Suite("Mapping help", .timeLimit(.minutes(60)))
    struct MappingHelpTests {
        private static let file = "\(ProjectFolder.path)/examples/customers.csv"
        private static let document = "\(ProjectFolder.path)/examples/customers.yaml"

        private struct Checked: Decodable {
            struct Sample: Decodable {
                struct Target: Decodable {
                    var target: String
                    var accepted: Int
                    var blank: Int
                    var failed: Int
                }
                var rows: Int
                var accepted: Int
                var targets: [Target]
            }
            var ok: Bool
            var fields: Int
            var unmappedOptional: [String]
            var unusedColumns: [String]?
            var sample: Sample?
        }

        private struct Suggested: Decodable {
            struct Field: Decodable {
                struct Candidate: Decodable {
                    var expression: String
                    var confidence: Double
                }
                var field: String
                var status: String
                var candidates: [Candidate]
            }
            var fields: [Field]
            var document: String

            func taken(_ field: String) -> String? {
                fields.first { $0.field == field && $0.status == "taken" }?.candidates.first?.expression
            }
        }

        private struct Tested: Decodable {
            struct Difference: Decodable {
                var example: Int
                var line: Int
                var column: Int
                var target: String?
                var expected: String
                var found: String
            }
            var ok: Bool
            var examples: Int
            var failed: Int
            var differences: [Difference]
        }

        @Test("a check against a file says what becomes of its rows, and needs no database")
        func check() async throws {
            let home = try Home()
            let checked: Checked = try await home.run(
                "map", "check", Self.document, "--file", Self.file, "--json", expecting: 0
            ).json()
            let sample = try #require(checked.sample)
            #expect(checked.ok && checked.fields == 19 && checked.unmappedOptional.isEmpty)
            #expect(sample.rows == 300 && sample.accepted == 260 && checked.unusedColumns == [])
            #expect(sample.targets.count == 19)
            #expect(sample.targets.allSatisfy { $0.accepted + $0.blank + $0.failed <= 300 && $0.accepted > 0 })
            let text = try await home.run("map", "check", Self.document, "--file", Self.file, expecting: 0)
            #expect(text.output.contains("260 accepted, 40 rejected"), "\(text)")
            let alone: Checked = try await home.run("map", "check", Self.document, "--json", expecting: 0).json()
            #expect(alone.sample == nil && alone.unusedColumns == nil)
            #expect(access(home.path, F_OK) != 0, "it must not make a cluster")
        }

        @Test("examples of a document are run; one that comes out otherwise is named with its place, and the code is 1")
        func examples() async throws {
            let home = try Home()
            let right: Tested = try await home.run("map", "test", Self.document, "--json", expecting: 0).json()
            #expect(right.ok && right.examples == 3 && right.differences.isEmpty)
            try home.write(
                "wrong.yaml",
                """
                name: w
                api: {name: x, fields: [{name: id, type: integer}]}
                mappings: {id: $No | to_integer}
                examples:
                  - {row: {No: "1"}, gives: {id: 1}}
                  - {name: two, row: {No: "1"}, gives: {id: 2}}

                """)
            let ended = try await home.run("map", "test", "wrong.yaml", expecting: 1)
            #expect(
                ended.output == """
                    wrong.yaml:6:5: example 2 (two): id: expected 2, found 1
                    w: 1 of 2 examples not as they say

                    """, "\(ended)")
            let wrong: Tested = try await home.run("map", "test", "wrong.yaml", "--json", expecting: 1).json()
            #expect(!wrong.ok && wrong.failed == 1 && wrong.differences.map(\.line) == [6])
            try home.write("none.yaml", "{name: n, api: {name: x, fields: [{name: id}]}, mappings: {id: $id}}")
            #expect(try await home.run("map", "test", "none.yaml", expecting: 0).output.contains("no examples"))
        }

        @Test("suggestions from a document's fields need no database; what they make is a mapping of the file")
        func suggestFromFields() async throws {
            let home = try Home()
            try home.write(
                "people.csv", "No;E-Mail;Joined;Rest\n1;a@example.com;31.12.2020;x\n2;b@example.com;01.01.2021;y\n")
            try home.write(
                "club.yaml",
                """
                name: club
                fields:
                  - {name: "no", type: integer, required: true}
                  - {name: email, type: email, required: true}
                  - {name: joined, type: date}
                  - {name: fax}
                """)
            let text = try await home.run("map", "suggest", "people.csv", "--fields", "club.yaml", expecting: 0)
            try home.write("people.yaml", text.output)
            let checked: Checked = try await home.run(
                "map", "check", "people.yaml", "--file", "people.csv", "--json", expecting: 0
            ).json()
            #expect(checked.sample?.accepted == 2 && checked.unusedColumns == ["Rest"], "\(text)")
            let found: Suggested = try await home.run(
                "map", "suggest", "people.csv", "--fields", "people.yaml", "--json", expecting: 0
            ).json()
            #expect(found.taken("joined") == "$Joined | parse_date(\"dd.MM.yyyy\")" && found.taken("fax") == nil)
            #expect(found.document == text.output)
            #expect(access(home.path, F_OK) != 0, "it must not make a cluster")
        }

        @Test(
            "for an API that is registered, what its mappings did before is suggested, also for a file of other columns"
        )
        func suggestForAPI() async throws {
            let home = try await Home.prepared()
            try await home.run("run", Self.file, "--mapping", Self.document, expecting: 2)
            let found: Suggested = try await home.run(
                "map", "suggest", Self.file, "--api", "crm", "--json", expecting: 0
            )
            .json()
            #expect(found.fields.count == 19)
            #expect(found.taken("search_name") == "$\"Full name\" | trim | collapse_spaces | strip_accents | lower")
            #expect(found.fields.count(where: { $0.status == "taken" }) == 19, "\(found.fields)")
            try home.write("again.yaml", found.document.replacing("name: customers", with: "name: again"))
            try await home.run("map", "check", "again.yaml", "--file", Self.file, expecting: 0)
            let refused = try await home.run("map", "suggest", Self.file, "--api", "none", expecting: 1)
            #expect(refused.errors.contains("there is no API none"), "\(refused)")
            #expect(try await home.start(["map", "suggest", Self.file]).end().code == 64)
        }
    }
}
