/// The verifier made of Go's own packages for notes and transparency logs (Tests/Interoperability/verify).
enum GoVerifier {
    /// Checks an export, and the proofs in a folder, with the log's key.
    static func check(_ export: String, key: String, proofs: String? = nil, in home: Home) async throws -> Ended {
        let arguments = ["-key", key] + (proofs.map { ["-proofs", $0] } ?? []) + [export]
        return try await home.start(program: [try await GoProgram.verifier.value] + arguments).end()
    }
}
