import AuditLog
import Foundation
import TestSupport
import Testing

/// Programs that nobody here wrote accept what Atlas2 signs, exports and proves: Go's `sumdb/note` and `sumdb/tlog`.
@Suite("Interoperability", .serialized, .timeLimit(.minutes(20)))
struct InteroperabilityTests {
    private static let size = 70_000
    private static let positions = [0, 1, 255, 256, 257, 65_535, 65_536, 69_999]

    @Test(
        "Go opens the checkpoint, recomputes the root, and checks every proof; of a tampered export it accepts nothing")
    func go() async throws {
        let home = try await Home.prepared()
        // A checkpoint on the way, from which the log then grows.
        try await home.append(1000 - (try await home.logSize()))
        try await home.run("log", "seal", expecting: 0)
        let early = try await home.run("log", "checkpoint", expecting: 0)
        try home.write("early.txt", early.output)
        try await home.run("log", "export", "log", expecting: 0)
        let key: KeyAnswer = try await home.run("log", "key", "show", "--json", expecting: 0).json()
        let small = try await GoVerifier.check("log", key: key.key, in: home)
        #expect(small.code == 0 && small.output.hasPrefix("1000 entries, "), "\(small)")

        try await home.run(
            "run", "\(ProjectFolder.path)/examples/customers.csv", "--mapping",
            "\(ProjectFolder.path)/examples/customers.yaml", expecting: 2)
        try await home.append(Self.size - (try await home.logSize()))
        try await home.run("log", "seal", expecting: 0)
        try await home.run("log", "export", "log", expecting: 0)
        for position in Self.positions {
            try await home.run("log", "prove", String(position), "--out", "proofs", expecting: 0)
        }
        for size in [1, 255, 256, 1000, 65_536, 65_537, Self.size - 1, Self.size] {
            try await home.run("log", "prove", "--from", String(size), "--out", "proofs", expecting: 0)
        }
        for row in [1, 7, 300] {
            try await home.run("log", "prove", "--job", "last", "--row", String(row), "--out", "proofs", expecting: 0)
        }
        let sound = try await GoVerifier.check("log", key: key.key, proofs: "proofs", in: home)
        #expect(sound.code == 0, "\(sound)")
        #expect(sound.output.hasPrefix("\(Self.size) entries, root "), "\(sound)")
        #expect(sound.output.hasSuffix(", 20 proofs\n"), "\(sound)")

        try await checkForgedRows(key: key.key, in: home)

        let growth = try await home.run(
            "log", "verify", "--proof", "proofs/1000-\(Self.size).consistency", "--key", key.key, "--old", "early.txt")
        #expect(growth.code == 0 && growth.output.contains("the proof holds"), "\(growth)")

        try await checkOffline(key: key.key, in: home)

        for tampering in Tampering.allCases {
            try await home.run(program: ["/bin/cp", "-a", "log", "forged"])
            try tampering.apply(to: "\(home.folder)/forged")
            let refused = try await GoVerifier.check("forged", key: key.key, in: home)
            #expect(refused.code == 1, "\(tampering): \(refused)")
            let own = try await home.run("log", "verify", "--from", "forged", "--key", key.key)
            #expect(own.code == 1 && own.output.contains(tampering.words), "\(tampering): \(own)")
            try await home.run(program: ["/bin/rm", "-r", "forged"])
        }
    }

    /// Proofs of a row whose value, number or chunk was changed are proofs of nothing.
    private func checkForgedRows(key: String, in home: Home) async throws {
        let files = FileManager.default
        let name = try #require(
            try files.contentsOfDirectory(atPath: "\(home.folder)/proofs").first { $0.hasSuffix("-row-7.json") })
        let proof = try String(contentsOfFile: "\(home.folder)/proofs/\(name)", encoding: .utf8)
        try files.createDirectory(atPath: "\(home.folder)/forged-proofs", withIntermediateDirectories: true)
        for (old, new) in [
            ("Orléans", "Orleans"), ("\"row\": 7", "\"row\": 8"), (#"\"accepted\":260"#, #"\"accepted\":261"#),
            ("\"customer_id\",", "\"customer\","),
        ] {
            let forged = proof.replacing(old, with: new, maxReplacements: 1)
            #expect(forged != proof)
            try home.write("forged-proofs/\(name)", forged)
            let refused = try await GoVerifier.check("log", key: key, proofs: "forged-proofs", in: home)
            #expect(refused.code == 1, "\(new): \(refused)")
        }
    }

