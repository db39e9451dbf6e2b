import Foundation
import Projections
import TestSupport
import Testing

/// The project's files, one of those of `projections/` changed.
enum ChangedLibrary {
    /// Runs `body` with the changed files, which go afterwards.
    static func with<T>(
        _ projection: String, _ change: (String) -> String, _ body: (Library) async throws -> T
    ) async throws -> T {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await body(try make(projection, change, in: folder))
    }

    private static func make(_ name: String, _ change: (String) -> String, in folder: URL) throws -> Library {
        let root = URL(fileURLWithPath: ProjectFolder.path)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            at: folder.appendingPathComponent("database"),
            withDestinationURL: root.appendingPathComponent("database"))
        let projections = folder.appendingPathComponent("projections")
        try FileManager.default.copyItem(
            at: root.appendingPathComponent("projections").resolvingSymlinksInPath(), to: projections)
        let file = projections.appendingPathComponent("\(name).sql")
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(change(text) != text)
        try change(text).write(to: file, atomically: true, encoding: .utf8)
        return try Library(root: folder.path)
    }

    /// `users` in version 2: with a column that counts each one's events.
    static func countingUsers(_ text: String) -> String {
        text.replacing("-- version: 1", with: "-- version: 2")
            .replacing("    PRIMARY KEY", with: "    changes    bigint NOT NULL,\n    PRIMARY KEY")
            .replacing("-- @fold", with: "COMMENT ON COLUMN users.changes IS 'Events of theirs';\n-- @fold")
            .replacing("created_at, updated_at)\nSELECT", with: "created_at, updated_at, changes)\nSELECT")
            .replacing("max(recorded_at)\nFROM", with: "max(recorded_at), count(*)\nFROM")
            .replacing("DO UPDATE SET\n", with: "DO UPDATE SET changes = u.changes + excluded.changes,\n")
    }
}
