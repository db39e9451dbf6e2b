import FoundationEssentials
import Postgres
import Testing

@testable import AuditLog

@Suite("Names")
struct NameTests {
    @Test(
        "an id made from a name is the same for ever",
        arguments: [
            (UUID(named: "tenant", "default"), "fa2bcf54-3851-5b28-8dca-81b5adf3f970"),
            (UUID(named: "setting", "Größe"), "ae888948-3d7d-56e2-98d5-753dac4556a4"),
            (UUID(named: "a", "b", "c"), "7e157d41-e1c9-5d05-83ad-1e8fb0cf3f3f"),
            (UUID(named: "ab", "c"), "54fed85d-a97a-5d02-869f-45249bebfa99"),
        ])
    func namedID(id: UUID, text: String) {
        #expect(id.text == text)
    }

    @Test("a stream reads its own text, and refuses what is none")
    func stream() {
        let stream = StreamID(type: "job", id: Sample.user)
        #expect(StreamID(stream.description) == stream)
        for text in ["", "job", "job/", "job/x", "job/\(Sample.user.text)/", "\(Sample.user.text)"] {
            #expect(StreamID(text) == nil, "\(text)")
        }
    }
}
