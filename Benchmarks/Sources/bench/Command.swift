import Foundation
import Glibc

/// A finished child process: what it printed, how long it took, and what it used.
struct Finished {
    var exitCode: Int32
    var output: String
    var seconds: Double
    /// Seconds of a processor, of the process itself.
    var processorSeconds: Double
    /// Bytes.
    var peakMemory: Int
}

/// Runs a program and waits for it; measures the whole process from outside.
func run(_ program: String, _ arguments: [String], environment: [String: String] = [:], input: String? = nil) throws
    -> Finished
{
    let output = NSTemporaryDirectory() + "bench-\(getpid()).out"
    defer { unlink(output) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, input ?? "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    // The threads of concurrent Swift block signals, and a program that ends by SIGALRM would never end.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }.filter { !$0.value.isEmpty }
    var argv = ([program] + arguments).map { strdup($0) } + [nil]
    var envp = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { (argv + envp).forEach { free($0) } }
    var pid: pid_t = 0
    let start = ContinuousClock.now
    let error = posix_spawnp(&pid, program, &actions, &attributes, &argv, &envp)
    guard error == 0 else { throw BenchmarkError("\(program) cannot be started: \(String(cString: strerror(error)))") }
    var status: Int32 = 0
    var usage = rusage()
    while wait4(pid, &status, 0, &usage) == -1 && errno == EINTR {}
    let elapsed = (ContinuousClock.now - start).components
    return Finished(
        exitCode: status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F),
        output: (try? String(contentsOfFile: output, encoding: .utf8)) ?? "",
        seconds: Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18,
        processorSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime), peakMemory: usage.ru_maxrss * 1024)
}

private func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }

struct BenchmarkError: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) {
        self.description = description
    }
}
