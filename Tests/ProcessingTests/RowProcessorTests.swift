import CSV
import Mapping
import Testing

@testable import Processing

@Suite("Processing rows")
struct RowProcessorTests {
    private func processor(_ more: String, behind extent: StoredFile.Extent) throws -> RowProcessor {
        let mapping = "name: n\napi: {name: x, fields: [{name: id, type: integer}]}\nmappings: {id: $id}\n\(more)\n"
        let program = try Program(Document(parsing: mapping, file: "test.yaml"), columns: ["id"])
        return try RowProcessor(program, dialect: .rfc4180, fileSize: 1 << 20, behind: extent)
    }

    @Test(
        "a job that gave up gives up again when it goes on, and one that did not goes on",
        arguments: [
            ("on_reject: stop", 1, "rejected_row"), ("max_rejects: 2", 3, "too_many_rejects"),
            ("on_reject: stop", 0, nil), ("max_rejects: 2", 2, nil), ("", 3, nil),
        ])
    func resumption(more: String, rejected: Int, reason: String?) throws {
        var extent = StoredFile.Extent.none
        (extent.lastRow, extent.rejected) = (3, rejected)
        var processor = try processor(more, behind: extent)
        #expect(processor.refusal?.reason == reason)
        processor.feed(Array("id\n1\nx\nx\n4\n5\n".utf8))
        processor.finish()
        let chunk = try processor.nextChunk()
        #expect(chunk?.rows == (reason == nil ? 4...5 : nil))
    }

    @Test("the row that ends a job is the last one with a result", arguments: ["on_reject: stop", "max_rejects: 0"])
    func refusal(more: String) throws {
        var processor = try processor(more, behind: .none)
        processor.feed(Array("id\n1\nx\n3\n".utf8))
        processor.finish()
        #expect(try processor.nextChunk()?.rows == 1...2)
        #expect(processor.refusal != nil)
        #expect(try processor.nextChunk()?.rows == nil)
    }
}
