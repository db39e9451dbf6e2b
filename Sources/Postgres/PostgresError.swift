/// What went wrong with the database, and what the caller can do about it.
///
/// `description` names the code, the SQLSTATE and the objects concerned, and keeps values out (in data exceptions, class
/// 22, quoted parts of the message are left out); `String(reflecting:)` says everything the server said.
package struct PostgresError: Error, Sendable {
    /// The kind of failure; new kinds may be added.
    package struct Code: Hashable, Sendable, CustomStringConvertible {
        package let description: String

        /// The server could not be reached, or the connection broke. Nothing of an open transaction was kept: do the
        /// whole piece of work again; the next attempt opens a new connection.
        package static let connection = Code(description: "connection")
        /// The server refused the statement: `sqlstate` says why. Repeat the transaction for class 40 only.
        package static let server = Code(description: "server")
        /// The statement ran longer than its limit and had no effect. Ask for less, or for a longer limit.
        package static let timeout = Code(description: "timeout")
        /// The task, or an administrator, cancelled the statement, which had no effect. Stop; do not repeat.
        package static let cancelled = Code(description: "cancelled")
        /// No connection of the pool became free in time. Tell the caller to come back later, or raise the pool's size.
        package static let poolTimeout = Code(description: "poolTimeout")
        /// The pool was closed. Stop: the process is shutting down.
        package static let poolClosed = Code(description: "poolClosed")
        /// A value was not of the type it was read as. A defect of the statement or of the code that reads it.
        package static let decoding = Code(description: "decoding")
        /// The connection broke while the transaction committed: it may have happened or not. Repeat it only if
        /// repeating is harmless (same event ids), or look first.
        package static let outcomeUnknown = Code(description: "outcomeUnknown")
        /// The client was used wrongly: a session after its closure, a statement inside another's rows. A defect.
        package static let usage = Code(description: "usage")
    }

    package var code: Code
    /// Five characters, as listed in PostgreSQL's appendix A; nil when the failure is not the server's.
    package var sqlstate: String?
    package var message: String
    package var detail: String?
    package var hint: String?
    package var schema: String?
    package var table: String?
    package var column: String?
    package var constraint: String?
    /// Where in the statement, in characters from 1.
    package var position: Int?
    /// The call stack of the server's functions.
    package var context: String?

    package init(_ code: Code, _ message: String, sqlstate: String? = nil) {
        self.code = code
        self.message = message
        self.sqlstate = sqlstate
    }

    /// Whether the server refused to break an integrity constraint (class 23); `constraint` says which.
    package var isConstraintViolation: Bool { sqlstate?.hasPrefix("23") ?? false }
}

extension PostgresError: CustomStringConvertible, CustomDebugStringConvertible {
    package var description: String {
        var text = "PostgreSQL (\(code)"
        if let sqlstate { text += " \(sqlstate)" }
        return text + "): " + messageWithoutValues
    }

    package var debugDescription: String {
        var text = "PostgresError(\(code)"
        let parts: [(String, String?)] = [
            ("sqlstate", sqlstate), ("message", message), ("detail", detail), ("hint", hint), ("schema", schema),
            ("table", table), ("column", column), ("constraint", constraint),
            ("position", position.map { String($0) }), ("context", context),
        ]
        for case (let name, let value?) in parts { text += ", \(name): \(value)" }
        return text + ")"
    }

    /// The message; of data exceptions, without what stands between the first and the last quotation mark.
    private var messageWithoutValues: String {
        guard sqlstate?.hasPrefix("22") ?? false, let first = message.firstIndex(of: "\""),
            let last = message.lastIndex(of: "\""), first < last
        else { return message }
        return message[...first] + "…" + message[last...]
    }
}
