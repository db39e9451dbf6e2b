import Foundation
import TestSupport
import Testing

extension CommandTests {
    /// What somebody who was not there is told, and what is told apart.
    @Suite("Strangers", .timeLimit(.minutes(60)))
    struct StrangerTests {
        private static let nowhere = ["ATLAS2_HOME": "/nonexistent"]

        private static func key(of home: Home) async throws -> String {
            let answer: KeyAnswer = try await home.run("log", "key", "show", "--json", expecting: 0).json()
            return answer.key
        }

        @Test("a checkpoint of another log, a damaged one and what is none accuse nobody; each is named as what it is")
        func kept() async throws {
            let home = try await Home.prepared()
            try await home.run("log", "seal", expecting: 0)
            let key = try await Self.key(of: home)
            let text = try await home.run("log", "checkpoint", expecting: 0).output
            try await home.run("log", "export", "exported", expecting: 0)
            let other = try Home()
            try await other.run("init", expecting: 0)
            let size = text.split(separator: "\n")[1]
            try home.write("same.txt", text)
            try home.write("other.txt", await other.run("log", "checkpoint", expecting: 0).output)
            try home.write("typo.txt", text.replacing("\n\(size)\n", with: "\n\(size)0\n"))
            try home.write("none.txt", "nothing\n")
            for (file, words) in [
                ("same.txt", "is sound"), ("other.txt", "of another log"), ("typo.txt", "signature under it is wrong"),
                ("none.txt", "is not a checkpoint"), ("absent.txt", "absent.txt"),
            ] {
                for arguments in [["--checkpoint", file], ["--checkpoint", file, "--from", "exported", "--key", key]] {
                    let found = try await home.start(["log", "verify"] + arguments).end()
                    let said = found.output + found.errors
                    #expect(found.code == (file == "same.txt" ? 0 : 1), "\(arguments): \(found)")
                    #expect(said.contains(words) && !said.contains("NOT sound"), "\(arguments): \(found)")
                }
            }
        }

        @Test("who knows a former key follows the log to the present one, and nobody else's key is followed")
        func rotation() async throws {
            let home = try await Home.prepared()
            try await home.run("log", "seal", expecting: 0)
            let old = try await Self.key(of: home)
            try home.write("old.txt", await home.run("log", "checkpoint", expecting: 0).output)
            try await home.run("log", "export", "exported", expecting: 0)
            try await home.run("log", "key", "rotate", expecting: 0)
            try await home.append(3)
            try await home.run("log", "seal", expecting: 0)
            try await home.run("log", "export", "exported", expecting: 0)
            let new = try await Self.key(of: home)
            #expect(old != new)
            for key in [old, new] {
                let found = try await home.run(
                    "log", "verify", "--from", "exported", "--key", key, "--checkpoint", "old.txt",
                    environment: Self.nowhere)
                #expect(found.code == 0 && found.output.contains("the export is sound"), "\(key): \(found)")
            }
            // Without the checkpoint that both signed there is nothing to follow.
            try await home.run(program: ["/bin/rm", "-r", "exported/key-changes"])
            let lost = try await home.run("log", "verify", "--from", "exported", "--key", old)
            #expect(lost.code == 1 && lost.output.contains("key of its time"), "\(lost)")
        }

        @Test("what an export does not show is counted, and can be demanded; what opens commitments is private")
        func contents() async throws {
            let home = try await Home.prepared()
            try await home.run("log", "seal", expecting: 0)
            let key = try await Self.key(of: home)
            let full = try await home.run("log", "export", "full", "--with-personal", expecting: 0)
            #expect(full.errors.contains("holds personal parts"))
            try await home.run("log", "export", "bare", expecting: 0)
            let shown = try await home.run("log", "prove", "2", "--out", "proofs", expecting: 0)
            #expect(shown.errors.contains("only you may read it"))
            for (path, mode) in [("full", 0o700), ("full/checkpoint", 0o600), ("proofs/2.json", 0o600)] {
                let found = try FileManager.default.attributesOfItem(atPath: "\(home.folder)/\(path)")
                #expect(found[.posixPermissions] as? Int == mode, "\(path)")
            }
            try await home.run(program: ["/bin/rm", "-r", "bare/payloads"])
            let size = try await home.logSize()
            let found = try await home.run("log", "verify", "--from", "bare", "--key", key)
            #expect(found.code == 0 && found.output.contains("payloads    0 of \(size)"), "\(found)")
            let demanded = try await home.run("log", "verify", "--from", "bare", "--key", key, "--require-payloads")
            #expect(demanded.code == 1 && demanded.output.contains("NOT DONE"), "\(demanded)")
            for (arguments, code) in [
                (["--from", "nowhere", "--key", key], Int32(1)), (["--from", "bare"], 64),
                (["--from", "bare", "--key", "abc"], 64), (["--key", "abc"], 64), (["--quorum", "-1"], 64),
            ] {
                let refused = try await home.start(["log", "verify"] + arguments).end()
                #expect(refused.code == code, "\(arguments): \(refused)")
                #expect(!refused.errors.contains("couldn’t be"), "\(refused)")
            }
        }

        @Test("a report says who made it, who acted, what is held and which keys, and runs nothing that somebody wrote")
        func report() async throws {
            let home = try await Home.prepared()
            let hostile = "<script>alert(1)</script>\u{1B}[2J\u{202E}&\"'"
            try await home.run("hold", "add", "--all", "--reason", hostile, expecting: 0)
            try await home.run("log", "verify", "--report", "report.html", expecting: 0)
            try await home.run("log", "verify", "--report", "report.json", expecting: 0)
            let page = try String(contentsOfFile: "\(home.folder)/report.html", encoding: .utf8)
            for words in [
                "Verified by", "Began", "Ended", "Who acted", Home.admin, "Legal holds in force", "Witnesses",
            ] {
                #expect(page.contains(words), "\(words)")
            }
            // Read by a parser of somebody else's: the tags are those of the page, and the text is the reason.
            try home.write(
                "parse.py",
                """
                import html.parser
                class Page(html.parser.HTMLParser):
                    tags, text = set(), ""
                    def handle_starttag(self, tag, attributes):
                        self.tags.add(tag)
                        assert not any(name.startswith("on") for name, _ in attributes), attributes
                    def handle_data(self, data): self.text += data
                page = Page(convert_charrefs=True)
                page.feed(open("report.html", encoding="utf-8").read())
                allowed = "html head meta title style body h1 h2 p table thead tr th td ul li pre".split()
                assert page.tags <= set(allowed), page.tags
                assert "<script>alert(1)</script>\\ufffd[2J\\ufffd&\\"'" in page.text, page.text
                """)
            try await home.run(program: ["/usr/bin/python3", "parse.py"])
            let json = try Data(contentsOf: URL(fileURLWithPath: "\(home.folder)/report.json"))
            #expect(!json.contains(0x1B) && !String(decoding: json, as: UTF8.self).contains("\u{202E}"))
            let read = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
            let around = try #require(read["surroundings"] as? [String: Any])
            let holds = try #require(around["holds"] as? [[String: Any]])
            #expect(holds.first?["reason"] as? String == hostile)
            #expect(read["kind"] as? String == "log" && read["login"] != nil && read["ended_at"] != nil)
        }
    }
}
