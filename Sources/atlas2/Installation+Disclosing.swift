import AuditLog
import Foundation
import Postgres
import Processing

extension Installation {
    /// Gives something of the log away, and says so in the log first.
    ///
    /// Before the first byte leaves, `disclosure.made` is in the log; where it cannot be appended, nothing is given. When all
    /// is written, `disclosure.completed` follows, and only then a file gets its name.
    ///
    /// - Parameters:
    ///   - payload: what it is.
    ///   - file: where it goes, not begun yet; nil for standard output.
    ///   - write: writes it.
    /// - Throws: what `write` throws, after `disclosure.failed`.
    func disclose(
        _ payload: DisclosureMade.Payload, into file: NewFile?, as scope: Scope,
        _ write: (Outlet, Disclosures.Disclosure) async throws -> Void
    ) async throws {
        let disclosures = Disclosures(log)
        let disclosure: Disclosures.Disclosure
        do {
            disclosure = try await disclosures.begin(
                DisclosureMade(payload, fileName: file?.path), as: Command(scope: scope))
        } catch {
            throw Failure(
                .state,
                "nothing was given, because the log did not take the event that says so: \(Explanation.text(error))")
        }
        let outlet = Outlet(file)
        do {
            try Task.checkCancellation()
            try await write(outlet, disclosure)
            try outlet.finish()
            let content = outlet.content
            // Not cancelled any more: it is there.
            try await Task { try await disclosures.complete(disclosure, content) }.value
            try file?.place()
        } catch {
            let (reason, content) = (Self.reason(of: error), outlet.content)
            do {
                try await Task { try await disclosures.fail(disclosure, reason: reason, content) }.value
            } catch {
                StandardError.say(
                    "that it ended early could not be said in the log, which says that it was begun: \(Explanation.text(error))"
                )
            }
            await Task { try? await catchUp(as: scope) }.value
            throw error
        }
        try await Task { try await catchUp(as: scope) }.value
    }

    private static func reason(of error: any Error) -> String {
        switch error {
        case is Output.ReaderGone: "reader_gone"
        case is CancellationError: "interrupted"
        case let error as PostgresError where error.code == .cancelled: "interrupted"
        default: "error"
        }
    }
}
