import Foundation
import Testing

extension CommandTests {
    /// What cannot be done is refused in words that say what is wrong, where, and what to do, and leaves nothing behind.
    @Suite("Bad input", .timeLimit(.minutes(60)))
    struct BadInputTests {
        private static let mapping = """
            name: tiny
            api:
              name: tiny-api
              type: rest_api
              base_url: https://example.com/v1
              auth_type: none
              fields:
                - {name: id, type: integer, required: true}
                - {name: word, type: string, max_length: 20}
            mappings:
              id: $id | to_integer
              word: $word

            """

        /// A home with files and users for all refusals, and the size of its log.
        private static let prepared = Task {
            let home = try await Home.prepared()
            mkdir("\(home.folder)/folder.csv", 0o755)
            try home.write("good.csv", "id,word\n1,one\n2,two\n")
            try home.write("empty.csv", "")
            try home.write("binary.csv", (0..<2000).map { UInt8(truncatingIfNeeded: $0 &* 37) })
            try home.write(
                "wide.csv",
                "\u{FEFF}id,word\n1,a\n".unicodeScalars.flatMap {
                    [0, 0, UInt8($0.value >> 8), UInt8($0.value & 0xFF)]
                })
            try home.write("large.csv", "id,word\n" + String(repeating: "1,aaaaaaaaaa\n", count: 400))
            try home.write("good.xls", "id,word\n1,one\n")
            try home.write("good.yaml", mapping)
            let mistakes = [
                "column": ("$word", "$wrod"), "function": ("to_integer", "to_integr"), "field": ("  word:", "  wrod:"),
                "type": ("to_integer", "parse_date(\"yyyy-MM-dd\")"), "required": ("  id: $id | to_integer\n", ""),
            ]
            for (name, (old, new)) in mistakes {
                try home.write("\(name).yaml", mapping.replacing(old, with: new))
            }
            try home.write("broken.yaml", "name: [\n")
            try home.write("latin.yaml", Array("name: caf".utf8) + [0xE9])
            try home.write("stranger.yaml", "name: stranger\napi: nowhere\nmappings:\n  id: $id\n")
            try home.write("file", "not a folder")
            try await home.run("settings", "set", "max_file_size", "4000", expecting: 0)
            for (name, role) in [("aud", "auditor"), ("use", "user"), ("gone", "user")] {
                try await home.run("users", "add", "\(name)@example.com", "--role", role, expecting: 0)
            }
            try await home.run("users", "deactivate", "gone@example.com", expecting: 0)
            return (home, try await home.logSize())
        }

        private static let files = [
            Refusal("run none.csv -m good.yaml", "cannot open none.csv", "check the path"),
            Refusal("run folder.csv -m good.yaml", "folder.csv is a folder", "name a regular file"),
            Refusal("run empty.csv -m good.yaml", "empty.csv is empty", "name a file that has data"),
            Refusal("run binary.csv -m good.yaml", "binary.csv: ", "the file is no text", "export the data as CSV"),
            Refusal("run wide.csv -m good.yaml", "wide.csv: ", "UTF-32", "save it as UTF-8"),
            Refusal(
                "run large.csv -m good.yaml", "large.csv has 5208 bytes", "max_file_size allows 4000",
                "atlas2 settings set max_file_size 5208"),
            Refusal("run good.xls -m good.yaml", "files of type \"xls\" are not allowed", "allowed_file_types"),
            Refusal("csv detect none.csv", "none.csv cannot be read: No such file"),
            Refusal("csv read folder.csv", "folder.csv cannot be read: Is a directory"),
        ]

        private static let mappings = [
            Refusal("run good.csv -m none.yaml", "none.yaml: there is no such file", "atlas2 map list"),
            Refusal("run good.csv -m none", "there is no mapping none", "atlas2 map list"),
            Refusal("run good.csv -m folder.csv", "folder.csv cannot be read"),
            Refusal("run good.csv -m latin.yaml", "latin.yaml is no UTF-8 text"),
            Refusal("run good.csv -m broken.yaml", "broken.yaml:2:1: the document is not valid YAML", "check"),
            Refusal(
                "run good.csv -m column.yaml", "column.yaml:12:9: the file has no column $wrod", "did you mean $word?"),
            Refusal(
                "run good.csv -m function.yaml", "function.yaml:11:13: there is no function 'to_integr'",
                "did you mean to_integer?"),
            Refusal(
                "run good.csv -m field.yaml", "field.yaml:12:3: the API 'tiny-api' has no field 'wrod'",
                "did you mean 'word'?"),
            Refusal(
                "run good.csv -m type.yaml", "type.yaml:11:13: 'id' is a whole number", "gives a date", "to_integer"),
            Refusal(
                "run good.csv -m required.yaml", "required.yaml:3:3: the required field 'id' is not mapped",
                "add id: $column"),
            Refusal("run good.csv -m stranger.yaml", "stranger.yaml:2:6: there is no API nowhere", "write it out"),
            Refusal("map check column.yaml --file good.csv", "column.yaml:12:9: ", "did you mean $word?"),
            Refusal("map show none", "there is no mapping none"),
        ]

