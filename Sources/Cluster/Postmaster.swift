import Glibc

/// A running server, as its `postmaster.pid` states and the process table confirms.
///
/// The file's lines are those of PostgreSQL's `miscadmin.h`: process, data folder, start, port, socket folder, listen
/// address, shared memory, state. `pg_ctl -w` waits for the same state line.
struct Postmaster: Equatable, Sendable {
    enum State: String, Sendable {
        case starting
        case ready
        case stopping
        case standby
    }

    let process: pid_t
    let port: Int
    let socketFolder: String
    let state: State

    static func file(in dataFolder: String) -> String { "\(dataFolder)/postmaster.pid" }

    init?(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 8, let process = pid_t(lines[0]), process > 1, let port = Int(lines[3]) else { return nil }
        self.process = process
        self.port = port
        self.socketFolder = String(lines[4])
        self.state = State(rawValue: String(lines[7].prefix { $0 != " " })) ?? .starting
    }

    /// What the file says, whether or not that process lives.
    static func recorded(in dataFolder: String) -> Postmaster? {
        readText(file(in: dataFolder)).flatMap { Postmaster($0) }
    }

    /// The server that runs in a data folder; nil when the file is left from one that is gone.
    static func running(in dataFolder: String, as account: ServerAccount) -> Postmaster? {
        guard let recorded = recorded(in: dataFolder), isServer(recorded.process, in: dataFolder, as: account) else {
            return nil
        }
        return recorded
    }

    /// Whether a process is a server at work in a data folder: a number may belong to another process by now.
    private static func isServer(_ process: pid_t, in dataFolder: String, as account: ServerAccount) -> Bool {
        guard ProcessTable.isRunning(process) else { return false }
        if let known = ProcessTable.works(process, in: dataFolder) { return known }
        // Root in a container may lack the right to look into another user's process; that user has it.
        guard geteuid() == 0, let command = try? account.running(["/usr/bin/readlink", "/proc/\(process)/cwd"]),
            let (ending, output) = try? ChildProcess.capture(command), ending == .exited(0)
        else { return false }
        return output == dataFolder + "\n"
    }
}
