import Foundation
import Testing

extension CommandTests {
    /// The fields of an API come from its description, and a mapping that names the API maps to them.
    @Suite("APIs from descriptions", .timeLimit(.minutes(20)))
    struct APIImportTests {
        private struct Answer: Decodable {
            var api: String
            var operation: String?
            var isNew: Bool
            var isChanged: Bool
            var dryRun: Bool
            var added: [String]
            var removed: [String]
            var changed: [String]
            var notes: [Note]

            struct Note: Decodable {
                var line: Int
                var code: String
            }
        }

        private struct Shown: Decodable {
            var name: String
            var baseUrl: String?
            var authType: String
            var fields: Int
            var required: Int
        }

        private static let description = """
            openapi: 3.1.0
            info: {title: Club API}
            servers: [{url: "https://club.example.com/v1"}]
            security: [{token: []}]
            paths:
              /members:
                get: {operationId: listMembers}
                post:
                  operationId: createMember
                  requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Member"}}}}
              /members/{id}:
                patch:
                  summary: Change a member
                  requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Member"}}}}
            components:
              securitySchemes: {token: {type: http, scheme: bearer}}
              schemas:
                Member:
                  type: object
                  required: [no, name]
                  properties:
                    no: {type: integer, minimum: 1}
                    name: {type: string, maxLength: 10, description: "Full name, as in: Ann Lee"}
                    address: {type: object, properties: {city: {type: string}, country: {type: string, pattern: "^[A-Z]{2}$"}}}
                    joined: {type: string, format: date}
                    referrer: {$ref: "#/components/schemas/Member"}

            """

        private static let mapping = """
            name: members
            api: club
            mappings:
              no: $No | to_integer
              name: $Name | trim
              address.country: $Country
              joined: $Joined | parse_date("d.M.yyyy")

            """

        @Test("import, map, run")
        func wholeWay() async throws {
            let home = try await Home.prepared()
            try home.write("club.yaml", Self.description)
            try home.write("members.yaml", Self.mapping)
            try home.write(
                "members.csv",
                "No,Name,Country,Joined\n1,Ann,DE,1.2.2024\n0,Bob,DE,1.2.2024\n3,Maximilian Lee,de,31.2.2024\n")
            let command = ["apis", "import", "club.yaml", "--operation", "createMember", "--name", "club", "--json"]
            let before = try await home.logSize()
            let planned: Answer = try await home.start(command + ["--dry-run"]).end().json()
            #expect(planned.dryRun && planned.isNew && planned.isChanged)
            #expect(try await home.logSize() == before, "a dry run must append nothing")

            let made: Answer = try await home.start(command).end().json()
            #expect(made.added == ["no", "name", "address.city", "address.country", "joined"], "\(made)")
            #expect(made.isNew && made.removed.isEmpty && made.changed.isEmpty && made.operation == "createMember")
            #expect(made.notes.map(\.code) == ["circular_reference"], "\(made.notes)")
            #expect(try await home.logSize() == before + 2)
            let again: Answer = try await home.start(command).end().json()
            #expect(!again.isNew && !again.isChanged && again.added.isEmpty)
            #expect(try await home.logSize() == before + 2, "the same description must append nothing")

            let shown: Shown = try await home.run("apis", "show", "club", "--json").json()
            #expect(shown.baseUrl == "https://club.example.com/v1" && shown.authType == "bearer_token")
            #expect(shown.fields == 5 && shown.required == 2)
            let listed = try await home.run("apis", "list", "--json").lines(Shown.self)
            #expect(listed.map(\.name) == ["club"])
            let table = try await home.run("apis", "show", "club")
            #expect(table.output.contains("address.country  string             pattern ^[A-Z]{2}$"), "\(table)")

            let checked = try await home.run("map", "check", "members.yaml", "--file", "members.csv")
            #expect(checked.code == 0, "\(checked)")
            let run = try await home.run("run", "members.csv", "--mapping", "members.yaml", "--json")
            #expect(run.code == 2, "\(run)")
            let answer: RunAnswer = try run.json()
            #expect(answer.totals == Totals(rows: 3, accepted: 1, rejected: 2))
            #expect(
                Set(answer.errors.map { "\($0.field ?? "") \($0.code)" }) == [
                    "no below_minimum", "name too_long", "address.country pattern_mismatch", "joined no_such_date",
                ])
            let equal: VerifyAnswer = try await home.run("projections", "verify", "--json").json()
            #expect(equal.equal)
        }

