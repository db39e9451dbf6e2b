import Postgres
import Testing

@testable import AuditLog

@Suite("An entry's bytes")
struct EntryTests {
    @Test(
        "numbers and times of every size are written as Swift writes them",
        arguments: [
            0, 1, 9, 10, 99, 100, 255, 256, 999_999_999, 1_000_000_000, Int64.max / 10, Int64.max - 1, Int64.max, -1,
            Int64.min,
        ])
    func extremes(number: Int64) {
        var event = Sample.event()
        event.position = number
        event.version = number
        event.schemaVersion = Int32(truncatingIfNeeded: number)
        event.recordedAt = Timestamp(microseconds: number)
        event.actor = nil
        var bytes: [UInt8] = []
        Entry.append(event, to: &bytes)
        let expected = """
            {"actor":null,"at":"\(event.recordedAt)","causation":null,"commitment":"\(event.commitment.hexadecimal)",\
            "correlation":"\(event.correlation?.text ?? "")","id":"\(event.id.text)","position":\(number),\
            "schema":\(event.schemaVersion),"stream":"user/\(event.stream.id.text)","tenant":"\(event.tenant.text)",\
            "type":"user.created","v":1,"version":\(number)}
            """
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
    }

    @Test(
        "types that no event can have are found, however long",
        arguments: ["", "User", "user ", "\"", String(repeating: "x", count: 5000)])
    func types(type: String) {
        var event = Sample.event()
        event.stream.type = type
        event.type = type + ".created"
        event.seal()
        var verifier = Verifier(size: 8)
        verifier.check(event)
        let found = verifier.finish()
        #expect(found.problems.contains { $0.position == 7 && $0.verdict == .modified })
    }
}
