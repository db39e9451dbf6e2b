import AuditLog
import Processing
import Testing
import Witnesses

@Suite("A witness")
struct WitnessTests {
    private let key: NoteVerifier

    init() throws {
        key = try NoteSigner(name: "witness.example/w1", kind: .cosignature).verifier
    }

    @Test(
        "has an address that /add-checkpoint can be put behind",
        arguments: [
            ("https://witness.example", "https://witness.example"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
            ("https://witness.example/a/b//", "https://witness.example/a/b"),
            ("http://[::1]:9/w", "http://[::1]:9/w"),
        ])
    func addresses(url: String, kept: String) throws {
        #expect(try Witness(url: url, vkey: key.vkey).url == kept)
    }

    @Test(
        "is refused with an address that is none, or holds a password, a query or a fragment",
        arguments: [
            "", "witness.example", "ftp://witness.example", "file:///etc/passwd", "unix:///run/w", "https://",
            "https:///path", "https://user@witness.example", "https://user:word@witness.example",
            "https://:word@witness.example", "https://witness.example?x", "https://witness.example/?x=1",
            "https://witness.example/#x", "https://witness.example/ x", "https://witness.example/\n",
            "https://witness.example/é", "https://witness.example:99999", "https://witness.example:0",
            "https://witness.example/add-checkpoint", "https://witness.example/add-checkpoint/",
            "https://witness.example\\@other.example", "https://witness.example/" + String(repeating: "a", count: 1000),
        ])
    func refusals(url: String) {
        let key = key.vkey
        #expect(throws: Failure.self) { try Witness(url: url, vkey: key) }
    }

    @Test("is refused with a key that is none, or a log's")
    func keys() throws {
        let log = try NoteSigner(name: "example.com/log").verifier.vkey
        for key in ["", "w", key.vkey + "A", String(key.vkey.dropLast()), log] {
            #expect(throws: Failure.self) { try Witness(url: "https://witness.example", vkey: key) }
        }
    }
}
