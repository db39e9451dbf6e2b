import Foundation
import TestSupport
import Testing

@testable import AuditLog

/// A log that is exported in several slices, which are read and written at once.
@Suite("Drills: an export of many slices", .timeLimit(.minutes(20)))
struct LongExportTests {
    private static func export(_ log: SealedLog, to name: String) async throws -> ExportFolder {
        let folder = ExportFolder("\(log.root)/\(name)")
        let outcome = try await log.database.log.export(to: folder, showsErasable: true, as: log.scope)
        #expect(outcome.size == (try log.state().size))
        return folder
    }

    private static func files(_ folder: ExportFolder) throws -> [String: Data] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        let contents = names.compactMap { name in
            FileManager.default.contents(atPath: folder.path(name)).map { (name, $0) }
        }
        return Dictionary(uniqueKeysWithValues: contents)
    }

    @Test("it is sound, and one that was interrupted anywhere is gone on with and ends as the same files")
    func interrupted() async throws {
        try await LongLogTests.withLog { log, size in
            let whole = try await Self.export(log, to: "whole")
            let trust = try ProofTrust(keys: [LogKeys(log.folder).current.verifier])
            let finding = try await whole.verify(trust)
            #expect(finding.isSound && finding.checkpoint.size == size, "\(finding)")
            let expected = try Self.files(whole)
            // Slices end out of order: behind the first tile of leaves that is missing, others may be there.
            for missing in [0, 64, 300] as [Int64] {
                let half = try await Self.export(log, to: "half")
                half.remove(ExportFolder.checkpoint)
                for index in [missing, missing + 70, 512] {
                    guard let id = TileID(level: 0, index: index, treeSize: size) else { continue }
                    half.remove(id.path)
                    half.remove(id.entriesPath)
                }
                _ = try await Self.export(log, to: "half")
                #expect(try Self.files(half) == expected)
            }
        }
    }

    @Test("of several events that are not what their hashes say the first is named, and there is no checkpoint")
    func defects() async throws {
        try await LongLogTests.withLog { log, size in
            let positions = [ExportedSlice.width + 5, ExportedSlice.width * 2, size - 1]
            try await log.tamper(
                "UPDATE mine SET payload = '{}' WHERE position IN (\(positions.map(String.init).joined(separator: ",")))"
            )
            let folder = ExportFolder("\(log.root)/defects")
            let error = await #expect(throws: ProofError.self) {
                try await log.database.log.export(to: folder, showsErasable: true, as: log.scope)
            }
            #expect(error?.description.contains("position \(positions[0]):") ?? false, "\(String(describing: error))")
            #expect(!folder.contains(ExportFolder.checkpoint))
        }
    }
}
