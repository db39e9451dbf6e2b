import Foundation
import Glibc
import Processing

/// A program that has this process's terminal, standard streams and process group.
struct ForegroundProcess: Sendable {
    private let process: pid_t

    /// - Parameters:
    ///   - command: the program's path and its arguments.
    ///   - variables: added to the environment.
    init(_ command: [String], _ variables: [String: String]) throws {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // What this process ignores, the program must not.
        var signals = sigset_t()
        sigemptyset(&signals)
        for signal in [SIGINT, SIGTERM, SIGHUP, SIGPIPE] where !Interruption.wasIgnored(signal) {
            sigaddset(&signals, signal)
        }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        // The threads that run tasks block signals, and a child would inherit that.
        var unblocked = sigset_t()
        sigemptyset(&unblocked)
        posix_spawnattr_setsigmask(&attributes, &unblocked)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        let environment = ProcessInfo.processInfo.environment.merging(variables) { $1 }
        let arguments = command.map { strdup($0) } + [nil]
        let settings = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + settings { free(text) } }
        var process: pid_t = 0
        let failure = posix_spawn(&process, command[0], nil, &attributes, arguments, settings)
        guard failure == 0 else {
            throw Failure(.file, "\(command[0]) cannot be run: \(String(cString: strerror(failure)))")
        }
        self.process = process
    }

    func send(_ signal: Int32) {
        kill(process, signal)
    }

    /// Waits for its end, which blocks the thread.
    ///
    /// - Returns: its exit code; 128 and the signal that ended it.
    func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { return 1 }
        }
        return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
    }
}
