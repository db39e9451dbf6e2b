import ArgumentParser
import AuditLog
import CSV
import Cluster
import Foundation
import Postgres
import Processing
import Projections

/// Turns every error into a sentence that says what is wrong, where, and what to do: the one place for it.
enum Explanation {
    /// The error as one that explains itself; errors with a meaning of their own stay what they are.
    static func failure(_ error: any Error, _ composition: Composition) -> any Error {
        if let error = error as? PostgresError {
            return error.code == .cancelled && Task.isCancelled ? CancellationError() : explain(error, composition)
        }
        return error
    }

    /// What stands behind `atlas2: `.
    static func text(_ error: any Error) -> String {
        switch error {
        case let error as PostgresError: explainWithoutPlace(error)
        case let error as CocoaError: explain(error)
        case let error as DecodingError: "a text in the database cannot be understood: \(error)"
        default: String(describing: error)
        }
    }

    private static func explain(_ error: PostgresError, _ composition: Composition) -> Failure {
        guard error.code == .connection else { return Failure(.state, explainWithoutPlace(error)) }
        // libpq adds a line of advice of its own to the line that says what happened.
        let message = error.message.split(whereSeparator: \.isNewline).filter { !$0.contains("Is the server running") }
            .joined(separator: " ").split(whereSeparator: \.isWhitespace).joined(separator: " ")
        if message.contains("role \"atlas2_app\" does not exist") { return Failure(.state, needsInit) }
        if composition.isEmbedded {
            let advice =
                message.contains("FATAL:")
                ? "its log is \(composition.home)/server.log; put a backup of the data back, or choose another ATLAS2_HOME"
                : "run the command again, which starts it anew"
            return Failure(.state, "the embedded database does not answer: \(message): \(advice)")
        }
        let variables = composition.ownerURL == nil ? "DATABASE_URL" : "DATABASE_URL or DATABASE_OWNER_URL"
        let isRefusal = message.contains("FATAL:")
        let advice =
            isRefusal
            ? "correct \(variables), or unset it to use the embedded database"
            : "start it, or unset DATABASE_URL to use the embedded one"
        return Failure(
            .state,
            "the database of \(variables) \(isRefusal ? "refuses the connection" : "does not answer"): \(message): \(advice)"
        )
    }

    private static let needsInit = "the database is not initialised: run atlas2 init"

    private static func explainWithoutPlace(_ error: PostgresError) -> String {
        switch error.code {
        case .timeout:
            return
                "the database took longer than DATABASE_TIMEOUT allows, and nothing was changed: try again, or raise it"
        case .poolTimeout: return "\(error.message): raise DATABASE_POOL_SIZE"
        case .outcomeUnknown:
            return
                "the connection broke while the database was committing, so it may have happened or not: look, or run the command again"
        case .cancelled: return "an administrator cancelled the statement: nothing was changed"
        default: break
        }
        switch error.sqlstate {
        case "53100":
            return
                "the disk of the database is full, and nothing was changed: free some space and run the command again"
        case "53200": return "the database server has no memory left: \(error.message)"
        case "53300":
            return "the database server has no connection left: lower DATABASE_POOL_SIZE, or raise its max_connections"
        case "25006": return "the database only reads (a standby?): connect to the one that writes"
        case "42P01", "42883", "42703", "3F000":
            return "the database's schema is not that of this Atlas2 (\(error.message)): run atlas2 init,"
                + " or, if a table was dropped by hand, atlas2 projections rebuild"
        case "22023", "42704": return error.message.contains("atlas2_") ? needsInit : plain(error)
        case "42501" where error.message.contains("atlas2_sealer"):
            return
                "the user of DATABASE_URL may not seal: let an administrator run GRANT atlas2_sealer TO that user, or run atlas2 init with the key at hand and DATABASE_OWNER_URL set"
        case "42501":
            return error.message.contains("set role")
                ? "the user of DATABASE_URL is no member of atlas2_app: run atlas2 init, or let an administrator grant it"
                : plain(error)
        case "55000": return error.hint.map { "\(error.message): \($0)" } ?? error.message
        case "57P01", "57P02", "57P03":
            return "the database server is shutting down or starting up: try again in a moment"
        default: return plain(error)
        }
    }

    private static func plain(_ error: PostgresError) -> String {
        error.hint.map { "\(error): \($0)" } ?? "\(error)"
    }

    private static func explain(_ error: CocoaError) -> String {
        let path = error.userInfo[NSFilePathErrorKey] as? String ?? "a file"
        switch error.code {
        case .fileReadNoSuchFile, .fileNoSuchFile: return "\(path) is not there"
        case .fileReadNoPermission: return "\(path) may not be read by \(Login.user)"
        case .fileReadInapplicableStringEncoding, .fileReadCorruptFile: return "\(path) is no UTF-8 text"
        default: return "\(path) cannot be used: \(error.localizedDescription)"
        }
    }
}
