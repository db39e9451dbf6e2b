import AuditLog
import Foundation
import Postgres
import Processing
import TestSupport
import Testing

extension CommandTests {
    /// Names come from strangers: keys, origins, checkpoints, exports.
    @Suite("Hostile names", .timeLimit(.minutes(60)))
    struct HostileTextTests {
        /// Clears a terminal's screen, and turns the line round.
        private static let name = "example.com/\u{9B}2J\u{202E}gol\u{7F}<b>"

        /// Nothing but line feeds does anything.
        private func expectHarmless(_ text: String, _ place: SourceLocation = #_sourceLocation) {
            let steering = text.unicodeScalars.filter { scalar in
                switch scalar.value {
                case 0x0A: false
                case 0..<0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
                default: false
                }
            }
            #expect(steering.isEmpty, "\(text.debugDescription)", sourceLocation: place)
        }

        @Test("what names say is shown, and does nothing: to terminals, in JSON, in pages")
        func names() async throws {
            let home = try await Home.prepared()
            let tenant = Tenants.id(of: "acme")
            _ = try await LogKeys.create(
                in: SealerFolder(root: "\(home.path)/sealer", tenant: tenant), origin: Self.name, slug: "acme")
            try await home.run("tenants", "add", "acme", "--email", "a@acme.example", expecting: 0)
            let witness = try NoteSigner(name: Self.name, kind: .cosignature).verifier.vkey
            let stranger = try NoteSigner(name: Self.name).verifier.vkey
            _ = try await home.sql(
                """
                SET SESSION AUTHORIZATION atlas2_app; SET atlas2.tenant_id = '\(tenant.text)'; SET atlas2.role = 'system';
                SELECT outcome FROM audit_append('\(tenant.text)', ARRAY(
                    SELECT jsonb_populate_record(NULL::audit_append_event, jsonb_build_object(
                        'append', n, 'event_id', gen_random_uuid(), 'stream_type', 'log', 'schema_version', 1,
                        'stream_id', '\(LogKeyAdded.streamID(tenant: tenant).text)', 'correlation_id', gen_random_uuid(),
                        'event_type', type, 'payload', payload))
                    FROM (VALUES
                        (1, 'log.witness_added', json_build_object('url', 'http://127.0.0.1:1', 'key', '\(witness)')),
                        (2, 'log.key_added', json_build_object('key', '\(stranger)'))) e (n, type, payload)))
                """)
            try await home.run("log", "seal", expecting: 0)
            let answer: KeyAnswer = try await home.run("log", "key", "show", "--tenant", "acme", "--json").json()
            #expect(answer.origin == Self.name)
            try home.write("kept", await home.run("log", "checkpoint", "--tenant", "acme", expecting: 0).output)
            for (arguments, code) in [
                ("log key show --tenant acme", Int32(0)), ("log checkpoint --tenant acme --json", 0),
                ("log checkpoint --tenant acme --list", 0), ("log witness list --tenant acme", 0),
                ("log witness send --tenant acme", 1), ("log export out --tenant acme", 0),
                ("log prove 2 --tenant acme --out proofs", 0), ("log verify --tenant acme --key KEY", 0),
                ("log verify --tenant acme --report page.html", 0), ("log verify --tenant acme --json", 0),
                ("log verify --checkpoint kept", 1), ("log verify --from out --key KEY --checkpoint kept", 0),
                ("log verify --from out --key KEY --report export.html", 0),
                ("log verify --from out --key KEY --witness WITNESS", 1), ("log verify --from out --key OTHER", 1),
                ("log verify --proof proofs/2.json --key KEY", 0), ("log verify --proof proofs/2.json --key OTHER", 1),
                ("log verify --from out --key \u{1B}[2J+00000000+AAAA", 64), ("log prove \u{1B}[2J", 64),
                ("log key rotate --tenant acme", 0), ("doctor", 0),
                ("log key create --tenant default --origin \u{9B}", 64),
                ("log witness add http://127.0.0.1:1 WITNESS --tenant acme", 1),
            ] {
                let words = ["KEY": answer.key, "OTHER": stranger, "WITNESS": witness]
                let ended = try await home.start(
                    arguments.split(separator: " ").map { words[String($0)] ?? String($0) }
                )
                .end()
                #expect(ended.code == code, "\(arguments): \(ended)")
                expectHarmless(ended.output + ended.errors)
            }
            for name in ["page", "export"] {
                let page = try String(contentsOfFile: "\(home.folder)/\(name).html", encoding: .utf8)
                expectHarmless(page)
                #expect(page.contains("\u{FFFD}2J\u{FFFD}gol\u{FFFD}&lt;b&gt;"))
            }
        }
    }
}
