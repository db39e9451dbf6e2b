import AuditLog
import Foundation
import Logging
import Postgres
import TestSupport
import Testing

/// Another process that appends: this test program again, told by its environment to be one.
struct Writer: Sendable {
    private static let place = "APPEND_TEST_WRITER_DATABASE"
    private static let seed = "APPEND_TEST_WRITER_SEED"

    let program: ChildProgram

    /// - Parameters:
    ///   - conninfo: the database that it appends to, until it is killed.
    ///   - files: the beginning of the paths of its output.
    init(_ conninfo: String, seed: UInt64, files: String) throws {
        let path = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        program = try ChildProgram(
            [path, "--testing-library", "swift-testing", "--filter", "WriterBody"],
            environment: [Self.place: conninfo, Self.seed: String(seed), "PATH": "/usr/bin:/bin"],
            in: "/", files: files)
    }

    /// The events that it was told are in the log: an event id per line, with its tenant and position.
    func acknowledged() throws -> [(tenant: UUID, position: Int64, id: UUID)] {
        try program.text("output").split(separator: "\n", omittingEmptySubsequences: false).dropLast().compactMap {
            let words = $0.split(separator: " ")
            guard words.count == 4, words[0] == "ACK", let tenant = UUID(text: String(words[1])),
                let position = Int64(words[2]), let id = UUID(text: String(words[3]))
            else { return nil }
            return (tenant, position, id)
        }
    }

    fileprivate static var task: (conninfo: String, seed: UInt64)? {
        let environment = ProcessInfo.processInfo.environment
        guard let conninfo = environment[place], let seed = environment[seed].flatMap({ UInt64($0) }) else {
            return nil
        }
        return (conninfo, seed)
    }

    static let tenants = ["one", "two", "three"].map { UUID(named: "tenant", $0) }

    /// A member of `atlas2_app`, whoever the connection string names.
    static func database(_ conninfo: String) -> Database {
        var configuration = PostgresConfiguration(conninfo: conninfo)
        configuration.poolSize = 4
        configuration.settings = [("role", "atlas2_app")]
        return Database(configuration, logger: .quiet)
    }
}

@Suite("Writer process")
struct WriterBody {
    @Test(
        "a writer appends until it is killed, and says what was acknowledged",
        .enabled(if: Writer.task != nil, "the body of another test's child processes"))
    func body() async throws {
        guard let (conninfo, seed) = Writer.task else { return }
        let log = EventLog(Writer.database(conninfo))
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<6 {
                group.addTask {
                    var random = SplitMix64(seed: seed &* 100 &+ UInt64(number))
                    while true { await append(to: log, &random) }
                }
            }
        }
    }

    private func append(to log: EventLog, _ random: inout SplitMix64) async {
        let tenant = Writer.tenants[Int.random(in: 0..<Writer.tenants.count, using: &random)]
        let count = random.chance(5) ? 300 : Int.random(in: 1...3, using: &random)
        let events = (0..<count).map { _ in
            let stream = UUID(named: "stream", String(Int.random(in: 0..<50, using: &random)))
            return Probe.event(random.uuid(), stream: stream, payload: #"{"note":"under fire"}"#)
        }
        do {
            let positions = try await log.append(
                events, as: .system(tenant), isolation: random.chance(10) ? .alone : .shared)
            var lines = ""
            for (position, event) in zip(positions, events) {
                lines += "ACK \(tenant.text) \(position) \(event.id.text)\n"
            }
            // In one write, so that a kill leaves whole lines but for the last.
            FileHandle.standardOutput.write(Data(lines.utf8))
        } catch {
            // The server was away for too long: whether these events are in the log is unknown.
        }
    }
}