    /// The export and the database, both of several slices, are checked by Atlas2 itself, and a page says so.
    private func checkOffline(key: String, in home: Home) async throws {
        let offline = try await home.run(
            "log", "verify", "--from", "log", "--key", key, "--checkpoint", "early.txt", "--json")
        let found: LogAnswer = try offline.json()
        #expect(offline.code == 0 && found.sound && found.events == Self.size, "\(offline)")
        let common = ["log", "verify", "--checkpoint", "early.txt", "--report", "report.html"]
        for (arguments, said) in [
            ([], ["The log is sound", "70,000, positions 0 to 69999"]),
            (["--from", "log", "--key", key], ["The export is sound", "<td>70,000</td>", "--from log --key"]),
        ] {
            let ended = try await home.start(common + arguments).end()
            #expect(ended.code == 0, "\(ended)")
            let page = try String(contentsOfFile: "\(home.folder)/report.html", encoding: .utf8)
            for words in said + ["the checkpoint of 1,000 events in early.txt"] {
                #expect(page.contains(words), "\(words)")
            }
        }
    }

    /// What somebody does to an export.
    enum Tampering: CaseIterable {
        case lateEntry
        case entry
        case leafTile
        case upperTile
        case size
        case signature

        /// What Atlas2 says of it.
        var words: String {
            switch self {
            case .lateEntry: "position 65792: modified: the entry"
            case .entry: "position 25600: modified: the entry"
            case .leafTile: "position 1: modified: the entry"
            case .upperTile: "tile/1/000 is not what the entries make"
            case .size, .signature: "is NOT sound: the signature"
            }
        }

        func apply(to export: String) throws {
            switch self {
            case .lateEntry: try Self.flip("\(export)/tile/entries/257", at: 40)
            case .entry: try Self.flip("\(export)/tile/entries/100", at: 40)
            case .leafTile: try Self.flip("\(export)/tile/0/000", at: 33)
            case .upperTile: try Self.flip("\(export)/tile/1/000", at: 65)
            case .size:
                try Self.edit("\(export)/checkpoint") { $0.replacing("\n70000\n", with: "\n69999\n") }
            case .signature:
                // A letter of the signature.
                try Self.edit("\(export)/checkpoint") { text in
                    let letter = text.index(text.endIndex, offsetBy: -20)
                    var changed = text
                    changed.replaceSubrange(letter...letter, with: text[letter] == "A" ? "B" : "A")
                    return changed
                }
            }
        }

        private static func flip(_ path: String, at offset: Int) throws {
            var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            bytes[offset] ^= 1
            try bytes.write(to: URL(fileURLWithPath: path))
        }

        private static func edit(_ path: String, _ change: (String) -> String) throws {
            let text = try String(contentsOfFile: path, encoding: .utf8)
            let changed = change(text)
            #expect(changed != text)
            try changed.write(toFile: path, atomically: false, encoding: .utf8)
        }
    }
}

struct KeyAnswer: Decodable, Sendable {
    var origin: String
    var key: String
}

extension Home {
    /// Appends events past the program, ten thousand a call.
    func append(_ count: Int) async throws {
        for start in stride(from: 0, to: count, by: 10_000) {
            _ = try await sql(
                """
                SET LOCAL ROLE atlas2_app;
                SELECT set_config('atlas2.tenant_id', tenant_id::text, true), set_config('atlas2.role', 'system', true)
                FROM (SELECT 'fa2bcf54-3851-5b28-8dca-81b5adf3f970'::uuid AS tenant_id) t;
                SELECT count(*) FROM audit_append('fa2bcf54-3851-5b28-8dca-81b5adf3f970', (
                    SELECT array_agg((0, gen_random_uuid(), 'probe', md5((n / 100)::text)::uuid, NULL, 'probe.noted', 1,
                        NULL, NULL, NULL, format('{"number":%s,"text":"\\u00e9 \\" \\\\"}', n)::json,
                        format('{"name":"Ann %s"}', n)::json, NULL, NULL)::audit_append_event)
                    FROM generate_series(1, \(min(10_000, count - start))) n));
                """)
        }
    }

    /// Runs another program to its end, which must succeed.
    func run(program: [String]) async throws {
        let ended = try await start(program: program).end()
        guard ended.code == 0 else { throw ChildProgram.Failure(description: "\(program): \(ended)") }
    }
}
