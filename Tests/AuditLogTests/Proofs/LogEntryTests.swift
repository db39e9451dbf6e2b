import Postgres
import Testing

@testable import AuditLog

@Suite("Entries, read back")
struct LogEntryTests {
    private static func entry(_ event: RecordedEvent = Sample.event()) -> [UInt8] {
        var bytes: [UInt8] = []
        Entry.append(event, to: &bytes)
        return bytes
    }

    @Test("what an event's entry says is read back, with and without optional ids")
    func reading() throws {
        var event = Sample.event()
        for _ in 0..<2 {
            let entry = try LogEntry(parsing: Self.entry(event))
            #expect(entry.tenant == event.tenant && entry.position == event.position)
            #expect(entry.recordedAt == event.recordedAt && entry.stream == event.stream)
            #expect(entry.version == event.version && entry.type == event.type)
            #expect(entry.event.actor == event.actor && entry.event.correlation == event.correlation)
            #expect(entry.commitment == event.commitment && entry.leaf == Hashes.leaf(event))
            (event.actor, event.correlation, event.causation) = (nil, nil, event.id)
            event.seal()
        }
    }

    @Test("a text that says the same in another way is no entry")
    func otherTexts() {
        let text = String(decoding: Self.entry(), as: UTF8.self)
        let others = [
            "", "{}", text + " ", " " + text, text.replacing(":7,", with: ":07,"), text.replacing(":7,", with: ": 7,"),
            text.replacing(":7,", with: ":7,\"position\":8,"), text.replacing(":7,", with: ":7.0,"),
            text.replacing(":7,", with: ":99999999999999999999,"), text.replacing("Z\"", with: "+00:00\""),
            text.replacing(".123456Z", with: ".12Z"), text.replacing("user.created", with: "user\\u002ecreated"),
            text.replacing("user.created", with: "user.\u{1}created"), text.uppercased(),
            text.replacing("\"v\":1", with: "\"v\":2"), String(text.dropLast()), text.replacing("null", with: "\"\""),
        ]
        for other in others {
            #expect(other != text)
            #expect(throws: ProofError.self, "\(other)") { try LogEntry(parsing: Array(other.utf8)) }
        }
    }

    @Test("no text that is cut off or has one other byte is read as another entry")
    func damage() {
        let bytes = Self.entry()
        for index in bytes.indices {
            #expect(throws: ProofError.self) { try LogEntry(parsing: Array(bytes[..<index])) }
            for other in [0, UInt8(ascii: "\""), UInt8(ascii: "\\"), 0x80, bytes[index] ^ 0x20]
            where other != bytes[index] {
                var damaged = bytes
                damaged[index] = other
                // Whatever is read is exactly what stands there.
                guard let entry = try? LogEntry(parsing: damaged) else { continue }
                #expect(Self.entry(entry.event) == damaged)
            }
        }
    }
}
