import Foundation

/// The program under measurement, with a database of its own that is gone afterwards.
struct Installation: Sendable {
    let program: String
    let home: String
    /// A folder with further projections; empty for none.
    private let projections: String

    init(root: String, projections: String = "") throws {
        self.projections = projections
        program = root + "/.build/release/atlas2"
        guard FileManager.default.isExecutableFile(atPath: program) else {
            throw BenchmarkError("\(program) is missing: make build")
        }
        home = NSTemporaryDirectory() + "atlas2-bench-\(getpid())"
    }

    private var environment: [String: String] {
        ["ATLAS2_HOME": home, "DATABASE_URL": "", "DATABASE_OWNER_URL": "", "ATLAS2_PROJECTIONS": projections]
    }

    @discardableResult
    func atlas2(_ arguments: String..., expecting codes: [Int32] = [0], input: String? = nil) throws -> Finished {
        let finished = try run(program, arguments, environment: environment, input: input)
        guard codes.contains(finished.exitCode) else {
            throw BenchmarkError("atlas2 \(arguments.joined(separator: " ")) ended with \(finished.exitCode)")
        }
        return finished
    }

    /// Keeps the server running while `body` measures, so that no start or stop of it is counted.
    func running(_ body: () async throws -> Void) async throws {
        try atlas2("init")
        let keeper = Process()
        keeper.executableURL = URL(fileURLWithPath: program)
        keeper.arguments = ["work"]
        keeper.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }.filter {
            !$0.value.isEmpty
        }
        keeper.standardOutput = FileHandle.nullDevice
        try keeper.run()
        defer {
            keeper.terminate()
            keeper.waitUntilExit()
            _ = try? atlas2("stop", "--force")
            try? FileManager.default.removeItem(atPath: home)
        }
        try await body()
    }
}
