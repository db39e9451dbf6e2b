import Foundation

extension TestCluster {
    /// The schema of a database as `pg_dump` writes it, without what differs from dump to dump.
    package func dumpSchema(of database: String) throws -> String {
        try run("pg_dump", ["-s", "-d", conninfo(database: database)])
            .split(separator: "\n", omittingEmptySubsequences: true)
            .filter { !$0.hasPrefix("\\restrict ") && !$0.hasPrefix("\\unrestrict ") }
            .joined(separator: "\n")
    }

    /// Lines that only one of two dumps has, `-` those of the first and `+` those of the second, wherever they stand.
    package static func changedLines(_ one: String, _ other: String) -> [String] {
        let lines = [one, other].map { $0.split(separator: "\n").sorted() }
        return lines[1].difference(from: lines[0]).map { change in
            switch change {
            case .remove(_, let line, _): "- " + line
            case .insert(_, let line, _): "+ " + line
            }
        }
    }

    /// Runs SQL files by psql, as one would by hand; the first error ends it.
    package func psql(
        files: [String], database: String, user: TestDatabase.Login = .administrator
    ) throws {
        let arguments = ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", conninfo(database: database, user: user.rawValue)]
        try run("psql", arguments + files.flatMap { ["-f", $0] })
    }

    /// Runs a client program of PostgreSQL; returns what it wrote.
    @discardableResult
    package func run(_ program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "\(Self.binaries)/\(program)")
        process.arguments = arguments
        let output = Pipe()
        let errors = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try Data().write(to: errors)
        defer { try? FileManager.default.removeItem(at: errors) }
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let reason = String(decoding: try Data(contentsOf: errors), as: UTF8.self)
            throw Failure(description: "\(program) \(arguments.joined(separator: " ")): \(reason)")
        }
        return String(decoding: text, as: UTF8.self)
    }
}
