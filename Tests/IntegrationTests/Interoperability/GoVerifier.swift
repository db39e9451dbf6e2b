import Foundation
import TestSupport

/// The verifier made of Go's own packages for notes and transparency logs (Tests/Interoperability/verify).
enum GoVerifier {
    /// The program, built once.
    private static let executable = Task {
        let folder = "\(ProjectFolder.path)/.build/interoperability"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let home = try Home()
        // Two test processes may build at once.
        let made = "\(folder)/verify-\(getpid())"
        let source = "\(ProjectFolder.path)/Tests/Interoperability/verify"
        let ended = try await home.start(
            program: ["/usr/bin/env", "--chdir=\(source)", "go", "build", "-o", made, "."],
            environment: [
                "GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOCACHE": "\(folder)/cache", "GOFLAGS": "",
            ]
        ).end()
        guard ended.code == 0 else {
            throw ChildProgram.Failure(
                description:
                    "the Go verifier cannot be built; these tests need the Debian packages golang-go and golang-golang-x-mod-dev: \(ended)"
            )
        }
        guard rename(made, "\(folder)/verify") == 0 else { throw CocoaError(.fileWriteUnknown) }
        return "\(folder)/verify"
    }

    /// Checks an export, and the proofs in a folder, with the log's key.
    static func check(_ export: String, key: String, proofs: String? = nil, in home: Home) async throws -> Ended {
        let arguments = ["-key", key] + (proofs.map { ["-proofs", $0] } ?? []) + [export]
        return try await home.start(program: [try await executable.value] + arguments).end()
    }
}