        private static let names = [
            Refusal("users list --tenant none", "there is no tenant none", "atlas2 tenants list"),
            Refusal("users list --as none@example.com", "there is no user none@example.com", "atlas2 users list"),
            Refusal("users show none@example.com", "there is no user none@example.com"),
            Refusal("jobs show ffff", "there is no job ffff", "atlas2 jobs list"),
            Refusal("jobs resume last", "there is no job last"),
            Refusal("settings get none", "there is no setting none", "max_file_size"),
            Refusal("settings set job_timeout 0", "job_timeout must be from 1 to 2592000 seconds, not 0"),
            Refusal("settings set job_timeout soon", "job_timeout must be a whole number of seconds, not \"soon\""),
            Refusal("history user none@example.com", "there is no user none@example.com in this tenant's log"),
            Refusal("events --stream nonsense", "names no stream", "type/id"),
            Refusal("projections verify none", "there is no projection none", "atlas2 projections list"),
            Refusal("projections rebuild none", "there is no projection none", "atlas2 projections list"),
            Refusal("users add nonsense", "\"nonsense\" is no e-mail address"),
            Refusal("users add new@example.com --role king", "\"king\" is no role", "admin, auditor, user"),
            Refusal("users add USE@example.com", "a user with the address use@example.com is there already"),
            Refusal("tenants add default --email a@example.com", "default", "already"),
            Refusal("tenants add No! --email a@example.com", "No!"),
        ]

        private static let roles = [
            Refusal("run good.csv -m good.yaml --as aud@example.com", "an auditor may not run jobs", "--as"),
            Refusal("users add new@example.com --as use@example.com", "only an admin may add users", "--as"),
            Refusal("users role aud@example.com admin --as use@example.com", "only an admin may change users"),
            Refusal("users deactivate aud@example.com --as aud@example.com", "only an admin may change users"),
            Refusal("settings set job_timeout 5 --as use@example.com", "only an admin may change settings"),
            Refusal("projections rebuild users --as use@example.com", "only an admin may rebuild projections"),
            Refusal("run good.csv -m good.yaml --as gone@example.com", "gone@example.com is not active", "--as"),
        ]

        private static let usage = [
            Refusal("nonsense", "Unexpected argument 'nonsense'", code: 64),
            Refusal("run", "Missing expected argument '<file>'", code: 64),
            Refusal("run good.csv", "--mapping", code: 64),
            Refusal("run good.csv -m good.yaml --nonsense", "--nonsense", code: 64),
            Refusal("jobs list --status done", "done is no status", "completed", code: 64),
            Refusal("jobs list --limit 0", "--limit must be 1 or more", code: 64),
            Refusal("jobs results last --status maybe", "--status must be accepted, rejected or skipped", code: 64),
            Refusal("events --from -1", "--from", code: 64),
            Refusal("events --follow --limit 3", "--follow has no end", code: 64),
            Refusal("users add", "Missing expected argument '<email>'", code: 64),
        ]

        private static let environments = [
            Refusal(
                "users list", "the database of DATABASE_URL does not answer", "Connection refused", "start it",
                environment: ["DATABASE_URL": "postgres://localhost:1/none"]),
            Refusal("users list", "DATABASE_URL must be like postgres://", environment: ["DATABASE_URL": "nonsense"]),
            Refusal(
                "users list", "DATABASE_OWNER_URL is set and DATABASE_URL is not",
                environment: ["DATABASE_OWNER_URL": "postgres://localhost/none"]),
            Refusal("users list", "DATABASE_POOL_SIZE is \"0\"", environment: ["DATABASE_POOL_SIZE": "0"]),
            Refusal("users list", "DATABASE_TIMEOUT is \"1s\"", environment: ["DATABASE_TIMEOUT": "1s"]),
            Refusal("users list", "ATLAS2_LOG_LEVEL is \"loud\"", environment: ["ATLAS2_LOG_LEVEL": "loud"]),
            Refusal("users list", "ATLAS2_SHARE is \"/none\"", environment: ["ATLAS2_SHARE": "/none"]),
            Refusal("users list", "ATLAS2_PROJECTIONS is \"/none\"", environment: ["ATLAS2_PROJECTIONS": "/none"]),
            Refusal("users list", "file is not a folder", "choose another", environment: ["ATLAS2_HOME": "file"]),
        ]

        @Test(
            "what cannot be done is refused with a message that says what, where and what to do; nothing is appended",
            arguments: files + mappings + names + roles + usage + environments)
        func refused(_ refusal: Refusal) async throws {
            let (home, size) = try await Self.prepared.value
            try await refusal.check(in: home, logSize: size)
        }
    }
}
