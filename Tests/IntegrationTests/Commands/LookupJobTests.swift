import Foundation
import Testing

extension CommandTests {
    @Suite("Lookups of jobs", .timeLimit(.minutes(60)))
    struct LookupJobTests {
        private static let countries = """
            name: countries
            api:
              name: geo
              fields:
                - {name: name, type: string, required: true}
                - {name: iso, type: string, required: true}
                - {name: people, type: integer}
            mappings: {name: $name, iso: $iso, people: $people}
            checks:
              - unique: [name]
            """

        private static let orders = """
            name: orders
            api:
              name: shop
              fields:
                - {name: id, type: integer, required: true}
                - {name: country, type: string, required: true}
                - {name: people, type: integer}
            mappings:
              id: $id
              country: $country | trim | lookup("countries", "iso")
              people: $country | trim | lookup("countries", "people")
            """

        private static let table = "name,iso,people\nItalia,IT,59000000\nCôte d’Ivoire,CI,\nBad,,1\n"
        private static let file = "id,country\n1,Italia\n2, Côte d’Ivoire \n3,Atlantis\n4,\n"

        private func prepared() async throws -> Home {
            let home = try await Home.prepared()
            try home.write("countries.csv", Self.table)
            try home.write("countries.yaml", Self.countries)
            try home.write("orders.csv", Self.file)
            try home.write("orders.yaml", Self.orders)
            try await home.run("run", "countries.csv", "-m", "countries.yaml", expecting: 2)
            return home
        }

        private func outputs(_ home: Home, _ job: String = "last") async throws -> [String] {
            try await home.run("jobs", "results", job, expecting: 0).output.split(separator: "\n").map {
                String($0.split(separator: ";", maxSplits: 1)[0])
            }
        }

        @Test("values come from the accepted rows of the newest completed job, which the job pins")
        func newest() async throws {
            let home = try await prepared()
            let first: RunAnswer = try await home.run("run", "orders.csv", "-m", "orders.yaml", "--json").json()
            #expect(first.totals == Totals(rows: 4, accepted: 2, rejected: 2, skipped: 0), "\(first)")
            #expect(
                first.errors.map { "\($0.field ?? "") \($0.rule) \($0.code) \($0.count)" }.sorted()
                    == ["country lookup not_in_table 1", "country required required 1", "people lookup not_in_table 1"])
            let rows = try await outputs(home)
            #expect(
                Array(rows.prefix(2)) == [
                    #"1 accepted {"id":1,"country":"IT","people":59000000}"#,
                    #"2 accepted {"id":2,"country":"CI","people":null}"#,
                ], "\(rows)")
            let table = try await home.sql(
                "SELECT j.id FROM processing_jobs j JOIN mapping_configurations m ON m.id = j.mapping_id AND m.name = 'countries'"
            )
            func pins(_ job: String) async throws -> [String] {
                try await home.sql(
                    """
                    SELECT l->>'table', l->>'job_id', l->>'rows'
                    FROM audit_logs, jsonb_array_elements((payload->'lookups')::jsonb) l
                    WHERE event_type = 'job.created' AND stream_id = '\(job)'
                    """)
            }
            #expect(try await pins(first.jobId) == ["countries|\(table[0])|2"])
            #expect(try await pins(table[0]) == [])
            let kind = "SELECT DISTINCT kind FROM transformation_rules WHERE rule = 'lookup'"
            #expect(try await home.sql(kind) == ["lookup"])

