import Foundation
import Testing

@testable import AuditLog

@Suite("The folder of an export")
struct ExportFolderTests {
    @Test("what is no file, or larger than any of an export, is refused at once", .timeLimit(.minutes(10)))
    func hostile() throws {
        let path = "\(NSTemporaryDirectory())atlas2-export-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let folder = ExportFolder(path)
        #expect(try folder.read("none") == nil)
        try Data("text".utf8).write(to: URL(fileURLWithPath: path + "/file"))
        #expect(try folder.read("file") == Array("text".utf8))
        try FileManager.default.createSymbolicLink(atPath: path + "/endless", withDestinationPath: "/dev/zero")
        #expect(mkfifo(path + "/pipe", 0o600) == 0)
        #expect(truncate(path + "/file", 1 << 40) == 0)
        for name in ["endless", "pipe", "file"] {
            #expect(throws: ProofError.self) { try folder.read(name) }
        }
        #expect(throws: ProofError.self) { try folder.lines("pipe") }
    }
}
