import AuditLog
import Foundation
import Testing

extension ErasureTests {
    @Suite("Proofs and exports from before and after an erasure", .timeLimit(.minutes(20)))
    struct ProofsAfterErasureTests {
        private static let file = "Id,Name\n1,Ada Lovelace\n2,Grace Hopper\nx,Katherine Johnson\n"
        private static let away = ["ATLAS2_HOME": "/nonexistent"]

        private struct Key: Decodable {
            var key: String
        }

        private struct Position: Decodable {
            var position: Int
        }

        private func position(of type: String, _ home: Home) async throws -> Int {
            try #require(
                Int(try await home.sql("SELECT min(position) FROM audit_logs WHERE event_type = '\(type)'")[0]))
        }

        /// What a stranger's check of a proof or of an export says.
        private func check(_ home: Home, _ arguments: String...) async throws -> Ended {
            let key: Key = try await home.run("log", "key", "show", "--json", expecting: 0).json()
            return try await home.start(["log", "verify"] + arguments + ["--key", key.key], environment: Self.away)
                .end()
        }

        @Test("those from before hold for ever; new ones show what is left, prove it, and say what they cannot prove")
        func erasure() async throws {
            let home = try await Home.prepared()
            try home.write("people.csv", Self.file)
            try home.write("people.yaml", ErasureTests.mapping)
            let run: RunAnswer = try await home.run("run", "people.csv", "--mapping", "people.yaml", "--json").json()
            let piece = try await position(of: "job.file_chunk_stored", home)
            let created = try await position(of: "job.created", home)
            try home.write("kept.txt", try await home.run("log", "checkpoint", expecting: 0).output)
            for folder in ["before", "after"] {
                if folder == "after" {
                    let erased = try await home.run(
                        "erase", "--job", run.jobId, "--row", "2", "--basis", "gdpr-17", "--reason", "r", "--yes")
                    #expect(erased.code == 0, "\(erased)")
                }
                for row in ["1", "2"] {
                    try await home.run("log", "prove", "--job", "last", "--row", row, "--out", folder, expecting: 0)
                }
                for position in [piece, created] {
                    try await home.run("log", "prove", String(position), "--out", folder, expecting: 0)
                }
                try await home.run("log", "export", "\(folder)-full", "--with-personal", expecting: 0)
            }
            let rowFile = { (folder: String, row: Int) in "\(folder)/\(run.jobId)-row-\(row).json" }
            for file in [rowFile("before", 1), rowFile("before", 2), "before/\(piece).json", "before/\(created).json"] {
                let ended = try await check(home, "--proof", file)
                #expect(ended.code == 0 && !ended.output.contains("redacted"), "\(file): \(ended)")
            }
            #expect(try await check(home, "--proof", rowFile("before", 2)).output.contains("Grace Hopper"))

            let left = try await check(home, "--proof", rowFile("after", 1))
            #expect(left.code == 0 && left.output.contains("row 1: proved: [1,\"Ada Lovelace\"]"), "\(left)")
            #expect(left.output.contains("names of the fields: proved: id, name"), "\(left)")
            let gone = try await check(home, "--proof", rowFile("after", 2))
            #expect(gone.code == 0 && gone.output.contains("row 2: erased"), "\(gone)")
            let lines = try await check(home, "--proof", "after/\(piece).json")
            #expect(lines.code == 0 && lines.output.contains("redacted"), "\(lines)")
            #expect(lines.output.contains("the payload proves that it stood there before"), "\(lines)")
            let personal = try await check(home, "--proof", "after/\(created).json")
            #expect(personal.code == 0 && personal.output.contains("is not proved"), "\(personal)")

            // Other names of the values, and another piece, are found.
            let row = try String(contentsOfFile: "\(home.folder)/\(rowFile("after", 1))", encoding: .utf8)
            try home.write(
                "names.json", row.replacing(/"id",\s*"name"/, with: #""name", "id""#))
            let names = try await check(home, "--proof", "names.json")
            #expect(names.code == 1 && names.output.contains("does NOT hold"), "\(names)")
            let text = try String(contentsOfFile: "\(home.folder)/after/\(piece).json", encoding: .utf8)
            // The Base64 of the attachment's last line; its file ends with it.
            let forged = text.replacing(/"attachment": "([A-Za-z0-9+\/]{40})/) { match in
                "\"attachment\": \"" + String(match.1.reversed())
            }
            #expect(forged != text)
            try home.write("piece.json", forged)
            let other = try await check(home, "--proof", "piece.json")
            #expect(other.code == 1 && other.output.contains("does NOT hold"), "\(other)")

            try await exports(home)
        }

        private func exports(_ home: Home) async throws {
            // A copy that was handed out keeps what it has, and is the beginning of the log of later.
            let old = try await check(home, "--from", "before-full", "--checkpoint", "kept.txt", "--json")
            #expect(old.code == 0 && old.output.contains(#""redacted":0,"unproved":0,"#), "\(old)")
            let new = try await check(home, "--from", "after-full", "--checkpoint", "kept.txt", "--json")
            #expect(new.code == 0 && new.output.contains(#""redacted":3,"unproved":1,"#), "\(new)")
            let words = try await check(home, "--from", "after-full")
            #expect(
                words.output.contains(
                    "the export is sound; that what is left of 1 redacted event stood there before is not proved"),
                "\(words)")
            // Brought up to date, the old one is the new one.
            try await home.run("log", "export", "before-full", "--with-personal", expecting: 0)
            try await home.run(program: ["/usr/bin/diff", "-r", "before-full", "after-full"])
            let search = try await home.start(program: ["/bin/grep", "-rq", "Hopper", "before-full"]).end()
            #expect(search.code == 1)
        }

        @Test(
            "a piece that was stored before its payload stated a root is emptied, because nothing would prove the rest")
        func oldPiece() async throws {
            let home = try await Home.prepared()
            try home.write("people.csv", Self.file)
            try home.write("people.yaml", ErasureTests.mapping)
            let run: RunAnswer = try await home.run("run", "people.csv", "--mapping", "people.yaml", "--json").json()
            // As a version of Atlas2 without roots would have written it.
            _ = try await home.sql(
                """
                SET session_replication_role = replica;
                UPDATE audit_logs SET schema_version = 1,
                    payload = (payload::jsonb - 'lines' - 'lines_root')::json WHERE event_type = 'job.file_chunk_stored'
                """)
            let erase = [
                "erase", "--job", run.jobId, "--row", "2", "--basis", "gdpr-17", "--reason", "r", "--json",
            ]
            let dry = try await home.start(erase + ["--dry-run"]).end()
            #expect(dry.output.contains(#""emptied_events":1,"redacted_events":2,"#), "\(dry)")
            let done = try await home.start(erase + ["--yes"]).end()
            #expect(done.code == 0 && done.output.contains(#""emptied":1,"redacted":2"#), "\(done)")
            #expect(
                try await home.sql(
                    "SELECT count(*) FROM audit_logs WHERE event_type = 'job.file_chunk_stored' AND attachment IS NULL")
                    == ["1"])
            #expect(try await home.run("jobs", "results", run.jobId).output.contains("Ada Lovelace"))
        }
    }
}