            // A newer table counts for new jobs, and leaves what was done as it is.
            try home.write("countries.csv", "name,iso,people\nAtlantis,AX,\nItalia,XX,1\n")
            try await home.run("run", "countries.csv", "-m", "countries", expecting: 0)
            let same: RunAnswer = try await home.run("run", "orders.csv", "-m", "orders", "--json").json()
            #expect(same.status == "already_done")
            let second: RunAnswer = try await home.run("run", "orders.csv", "-m", "orders", "--again", "--json").json()
            #expect(second.totals == Totals(rows: 4, accepted: 2, rejected: 2, skipped: 0), "\(second)")
            #expect(try await outputs(home)[0] == #"1 accepted {"id":1,"country":"XX","people":1}"#)
            #expect(try await outputs(home, first.jobId)[0] == #"1 accepted {"id":1,"country":"IT","people":59000000}"#)
            try await home.run("projections", "verify", expecting: 0)
            try await home.run("log", "verify", expecting: 0)
        }

        @Test("a job that was stopped goes on with the table that it began with")
        func resumed() async throws {
            let home = try await prepared()
            let job = try await paused(home) { $0 % 3 == 0 ? "Atlantis" : "Italia" }
            try home.write("countries.csv", "name,iso,people\nAtlantis,AX,\nItalia,XX,1\n")
            try await home.run("run", "countries.csv", "-m", "countries", expecting: 0)
            try await home.run("jobs", "resume", job.id, expecting: 2)
            let found = try await home.sql(
                "SELECT status, output->>'country', count(*) FROM processing_results WHERE job_id = '\(job.id)' GROUP BY 1, 2 ORDER BY 1"
            )
            #expect(found == ["accepted|IT|80000", "rejected||40000"], "\(found)")
        }

        /// A job of 120,000 orders that was interrupted after some of them.
        private func paused(_ home: Home, country: (Int) -> String) async throws -> JobAnswer {
            let rows = (1...120_000).map { "\($0),\(country($0))\n" }.joined()
            try home.write("orders.csv", "id,country\n" + rows)
            let begun = try home.start(["run", "orders.csv", "-m", "orders.yaml", "--json"])
            // One chunk more: the table has one.
            try await home.hold(begun, atChunk: 1 + 3)
            begun.send(SIGINT)
            begun.send(SIGCONT)
            #expect(try await begun.end().code == 1)
            let job: JobAnswer = try await home.run("jobs", "show", "last", "--json").json()
            try #require(job.mapping == "orders" && job.status == "paused", "\(job)")
            return job
        }

        @Test("unknown tables and columns are said with a suggestion before anything is stored")
        func mistakes() async throws {
            let home = try await prepared()
            let size = try await home.logSize()
            for (from, to, expected) in [
                (
                    "\"countries\", \"iso\"", "\"countrys\", \"iso\"",
                    "there is no table 'countrys'; did you mean 'countries'?"
                ),
                (
                    "\"countries\", \"iso\"", "\"countries\", \"isso\"",
                    "the table 'countries' has no column 'isso'; did you mean 'iso'?"
                ),
                (
                    "id: $id", "id: $id | lookup(\"countries\", \"name\") | to_integer | lookup(\"orders\", \"id\")",
                    "there is no table 'orders'"
                ),
            ] {
                try home.write("wrong.yaml", Self.orders.replacing(from, with: to))
                for command in [["run", "orders.csv", "-m", "wrong.yaml"], ["map", "check", "wrong.yaml"]] {
                    let refused = try await home.start(command).end()
                    #expect(refused.code == 1 && refused.errors.contains(expected), "\(refused)")
                    #expect(refused.errors.contains("wrong.yaml:"), "\(refused)")
                }
            }
            #expect(try await home.logSize() == size)
        }

        @Test("a check on a file and the examples see the table; without a database the check says that it did not")
        func checked() async throws {
            let home = try await prepared()
            let checked = try await home.run(
                "map", "check", "orders.yaml", "--file", "orders.csv", expecting: 0)
            #expect(checked.output.contains("2 accepted, 2 rejected"), "\(checked)")
            try home.write(
                "tested.yaml",
                Self.orders + "\nexamples:\n  - {row: {id: 1, country: Italia}, gives: {country: IT}}\n"
                    + "  - {row: {id: 1, country: Atlantis}, rejects: not_in_table}\n")
            let tested = try await home.run("map", "test", "tested.yaml", expecting: 0)
            #expect(tested.output == "orders: 2 examples, all as they say\n", "\(tested)")

            let elsewhere = try Home()
            try elsewhere.write("orders.csv", Self.file)
            try elsewhere.write("tested.yaml", Self.orders + "\nexamples:\n  - {row: {id: 1}, gives: {id: 1}}\n")
            let alone = try await elsewhere.run(
                "map", "check", "tested.yaml", "--file", "orders.csv", expecting: 0)
            #expect(
                alone.output.contains("tables that were not checked, because there is no database: countries"),
                "\(alone)")
            let refused = try await elsewhere.run("map", "test", "tested.yaml", expecting: 1)
            #expect(refused.errors.contains("the examples need the table countries"), "\(refused)")
            #expect(access(elsewhere.path, F_OK) != 0, "it must not make a cluster")
        }

        @Test("a user reads tables of their own jobs, an admin all of the tenant, nobody those of another tenant")
        func visibility() async throws {
            let home = try await prepared()
            try await home.run("users", "add", "bob@example.com", "--role", "user", "--name", "Bob", expecting: 0)
            let refused = try await home.run("run", "orders.csv", "-m", "orders.yaml", "--as", "bob@example.com")
            #expect(
                refused.code == 1 && refused.errors.contains("the table 'countries' has no rows"), "\(refused)")
            try home.write("countries.csv", "name,iso,people\nItalia,BO,1\n")
            try await home.run("run", "countries.csv", "-m", "countries", "--as", "bob@example.com", expecting: 0)
            let bobs: RunAnswer = try await home.run(
                "run", "orders.csv", "-m", "orders.yaml", "--as", "bob@example.com", "--json"
            ).json()
            #expect(try await outputs(home, bobs.jobId)[0] == #"1 accepted {"id":1,"country":"BO","people":1}"#)

            try await home.run("tenants", "add", "other", "--name", "Other", "--email", "eve@example.com", expecting: 0)
            let other = try await home.run("run", "orders.csv", "-m", "orders.yaml", "--tenant", "other")
            #expect(other.code == 1 && other.errors.contains("there is no table 'countries'"), "\(other)")
        }

        @Test("rows of the table that were erased are not found; a job that began before does not go on without them")
        func erased() async throws {
            let home = try await prepared()
            let job = try await paused(home) { _ in "Italia" }
            let table = try await home.run("jobs", "list", "--json").lines(JobAnswer.self)
                .first { $0.mapping == "countries" }
            try await home.run(
                "erase", "--job", try #require(table).id, "--row", "2", "--basis", "gdpr-17", "--reason", "asked",
                "--yes", expecting: 0)
            let halted = try await home.run("jobs", "resume", job.id, expecting: 1)
            #expect(
                halted.errors.contains("has 1 row, and had 2 when the job") && halted.errors.contains("jobs cancel"),
                "\(halted)")
            try await home.run("jobs", "cancel", job.id, expecting: 0)
            try home.write("few.csv", Self.file)
            try await home.run("run", "few.csv", "-m", "orders.yaml", expecting: 2)
            let results = try await outputs(home)
            #expect(results[0].hasPrefix("1 accepted") && results[1].hasPrefix("2 rejected"), "\(results)")
            try await home.run(
                "erase", "--job", try #require(table).id, "--row", "1", "--basis", "gdpr-17", "--reason", "asked",
                "--yes", expecting: 0)
            let refused = try await home.run("run", "few.csv", "-m", "orders.yaml", "--again", expecting: 1)
            #expect(refused.errors.contains("were erased: run the table's file again"), "\(refused)")
        }

        @Test("a table that takes more memory than the setting allows is refused by name, and nothing is appended")
        func memory() async throws {
            let home = try await prepared()
            let rows = (1...30_000).map { "country number \($0),\($0),\($0)\n" }.joined()
            try home.write("countries.csv", "name,iso,people\n" + rows)
            try await home.run("run", "countries.csv", "-m", "countries", expecting: 0)
            try await home.run("settings", "set", "max_lookup_bytes", "1048576", expecting: 0)
            let size = try await home.logSize()
            try home.write("stored.yaml", Self.orders)
            let stored = try await home.run("run", "orders.csv", "-m", "stored.yaml", expecting: 1)
            #expect(
                stored.errors.contains("the table countries is larger than max_lookup_bytes allows, 1048576 bytes"),
                "\(stored)")
            // The mapping itself is stored, and no job.
            #expect(try await home.logSize() <= size + 3)
            #expect(try await home.sql("SELECT count(*) FROM processing_jobs WHERE status <> 'completed'") == ["0"])
            try await home.run("settings", "set", "max_lookup_bytes", "8388608", expecting: 0)
            try await home.run("run", "orders.csv", "-m", "stored.yaml", expecting: 2)
        }

        @Test("a foreign key rejects rows that refer to no row of an earlier job")
        func foreignKey() async throws {
            let home = try await prepared()
            try home.write(
                "visits.yaml",
                """
                name: visits
                api: {name: v, fields: [{name: id, type: integer}, {name: country}]}
                mappings: {id: $id, country: $country | trim}
                checks:
                  - foreign_key: country
                    table: countries
                """)
            let run: RunAnswer = try await home.run("run", "orders.csv", "-m", "visits.yaml", "--json").json()
            #expect(run.totals == Totals(rows: 4, accepted: 3, rejected: 1, skipped: 0), "\(run)")
            let errors = try await home.run("jobs", "errors", "last", "--json").lines(ErrorAnswer.self)
            #expect(
                errors.map { "\($0.row) \($0.field ?? "") \($0.column ?? "") \($0.value ?? "") \($0.rule) \($0.code)" }
                    == ["3 country country Atlantis foreign_key not_in_table"])
        }
    }
}
