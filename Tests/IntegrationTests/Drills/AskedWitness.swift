import AuditLog
import Foundation
import FoundationNetworking

/// The witness made of Go's own packages, asked directly: what does it answer to a checkpoint and a proof?
final class AskedWitness: Sendable {
    let url: String
    let verifier: NoteVerifier
    private let process: Process
    private let folder: String

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// - Parameter log: the verifier key of the log that it knows.
    init(log: NoteVerifier) async throws {
        let program = try await GoProgram.witness.value
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("atlas2-witness-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["-log", log.vkey, "-state", folder + "/state"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        var text = ""
        while text.split(separator: "\n").count < 2 || !text.hasSuffix("\n") {
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else { throw Failure(description: "the witness ended before it was ready") }
            text += String(decoding: data, as: UTF8.self)
        }
        let lines = text.split(separator: "\n").map(String.init)
        url = lines[0]
        verifier = try NoteVerifier(vkey: lines[1])
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Sends a checkpoint with the proof that it extends an older one; returns the status and the body.
    func add(_ checkpoint: SignedCheckpoint, after old: Int64, proof: [MerkleHash]) async throws -> (Int, String) {
        guard let url = URL(string: url + "/add-checkpoint") else { throw Failure(description: url) }
        var request = URLRequest(url: url)
        request.httpMethod = "POST"
        let lines = ["old \(old)"] + proof.map(\.base64)
        request.httpBody = Data((lines.joined(separator: "\n") + "\n\n" + checkpoint.encoded).utf8)
        let (data, response) = try await URLSession.shared.data(for: request)
        return ((response as? HTTPURLResponse)?.statusCode ?? 0, String(decoding: data, as: UTF8.self))
    }
}
