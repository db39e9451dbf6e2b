import Foundation
import TestSupport
import Testing

extension CommandTests {
    /// What a stranger is handed, and what the commands say of it.
    @Suite("Proofs", .timeLimit(.minutes(60)))
    struct ProofTests {
        private static let example = [
            "run", "\(ProjectFolder.path)/examples/customers.csv", "--mapping",
            "\(ProjectFolder.path)/examples/customers.yaml", "--json",
        ]

        private static func key(of home: Home) async throws -> String {
            let answer: KeyAnswer = try await home.run("log", "key", "show", "--json", expecting: 0).json()
            return answer.key
        }

        @Test(
            "events and single rows are proved without a database; a changed file, another key and an unsealed event are not"
        )
        func proofs() async throws {
            let home = try await Home.prepared()
            let run: RunAnswer = try await home.start(Self.example).end().json()
            let key = try await Self.key(of: home)
            let kept = try await home.run("log", "checkpoint", expecting: 0)
            try home.write("kept.txt", kept.output)
            try await home.run("log", "prove", "2", "--out", "p", expecting: 0)
            try await home.run("log", "prove", "--job", "last", "--row", "7", "--out", "p", expecting: 0)
            try await home.run("log", "prove", "--job", run.jobId, "--row", "2", "--out", "p", expecting: 0)
            try await home.run("settings", "set", "job_timeout", "60", expecting: 0)
            let growth = try await home.run("log", "prove", "--from", String(run.logSize), expecting: 0)
            try home.write("growth", growth.output)

            // Nothing from here on may need the installation.
            let away = ["ATLAS2_HOME": "/nonexistent"]
            for file in ["p/2.tlog-proof", "p/2.json", "p/\(run.jobId)-row-7.json", "p/\(run.jobId)-row-2.json"] {
                let ended = try await home.run("log", "verify", "--proof", file, "--key", key, environment: away)
                #expect(ended.code == 0 && ended.output.contains("the proof holds"), "\(file): \(ended)")
            }
            let grown = try await home.run(
                "log", "verify", "--proof", "growth", "--key", key, "--old", "kept.txt", "--json", environment: away)
            #expect(grown.code == 0 && grown.output.hasPrefix(#"{"kind":"proof","sound":true,"#), "\(grown)")
            let lacking = try await home.run("log", "verify", "--proof", "growth", "--key", key, environment: away)
            #expect(lacking.code == 1 && lacking.errors.contains("--old"), "\(lacking)")
            let keyless = try await home.run("log", "verify", "--proof", "growth", environment: away)
            #expect(keyless.code == 64, "\(keyless)")

            // Row 7 is shown, and no other row's values are.
            let row = try String(contentsOfFile: "\(home.folder)/p/\(run.jobId)-row-7.json", encoding: .utf8)
            let accepted = try await home.run("jobs", "results", "last", "--json", expecting: 0).output
            let names = try accepted.matches(of: Regex(#""email":"([^"]+)""#)).map { String($0[1].substring ?? "") }
            #expect(names.count > 200)
            #expect(names.filter { row.contains($0) }.count == 1, "\(row)")
            try home.write("forged.json", row.replacing("1007", with: "1008"))
            let forged = try await home.run("log", "verify", "--proof", "forged.json", "--key", key, environment: away)
            #expect(forged.code == 1 && forged.output.contains("does NOT hold"), "\(forged)")
            let other = try Home()
            try await other.run("init", expecting: 0)
            let wrong = try await home.run("log", "verify", "--proof", "p/2.json", "--key", Self.key(of: other))
            #expect(wrong.code == 1 && wrong.output.contains("does NOT hold"), "\(wrong)")

            let size = try await home.logSize()
            try await home.append(1)
            for refusal in [
                Refusal("log prove \(size)", "is not sealed yet", "atlas2 log seal"),
                Refusal("log prove 99999", "there is no event at position 99999"),
                Refusal("log prove --job last --row 9999", "no result for row 9999", "rows 1 to 300"),
                Refusal("log prove 2 --json", "--json lists the files", code: 64),
                Refusal("log prove --from 99999", "covers \(size) events"),
                Refusal("log prove 1 --at 1", "there is no checkpoint of size 1"),
                Refusal("log prove", "Give one of", code: 64), Refusal("log prove 1 --from 2", "Give one of", code: 64),
            ] {
                try await refusal.check(in: home, logSize: size + 1)
            }
            try await home.run("log", "seal", expecting: 0)
            try await home.run("log", "prove", String(size), expecting: 0)

            // An event that was changed since it was sealed is not proved.
            _ = try await home.sql(
                """
                SET session_replication_role = replica;
                UPDATE audit_logs SET payload = '{}' WHERE position = 2
                """)
            try await Refusal("log prove 2", "is not the one that was sealed", "atlas2 log verify")
                .check(in: home, logSize: size + 1)
        }

        @Test("an export is checked without a database, grows with its log, and goes on with no other")
        func exports() async throws {
            let home = try await Home.prepared()
            _ = try await home.start(Self.example).end()
            let key = try await Self.key(of: home)
            let early = try await home.run("log", "checkpoint", expecting: 0)
            try home.write("early.txt", early.output)
            try await home.run("log", "export", "bare", expecting: 0)
            try await home.run("log", "export", "full", "--with-personal", expecting: 0)
            try await home.append(600)
            try await home.run("log", "seal", expecting: 0)
            for (folder, flags) in [("bare", []), ("full", ["--with-personal"])] {
                let grown = try await home.start(["log", "export", folder, "--json"] + flags).end()
                #expect(grown.code == 0 && grown.output.contains(#""written":6"#), "\(grown)")
                let again = try await home.start(["log", "export", folder, "--json"] + flags).end()
                #expect(again.code == 0 && again.output.contains(#""written":0,"#), "\(again)")
                let whole = try await home.start(["log", "export", "new-\(folder)"] + flags).end()
                #expect(whole.code == 0, "\(whole)")
                // Grown step by step or made at once, it is the same.
                try await home.run(program: ["/usr/bin/diff", "-r", folder, "new-\(folder)"])
                let sound = try await home.run(
                    "log", "verify", "--from", folder, "--key", key, "--checkpoint", "early.txt",
                    environment: ["ATLAS2_HOME": "/nonexistent"])
                #expect(sound.code == 0 && sound.output.contains("the export is sound"), "\(sound)")
            }
            // Nothing personal is in it unless it was asked for.
            let search = try await home.start(program: ["/bin/grep", "-r", Home.admin, "bare"]).end()
            #expect(search.code == 1, "\(search)")
            let found = try await home.start(program: ["/bin/grep", "-rq", Home.admin, "full"]).end()
            #expect(found.code == 0, "\(found)")

            // An interrupted export, of which the checkpoint and the last tiles are missing, is gone on with.
            try await home.run(program: ["/bin/cp", "-a", "bare", "half"])
            try await home.run(program: ["/bin/rm", "half/checkpoint", "half/tile/0/001"])
            try await home.run("log", "export", "half", expecting: 0)
            try await home.run(program: ["/usr/bin/diff", "-r", "bare", "half"])

            let size = try await home.logSize()
            for refusal in [
                Refusal("log export bare --with-personal", "has no personal parts"),
                Refusal("log export full", "has personal parts"), Refusal("log export .", "holds other files"),
            ] {
                try await refusal.check(in: home, logSize: size)
            }
            let other = try Home()
            try await other.run("init", expecting: 0)
            let foreign = try await other.run("log", "export", "\(home.folder)/bare")
            #expect(foreign.code == 1 && foreign.errors.contains("is an export of the log"), "\(foreign)")

            try await Self.tamper(home, key)
        }

        /// Whoever changes an export is found out, and where.
        private static func tamper(_ home: Home, _ key: String) async throws {
            let cases: [(command: String, words: String)] = [
                ("sed -i 's/\"number\\\\\":7,/\"number\\\\\":8,/' full/payloads/000.jsonl", "modified: the payload"),
                ("sed -i '0,/Ann /s//Eve /' full/payloads/000.jsonl", "modified: personal part"),
                ("sed -i '5d' bare/payloads/000.jsonl", "payloads of 1 event"),
                ("sed -i '0,/probe.noted/s//probe.noteX/' bare/tile/entries/000", "modified: the entry"),
                ("rm bare/tile/entries/001", "tile/entries/001 is missing"),
                ("rm bare/tile/1/000.p/2", "tile/1/000.p/2 is missing"),
                ("cp bare/tile/0/000 bare/tile/0/001", "modified: the entry"),
                ("cp early.txt bare/checkpoint", "is NOT sound"),
            ]
            for (command, words) in cases {
                try await home.run(program: ["/bin/cp", "-a", "bare", "bare.kept"])
                try await home.run(program: ["/bin/cp", "-a", "full", "full.kept"])
                try await home.run(program: ["/bin/sh", "-c", command])
                let folder = command.contains("full/") ? "full" : "bare"
                let found = try await home.run("log", "verify", "--from", folder, "--key", key)
                // What is only left out is not shown; what is shown is right.
                #expect(found.code == (words.hasPrefix("payloads of") ? 0 : 1), "\(command): \(found)")
                #expect(found.output.contains(words), "\(command): \(found)")
                for name in ["bare", "full"] {
                    try await home.run(program: ["/bin/rm", "-r", name])
                    try await home.run(program: ["/bin/mv", "\(name).kept", name])
                }
            }
        }
    }
}