        @Test("a changed description replaces the fields, and says which; mappings keep theirs")
        func change() async throws {
            let home = try await Home.prepared()
            try home.write("club.yaml", Self.description)
            try home.write("members.yaml", Self.mapping)
            try home.write("members.csv", "No,Name,Country,Joined\n1,Ann,DE,1.2.2024\n")
            let words = ["apis", "import", "club.yaml", "--operation", "PATCH /members/{id}", "--name", "club"]
            #expect(try await home.start(words).end().code == 0)
            #expect(try await home.run("run", "members.csv", "-m", "members.yaml").code == 0)
            try home.write(
                "club.yaml",
                Self.description.replacing("maxLength: 10", with: "maxLength: 2")
                    .replacing("joined: {type: string, format: date}", with: "left: {type: string, format: date}")
                    .replacing("required: [no, name]", with: "required: [no, name, left]"))
            let changed: Answer = try await home.start(words + ["--json"]).end().json()
            #expect(changed.added == ["left"] && changed.removed == ["joined"] && changed.changed == ["name"])
            let refused = try await home.run("map", "check", "members.yaml")
            #expect(refused.code == 1 && refused.errors.contains("'left' is not mapped"), "\(refused)")
            let kept = try await home.run("run", "members.csv", "-m", "members@1", "--again")
            #expect(kept.code == 0, "\(kept)")
            let history = try await home.run("history", "api", "club", "--json").lines(HistoryAnswer.self)
            #expect(history.map(\.action) == ["api.registered", "api.fields_defined", "api.fields_defined"])
        }

        @Test("several at once register one API once")
        func atOnce() async throws {
            let home = try await Home.prepared()
            try home.write("club.yaml", Self.description)
            let before = try await home.logSize()
            let programs = try (0..<4).map { _ in
                try home.start(["apis", "import", "club.yaml", "--operation", "createMember"])
            }
            for program in programs {
                let ended = try await program.end()
                #expect(ended.code == 0, "\(ended)")
                #expect(
                    ended.output.hasPrefix("POST /members as club-api-create-member: 5 fields, 2 required\n"),
                    "\(ended)")
            }
            #expect(try await home.logSize() == before + 2)
        }

        @Test("what has to be chosen is listed, and what cannot be is refused")
        func refusals() async throws {
            let home = try await Home.prepared()
            try await home.run("users", "add", "aud@example.com", "--role", "auditor", expecting: 0)
            try home.write("club.yaml", Self.description)
            try home.write("latin.yaml", Array("openapi: caf".utf8) + [0xE9])
            try home.write("remote.json", Self.remote)
            let size = try await home.logSize()
            let listed = try await home.run("apis", "import", "club.yaml", "--json")
            #expect(
                listed.output == """
                    {"operation":"createMember","method":"POST","path":"/members","summary":null}
                    {"operation":null,"method":"PATCH","path":"/members/{id}","summary":"Change a member"}

                    """, "\(listed)")
            for refusal in [
                Refusal("apis import club.yaml", "2 operations that take a body: give one with --operation"),
                Refusal("apis import club.yaml --operation createMembr", "did you mean 'createMember'?"),
                Refusal("apis import club.yaml --operation listMembers", "club.yaml:7:5: GET /members takes no body"),
                Refusal("apis import none.yaml", "none.yaml cannot be read: No such file"),
                Refusal("apis import latin.yaml", "latin.yaml is no UTF-8 text"),
                Refusal(
                    "apis import remote.json", "remote.json:2:", "'https://example.com/a.json' is outside of the file"),
                Refusal(
                    "apis import club.yaml --operation createMember --as aud@example.com",
                    "an auditor may not import APIs"),
                Refusal("apis show club", "there is no API club", "atlas2 apis list"),
                Refusal("apis import", "Missing expected argument", code: 64),
                Refusal("apis import club.yaml --name \u{1}", "--name is blank", code: 64),
            ] { try await refusal.check(in: home, logSize: size) }
        }

        private static let remote = """
            {"openapi":"3.0.0","paths":{"/x":{"post":{"requestBody":{"content":
             {"application/json":{"schema":{"$ref":"https://example.com/a.json"}}}}}}}}
            """
    }
}
