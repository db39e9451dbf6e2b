import Foundation
import TestSupport

/// A program in Tests/Interoperability, made of Go's own packages for notes and transparency logs.
enum GoProgram {
    static let verifier = Task { try await build("verify") }
    static let witness = Task { try await build("witness") }

    /// Builds the program, once a test process, and returns its path.
    private static func build(_ name: String) async throws -> String {
        let folder = "\(ProjectFolder.path)/.build/interoperability"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // Two test processes may build at once.
        let made = "\(folder)/\(name)-\(getpid())"
        let source = "\(ProjectFolder.path)/Tests/Interoperability/\(name)"
        // Holds what the program prints until it was read.
        let home = try Home()
        let ended = try await home.start(
            program: ["/usr/bin/env", "--chdir=\(source)", "go", "build", "-o", made, "."],
            environment: [
                "GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOCACHE": "\(folder)/cache", "GOFLAGS": "",
            ]
        ).end()
        guard ended.code == 0 else {
            throw ChildProgram.Failure(
                description:
                    "the Go program \(name) cannot be built; these tests need the Debian packages golang-go and golang-golang-x-mod-dev: \(ended)"
            )
        }
        withExtendedLifetime(home) {}
        guard rename(made, "\(folder)/\(name)") == 0 else { throw CocoaError(.fileWriteUnknown) }
        return "\(folder)/\(name)"
    }
}
