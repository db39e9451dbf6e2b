import AuditLog
import Foundation
import Processing
import TestSupport
import Testing

/// A real file, its mapping, and how many of its rows come through.
struct RealFile: Sendable, CustomTestStringConvertible {
    /// In `../shared/data`, or in the project.
    var path: String
    var mapping: String
    var accepted: Int
    var rejected: Int

    var testDescription: String { URL(fileURLWithPath: path).lastPathComponent }

    static let folder = URL(fileURLWithPath: ProjectFolder.path).deletingLastPathComponent().path + "/shared/data"
    static let arePresent = others.allSatisfy { FileManager.default.fileExists(atPath: $0.path) }

    static let example = RealFile(
        path: "\(ProjectFolder.path)/examples/customers.csv", mapping: "\(ProjectFolder.path)/examples/customers.yaml",
        accepted: 260, rejected: 40)
    static let others = [
        RealFile("runways.csv", 47_653, 531), RealFile("airport-frequencies.csv", 30_031, 309),
        RealFile("world-cities.csv", 33_909, 123), RealFile("routes.dat", 67_662, 1),
        RealFile("comuni-italiani.csv", 7_896, 0), RealFile("zipcodes.csv", 42_001, 48),
        RealFile("birdstrikes.csv", 9_985, 15),
    ]
}

extension RealFile {
    init(_ name: String, _ accepted: Int, _ rejected: Int) {
        self.init(
            path: "\(Self.folder)/\(name)",
            mapping: "\(ProjectFolder.path)/Tests/IntegrationTests/Mappings/\(name.prefix { $0 != "." }).yaml",
            accepted: accepted, rejected: rejected)
    }
}

extension CommandTests {
    @Suite("Real files", .timeLimit(.minutes(60)))
    struct RealFilesTests {
        @Test("the example's 300 messy rows come through as its notes say")
        func example() async throws { try await check(.example, in: try await Home.prepared()) }

        @Test(
            "every row of a real file has exactly one result, and its bytes come out of the log again",
            .enabled(if: RealFile.arePresent, "the real files are not in ../shared/data beside the project"),
            arguments: RealFile.others)
        func real(_ file: RealFile) async throws { try await check(file, in: try await Home.prepared()) }

        private func check(_ file: RealFile, in home: Home) async throws {
            let ended = try await home.run("run", file.path, "--mapping", file.mapping, "--json")
            #expect(ended.code == (file.rejected == 0 ? 0 : 2), "\(ended)")
            let run: RunAnswer = try ended.json()
            #expect(run.status == "completed")
            let rows = file.accepted + file.rejected
            #expect(run.totals == Totals(rows: rows, accepted: file.accepted, rejected: file.rejected))
            try await home.expectSoundness(of: [run])
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file.path)))
            #expect(try await home.storedFile(run.jobId) == bytes)
            try await expectRoots(run, in: home)
        }

        /// Computes the Merkle root over the rows of the first and last chunk by RFC 6962's own words.
        private func expectRoots(_ run: RunAnswer, in home: Home) async throws {
            let chunks = try await home.sql(
                """
                SELECT payload->>'rows_root', payload->>'first_row', payload->>'last_row', encode(salt, 'hex'),
                       encode(attachment, 'hex')
                FROM audit_logs WHERE stream_id = '\(run.jobId)' AND event_type = 'job.rows_processed' ORDER BY position
                """)
            for chunk in Set([chunks.first, chunks.last].compactMap(\.self)) {
                let parts = chunk.split(separator: "|")
                let rows = ChunkRows.split(try #require([UInt8](hexadecimal: parts[4])))
                let (first, last) = (try #require(UInt64(parts[1])), try #require(UInt64(parts[2])))
                #expect(rows.count == Int(last - first) + 1)
                let salt = try #require([UInt8](hexadecimal: parts[3]))
                var tree = MerkleTree()
                for (number, row) in zip(first..., rows) {
                    let salted = salt + withUnsafeBytes(of: number.bigEndian) { [UInt8]($0) }
                    tree.append(data: Array(Hashes.sha256(salted).prefix(16)) + row)
                }
                #expect(tree.root.hexadecimal == String(parts[0]))
            }
        }
    }
}

/// The rows of a chunk's body, found by counting brackets: a reader that shares nothing with the product's.
enum ChunkRows {
    static func split(_ body: [UInt8]) -> [ArraySlice<UInt8>] {
        guard let start = body.firstRange(of: Array(#""rows":["#.utf8))?.upperBound else { return [] }
        var (rows, depth, isText, begin, index) = ([ArraySlice<UInt8>](), 0, false, start, start)
        while index < body.count {
            switch body[index] {
            case UInt8(ascii: "\\") where isText: index += 1
            case UInt8(ascii: "\""): isText.toggle()
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                if !isText { depth += 1 }
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                if !isText { depth -= 1 }
            case UInt8(ascii: ",") where depth == 0 && !isText:
                rows.append(body[begin..<index])
                begin = index + 1
            default: break
            }
            if depth < 0 {
                if begin < index { rows.append(body[begin..<index]) }
                return rows
            }
            index += 1
        }
        return []
    }
}
