import Glibc

/// Starts programs in a session of their own, with nothing inherited but what they are handed.
///
/// A terminal's Ctrl-C reaches the foreground process group only, so it never reaches these. The environment is
/// fixed: no `PG…` variable of the caller's can change what a server program does.
enum ChildProcess {
    private static let environment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"]

    /// `POSIX_SPAWN_SETSID`, which glibc's headers show only to GNU sources.
    private static let newSession: Int32 = 0x80

    /// How a program ended.
    enum Ending: Equatable, CustomStringConvertible {
        case exited(Int32)
        case killed(signal: Int32)

        var description: String {
            switch self {
            case .exited(let status): "exit status \(status)"
            case .killed(let signal): "killed by signal \(signal)"
            }
        }
    }

    /// Starts a program; the caller owes it a `wait` or a `poll` unless it leaves the program behind.
    ///
    /// - Parameters:
    ///   - command: The program's path and its arguments.
    ///   - input: Becomes descriptor 0; nothing to read otherwise.
    ///   - output: Becomes descriptors 1 and 2.
    ///   - held: Becomes descriptor 3: a lock that is held for as long as the program or a child of it lives.
    static func start(
        _ command: [String], input: Int32? = nil, output: Int32, held: Int32? = nil
    ) throws(ClusterError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, output, 2)
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        if let held { posix_spawn_file_actions_adddup2(&actions, held, 3) }
        // What others in this process opened without close-on-exec.
        for number in folderEntries("/proc/self/fd").compactMap({ Int32($0) }) where number > (held == nil ? 2 : 3) {
            posix_spawn_file_actions_addclose(&actions, number)
        }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        let flags = Self.newSession | Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)
        posix_spawnattr_setflags(&attributes, Int16(flags))

        // The current folder may be one that the server's user cannot enter; `env` replaces itself by the program.
        let arguments = (["/usr/bin/env", "--chdir=/", "--"] + command).map { strdup($0) } + [nil]
        let variables = environment.map { strdup($0) } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var process: pid_t = 0
        let failure = posix_spawn(&process, "/usr/bin/env", &actions, &attributes, arguments, variables)
        guard failure == 0 else { throw .system(.creationFailed, cannot: "run \(command[0])", failure) }
        return process
    }

    /// Runs a program to its end with its output sent to a descriptor.
    static func run(
        _ command: [String], input: String = "", output: Int32, held: Int32? = nil
    ) throws(ClusterError) -> Ending {
        let pipe = try Pipe()
        // The inputs are a line long: a pipe holds them without a reader.
        try pipe.writer.write(input.utf8, to: command[0])
        let reader = pipe.closeWriter()
        return wait(for: try start(command, input: reader.number, output: output, held: held))
    }

    /// Runs a program to its end and returns what it wrote.
    static func capture(_ command: [String]) throws(ClusterError) -> (ending: Ending, output: String) {
        let pipe = try Pipe()
        let process = try start(command, output: pipe.writer.number)
        let output = pipe.closeWriter().readToEnd()
        return (wait(for: process), String(decoding: output, as: UTF8.self))
    }

    /// How a child ended, once it has; nil while it runs. A child is reaped once.
    static func poll(_ process: pid_t) -> Ending? {
        var status: Int32 = 0
        let result = waitpid(process, &status, WNOHANG)
        if result == process { return ending(status) }
        return result < 0 && errno == ECHILD ? .exited(-1) : nil
    }

    private struct Pipe: ~Copyable {
        let reader: Descriptor
        let writer: Descriptor

        init() throws(ClusterError) {
            var ends: [Int32] = [-1, -1]
            guard pipe(&ends) == 0 else { throw .system(.creationFailed, cannot: "make a pipe") }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            let reader = try Descriptor(owning: ends[0])
            let writer = try Descriptor(owning: ends[1])
            self.reader = reader
            self.writer = writer
        }

        consuming func closeWriter() -> Descriptor { reader }
    }

    private static func wait(for process: pid_t) -> Ending {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { return .exited(-1) }
        }
        return ending(status)
    }

    private static func ending(_ status: Int32) -> Ending {
        status & 0x7f == 0 ? .exited((status >> 8) & 0xff) : .killed(signal: status & 0x7f)
    }
}
