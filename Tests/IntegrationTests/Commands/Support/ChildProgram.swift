import Foundation
import Synchronization

/// What a program left when it had ended.
struct Ended: Sendable, CustomStringConvertible {
    /// The exit code; 128 and the signal where one ended it.
    let code: Int32
    let output: String
    let errors: String

    var description: String { "exit \(code)\noutput: \(output)\nerrors: \(errors)" }

    /// The output as one JSON object.
    func json<T: Decodable>(_ type: T.Type = T.self) throws -> T {
        try JSONDecoder.answers.decode(type, from: Data(output.utf8))
    }

    /// The output as one JSON object a line.
    func lines<T: Decodable>(_ type: T.Type = T.self) throws -> [T] {
        try output.split(separator: "\n").map { try JSONDecoder.answers.decode(type, from: Data($0.utf8)) }
    }
}

extension JSONDecoder {
    fileprivate static var answers: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }
}

/// A program that runs beside the tests, its output going into files.
///
/// Not by Foundation's `Process`, which waits for the daemons that a program leaves behind, too.
final class ChildProgram: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let process: pid_t
    private let files: String
    private let reaped = Mutex<Int32?>(nil)

    /// - Parameters:
    ///   - command: the program's path and its arguments.
    ///   - environment: all of its variables.
    ///   - folder: where it works.
    ///   - files: the beginning of the paths of the two files that take its output.
    init(_ command: [String], environment: [String: String], in folder: String, files: String) throws {
        self.files = files
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        for (number, ending) in [(1, "output"), (2, "errors")] as [(Int32, String)] {
            posix_spawn_file_actions_addopen(
                &actions, number, "\(files).\(ending)", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        }
        ChildProgram.closeOthers(&actions)

        // Signals as a shell hands them over in the foreground, however these tests were started.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        process = try Self.spawn(
            ["/usr/bin/env", "--chdir=\(folder)", "--"] + command, environment, &actions, &attributes)
    }

    /// Has the program close what this process has open: not a test's pipe stays open because of it.
    static func closeOthers(_ actions: inout posix_spawn_file_actions_t) {
        let open = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        for number in open.compactMap({ Int32($0) }) where number > 2 {
            posix_spawn_file_actions_addclose(&actions, number)
        }
    }

    static func spawn(
        _ command: [String], _ environment: [String: String], _ actions: inout posix_spawn_file_actions_t,
        _ attributes: inout posix_spawnattr_t
    ) throws -> pid_t {
        let arguments = command.map { strdup($0) } + [nil]
        let variables = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var process: pid_t = 0
        let failure = posix_spawn(&process, command[0], &actions, &attributes, arguments, variables)
        guard failure == 0 else { throw Failure(description: "\(command[0]): \(String(cString: strerror(failure)))") }
        return process
    }

    deinit {
        guard exitCode == nil else { return }
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
    }

    /// Whether it has not ended.
    var isRunning: Bool { exitCode == nil }

    func send(_ signal: Int32) {
        if isRunning { kill(process, signal) }
    }

    /// Waits for its end.
    func end() async throws -> Ended {
        while true {
            if let code = exitCode { return try Ended(code: code, output: text("output"), errors: text("errors")) }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// What it has written so far.
    func text(_ ending: String) throws -> String {
        try String(decoding: Data(contentsOf: URL(fileURLWithPath: "\(files).\(ending)")), as: UTF8.self)
    }

    /// Its exit code, or 128 and the signal that ended it; nil while it runs.
    var exitCode: Int32? {
        reaped.withLock { code in
            var status: Int32 = 0
            if code == nil, waitpid(process, &status, WNOHANG) == process {
                code = status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + status & 0x7f
            }
            return code
        }
    }
}
