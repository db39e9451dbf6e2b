import Postgres
import Testing

@testable import AuditLog

@Suite("Hashes of an event")
struct HashTests {
    @Test(
        "SHA-256 gives the published digests",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ])
    func sha256(text: String, digest: String) {
        #expect(Hashes.sha256(text.utf8).hexadecimal == digest)
    }

    @Test("the erasable hash covers salt, personal part and attachment; an absent part counts as no bytes")
    func erasable() {
        let full = Hashes.erasable(salt: Sample.salt, personal: Sample.personal, attachment: Sample.attachment)
        #expect(full.hexadecimal == "3475c04fe26fc3382a40644587093a5f3f76c108ae878fb9aa558cb878b4feed")
        let empty = Hashes.erasable(salt: Sample.salt, personal: nil, attachment: nil)
        #expect(empty.hexadecimal == "259a63298ae107b9892393ffab39fbf69f00b382ce79db73429f990a86adb972")
    }

    @Test("the commitment covers the payload and the erasable hash")
    func commitment() {
        #expect(
            Sample.event().commitment.hexadecimal == "95ae6228e4b3e3a8b52edbc70df9479397b0d6001d10293b8991980fb0967351")
    }

    @Test("the entry is the canonical JSON of the event's header, byte for byte")
    func entry() {
        var bytes: [UInt8] = []
        Entry.append(Sample.event(), to: &bytes)
        #expect(
            String(decoding: bytes, as: UTF8.self) == """
                {"actor":"00112233-4455-6677-8899-aabbccddeeff","at":"2026-11-23T16:40:12.123456Z","causation":null,\
                "commitment":"95ae6228e4b3e3a8b52edbc70df9479397b0d6001d10293b8991980fb0967351",\
                "correlation":"0f0e0d0c-0b0a-4908-8706-050403020100","id":"11111111-2222-4333-8444-555555555555",\
                "position":7,"schema":1,"stream":"user/00112233-4455-6677-8899-aabbccddeeff",\
                "tenant":"99999999-8888-4777-8666-555555555555","type":"user.created","v":1,"version":3}
                """)
    }

    @Test("the leaf is SHA-256 of a zero byte and the entry")
    func leaf() {
        #expect(
            Hashes.leaf(Sample.event()).hexadecimal
                == "ca1b8692abbd59c6de56271f8b29f3052a2f2cb637a4f89a0fd249ec0b50261d")
    }

    @Test("each column of the entry, and the commitment, changes the leaf")
    func everyColumnCounts() {
        let changes: [(String, (inout RecordedEvent) -> Void)] = [
            ("tenant", { $0.tenant = Sample.other }), ("position", { $0.position += 1 }),
            ("id", { $0.id = Sample.other }),
            ("recorded_at", { $0.recordedAt.microseconds += 1 }), ("stream type", { $0.stream.type = "job" }),
            ("stream id", { $0.stream.id = Sample.other }), ("version", { $0.version += 1 }),
            ("type", { $0.type = "user.changed" }), ("schema", { $0.schemaVersion += 1 }),
            ("actor", { $0.actor = nil }),
            ("correlation", { $0.correlation = nil }), ("causation", { $0.causation = Sample.other }),
            ("commitment", { $0.commitment[31] ^= 1 }),
        ]
        let original = Hashes.leaf(Sample.event())
        for (column, change) in changes {
            var event = Sample.event()
            change(&event)
            #expect(Hashes.leaf(event) != original, "\(column)")
        }
    }
}
