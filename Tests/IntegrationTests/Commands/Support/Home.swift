import Foundation
import Synchronization
import TestSupport
import Testing

/// A home of the program's own in a temporary folder, with a stopped cluster in it, and the program that uses it.
///
/// When it ends, also with this process, its server stops and its folder goes.
final class Home: Sendable {
    /// Also where the program works; every user may enter it.
    let folder: String
    /// ATLAS2_HOME.
    var path: String { "\(folder)/home" }
    private let count = Atomic<Int>(0)
    private let lifeline: Int32
    /// Variables of every program that it starts.
    private let variables: [String: String]

    /// The program under test, as the build made it beside these tests.
    static let program: String = {
        let tests = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let argument = CommandLine.arguments.first { $0.hasSuffix(".xctest") }
        return URL(fileURLWithPath: argument ?? tests ?? "").deletingLastPathComponent().path + "/atlas2"
    }()

    /// An empty folder, where the program has not been yet.
    init(_ variables: [String: String] = [:]) throws {
        self.variables = variables
        var template = Array("/tmp/atlas2-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw CocoaError(.fileWriteUnknown) }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        chmod(folder, 0o755)
        mkdir("\(folder)/.run", 0o700)
        lifeline = try Self.guardian(of: folder)
    }

    deinit {
        close(lifeline)
        // Its folder goes as the last of all.
        for _ in 0..<400 where access(folder, F_OK) == 0 { usleep(5000) }
    }

    /// A home that `init` prepared: a copy of one that is made once.
    static func prepared() async throws -> Home {
        let template = try await template.value
        let home = try Home()
        let copied = try await home.start(program: ["/bin/cp", "-a", template.path, home.path]).end()
        guard copied.code == 0 else { throw ChildProgram.Failure(description: copied.errors) }
        return home
    }

    private static let template = Task {
        let home = try Home()
        let made = try await home.run("init", "--email", Home.admin, "--name", "Ann Admin")
        guard made.code == 0 else { throw ChildProgram.Failure(description: "\(made)") }
        return home
    }

    /// The first user of a prepared home.
    static let admin = "ann@example.com"

    /// Runs the program to its end.
    func run(_ arguments: String..., environment: [String: String] = [:]) async throws -> Ended {
        try await start(arguments, environment: environment).end()
    }

    /// Runs the program, which must end with `code`.
    @discardableResult
    func run(
        _ arguments: String..., expecting code: Int32, _ place: SourceLocation = #_sourceLocation
    ) async throws -> Ended {
        let ended = try await start(arguments).end()
        #expect(ended.code == code, "atlas2 \(arguments.joined(separator: " ")): \(ended)", sourceLocation: place)
        return ended
    }

    /// Starts the program.
    func start(_ arguments: [String], environment: [String: String] = [:]) throws -> ChildProgram {
        try start(program: [Self.program] + arguments, environment: environment)
    }

    /// Starts another program in the same folder and environment.
    func start(program command: [String], environment: [String: String] = [:]) throws -> ChildProgram {
        let number = count.add(1, ordering: .relaxed).newValue
        let own = ["PATH": "/usr/local/bin:/usr/bin:/bin", "ATLAS2_HOME": path, "ATLAS2_SHARE": ProjectFolder.path]
        return try ChildProgram(
            command, environment: own.merging(variables) { $1 }.merging(environment) { $1 }, in: folder,
            files: "\(folder)/.run/\(number)")
    }

    /// Writes a file into the folder; returns its name.
    @discardableResult
    func write(_ name: String, _ content: some Sequence<UInt8>) throws -> String {
        try Data(content).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        return name
    }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> String { try write(name, text.utf8) }

    /// What an SQL statement answers the superuser: a line a row, columns parted by `|`.
    func sql(_ statement: String) async throws -> [String] {
        let answer = try await run("psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-c", statement)
        guard answer.code == 0 else { throw ChildProgram.Failure(description: "\(statement): \(answer)") }
        return answer.output.split(separator: "\n").map(String.init)
    }

    /// The number of events in the log of the tenant `default`.
    func logSize() async throws -> Int {
        let tenants = try await run("tenants", "list", "--json").lines(TenantAnswer.self)
        return try #require(tenants.first { $0.slug == "default" }).events
    }

    /// The process of the home's server, as its lock file says.
    var postmaster: pid_t? {
        let text = try? String(contentsOfFile: "\(path)/data/postmaster.pid", encoding: .utf8)
        return text?.split(separator: "\n").first.flatMap { pid_t($0) }
    }

    /// Starts a shell that cleans up when the end of a pipe that only this process holds is closed.
    private static func guardian(of folder: String) throws -> Int32 {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw ChildProgram.Failure(description: "pipe: errno \(errno)") }
        defer { close(ends[0]) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        // Twice, because what still writes may put back what was removed.
        let script = """
            cat >/dev/null; ATLAS2_HOME="$1/home" "$2" stop --force; \
            rm -rf "$1" || { sleep 1; rm -rf "$1"; }
            """
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
        for number in [1, 2] as [Int32] { posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_WRONLY, 0) }
        ChildProgram.closeOthers(&actions)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Out of the terminal's reach, whose Ctrl-C would end it with the tests.
        let command = ["/usr/bin/setsid", "/bin/sh", "-c", script, "guardian", folder, program]
        _ = try ChildProgram.spawn(command, ["PATH": "/usr/bin:/bin"], &actions, &attributes)
        return ends[1]
    }
}
