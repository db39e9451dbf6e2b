import AuditLog
import CSV
import Foundation
import Mapping
import Testing

@testable import Processing

@Suite("Dates that are decided over a job's file")
struct FileDatesTests {
    private let folder: TemporaryFolder
    private let document: Document

    init() throws {
        folder = try TemporaryFolder()
        document = try Document(
            parsing: "{name: n, api: x, mappings: {d: '$day | parse_date(\"dd/MM/yyyy\", \"MM/dd/yyyy\")'}}", file: "t")
    }

    private func intake(_ text: String) throws -> FileIntake {
        try FileIntake(folder.write(Array(text.utf8), as: "a.csv"), Settings([:]))
    }

    private func dates(_ intake: FileIntake) throws -> [DateDecision] {
        let (source, columns) = try intake.source(.init(), columns: nil)
        return try intake.dates(document, fields: nil, columns: columns, source)
    }

    @Test("the whole file is looked at, also behind the part that is sampled, and not what stands below the table")
    func whole() throws {
        let rows = (1...80_000).map { "\($0),05/06/2024\n" }.joined()
        let decisions = try dates(intake("id,day\n" + rows + "x,31/01/2024\n\nSource: 01/31/2024 by hand\n"))
        #expect(decisions.map(\.readAs) == [["dd/MM/yyyy"]])
        #expect(decisions[0].evidence[0].onlyFirst == .init(count: 1, firstRow: 80_001))
        #expect(decisions[0].evidence[0].both == .init(count: 80_000, firstRow: 1))
    }

    @Test("a file that changed since it came in is refused")
    func changed() throws {
        let before = try intake("id,day\n1,05/06/2024\n2,31/01/2024\n")
        _ = try intake("id,day\n1,05/06/2024\n2,01/31/2024\n")
        #expect { try dates(before) } throws: { "\($0)".contains("changed while it was being read") }
    }

    @Test("what a job pins is what its program reads, also from JSON")
    func pinned() throws {
        let intake = try intake("id,day\n1,05/06/2024\n2,31/01/2024\n")
        let (described, columns) = try intake.source(.init(), columns: nil)
        var source = described
        source.dates = try dates(intake).map(JobDates.init)
        let json = try JSONEncoder().encode(source)
        let again = try JSONDecoder().decode(JobSource.self, from: json)
        #expect(again == source)
        let program = try Program(document, fields: nil, columns: columns, of: again)
        var processor = try RowProcessor(program, dialect: again.dialect(), fileSize: 60, behind: .none)
        processor.feed(Array("id,day\n1,05/06/2024\n2,12/31/2024\n".utf8))
        processor.finish()
        let chunk = try #require(try processor.nextChunk())
        #expect(String(decoding: chunk.body, as: UTF8.self).contains("[\"2024-06-05\"],"))
        #expect(chunk.errors.map(\.code) == ["ambiguous_date"])
    }
}
