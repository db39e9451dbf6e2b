import AuditLog
import Foundation

/// A witness made of Go's own packages (Tests/Interoperability/witness), running beside the tests.
final class GoWitness {
    let url: String
    let key: NoteVerifier
    /// Holds its key and the last checkpoint that it cosigned.
    let state: String
    private let home: Home
    private let arguments: [String]
    private var program: ChildProgram

    /// Starts a witness that knows the log of this key.
    init(_ name: String, knowing log: String, in home: Home) async throws {
        self.home = home
        state = "\(home.folder)/\(name).json"
        let executable = try await GoProgram.witness.value
        arguments = [executable, "-name", "witness.example/\(name)", "-log", log, "-state", state]
        program = try home.start(program: arguments)
        let lines = try await Self.lines(of: program)
        url = lines[0]
        key = try NoteVerifier(vkey: lines[1])
    }

    /// Ends it without a warning.
    func kill() async throws {
        program.send(SIGKILL)
        _ = try await program.end()
    }

    /// Starts it again at the same address, with what its state file says; with another key of the log if one is given.
    func restart(knowing log: String? = nil) async throws {
        let key = log.map { ["-log", $0] } ?? []
        program = try home.start(program: arguments + key + ["-listen", String(url.dropFirst("http://".count))])
        _ = try await Self.lines(of: program)
    }

    /// The size that it cosigned last.
    var size: Int64 {
        get throws {
            struct State: Decodable {
                var size: Int64

                enum CodingKeys: String, CodingKey {
                    case size = "Size"
                }
            }
            return try JSONDecoder().decode(State.self, from: Data(contentsOf: URL(fileURLWithPath: state))).size
        }
    }

    private static func lines(of program: ChildProgram) async throws -> [String] {
        while program.isRunning {
            let text = try program.text("output")
            if text.split(separator: "\n").count == 2, text.hasSuffix("\n") {
                return text.split(separator: "\n").map(String.init)
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw ChildProgram.Failure(description: "the witness ended: \(try await program.end())")
    }
}
