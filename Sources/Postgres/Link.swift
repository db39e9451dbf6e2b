import CPostgres
import Glibc
import Logging

/// The libpq connection, and what is known of the session at its other end.
///
/// Every method may block: it belongs to the thread of its `Connection`, and to nobody else.
final class Link {
    let pointer: OpaquePointer
    private let noticeLog: NoticeLog
    private let logger: Logger
    /// The cancellation of the present use.
    var cancellation: Cancellation?
    /// The session's statement timeout as last set, in milliseconds; 0 is none.
    private(set) var sessionTimeout: Int64 = 0
    /// The timeout that holds for the present use, in milliseconds; 0 is none.
    var currentTimeout: Int64 = 0
    private var statementStart = ContinuousClock.now
    /// Rows or COPY data are being read or written, so no other statement may start.
    var isStreaming = false
    private var isFinished = false
    /// A cancel request was sent by this thread, and may hit whatever comes next.
    private(set) var mustClose = false
    private var typeIdentifiers: [String: TypeIdentifiers] = [:]

    struct TypeIdentifiers {
        var oid: UInt32
        var array: UInt32
    }

    /// Connects; retries while the server says that it is starting up.
    init(_ configuration: PostgresConfiguration, logger: Logger) throws {
        pointer = try ConnectionParameters(configuration).connect(patience: configuration.timeout)
        self.logger = logger
        noticeLog = NoticeLog(logger: logger)
        noticeLog.receive(from: pointer)
        do {
            try apply(configuration)
        } catch {
            finish()
            throw error
        }
    }

    deinit {
        finish()
    }

    func finish() {
        guard !isFinished else { return }
        isFinished = true
        PQfinish(pointer)
    }

    private func apply(_ configuration: PostgresConfiguration) throws {
        let timeout = StatementTimeout.interactive.milliseconds(configuration)
        let settings =
            [
                (name: "TimeZone", value: "UTC"), (name: "DateStyle", value: "ISO"),
                (name: "standard_conforming_strings", value: "on"),
                (name: "statement_timeout", value: String(timeout)),
            ] + configuration.settings
        try script(setConfig(settings, isLocal: false))
        sessionTimeout = timeout
        currentTimeout = timeout
    }

    // MARK: State

    var isConnected: Bool { !isFinished && PQstatus(pointer) == CONNECTION_OK }

    var transactionStatus: PGTransactionStatusType { isFinished ? PQTRANS_UNKNOWN : PQtransactionStatus(pointer) }

    var socket: Int32 { PQsocket(pointer) }

    /// Whether the other end still holds the connection, as far as the socket tells without waiting.
    func isAlive() -> Bool {
        for _ in 0..<8 {
            guard isConnected else { return false }
            var watched = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
            guard poll(&watched, 1, 0) > 0 else { return true }
            guard PQconsumeInput(pointer) == 1 else { return false }
        }
        return isConnected
    }

    // MARK: Statements

    /// Runs one statement and returns its result, with all rows.
    func run(_ sql: SQL) throws -> QueryResult {
        try send(sql)
        return try receive()
    }

    /// Runs one statement and lends its rows as they come, one at a time, their values in binary or as text.
    ///
    /// - Parameter end: gets the result behind the last row, which has the columns and no row.
    func forEachRow(
        _ sql: SQL, asText: Bool = false, end: (borrowing QueryResult) -> Void = { _ in },
        _ body: (borrowing Row) throws -> Void
    ) throws {
        try send(sql, asText: asText)
        PQsetSingleRowMode(pointer)
        isStreaming = true
        defer { isStreaming = false }
        while let next = PQgetResult(pointer) {
            let result = QueryResult(next)
            switch result.status {
            case PGRES_SINGLE_TUPLE:
                do {
                    try result.withRow(0, body)
                } catch {
                    abort()
                    throw error
                }
            case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: end(result)
            default: throw failure(result)
            }
        }
        if !isConnected { throw connectionFailure() }
    }

    /// Runs one or more statements without values, by the simple protocol, and returns the last one's result.
    @discardableResult
    func script(_ text: String) throws -> QueryResult {
        try checkReady(text)
        guard PQsendQuery(pointer, text) == 1 else { throw clientFailure() }
        return try receive()
    }

    private func send(_ sql: SQL, asText: Bool = false) throws {
        let identifiers = try typeIdentifiers(for: sql)
        let text = sql.text
        try checkReady(text)
        guard sql.bytes.count <= SQL.byteLimit else {
            throw PostgresError(.usage, "the statement's values take \(sql.bytes.count) bytes: more than 1 GiB")
        }
        let arguments = StatementArguments(sql, identifiers)
        guard arguments.withPointers({ PQsendQueryParams(pointer, text, $0, $1, $2, $3, $4, asText ? 0 : 1) }) == 1
        else {
            throw clientFailure()
        }
    }

    /// Waits for the end of what was sent; returns the last result, or throws the first error.
    func receive() throws -> QueryResult {
        var last: QueryResult?
        while let next = PQgetResult(pointer) {
            let result = QueryResult(next)
            switch result.status {
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: last = consume result
            default: throw failure(result)
            }
        }
        guard isConnected, let last = last.take() else { throw connectionFailure() }
        return last
    }

    // MARK: Types

    /// The identifiers of a type and of its arrays; asked once per connection.
    func typeIdentifiers(of name: String) throws -> TypeIdentifiers {
        if let known = typeIdentifiers[name] { return known }
        let result = try run("SELECT oid, typarray FROM pg_catalog.pg_type WHERE oid = to_regtype(\(name))")
        guard result.rowCount == 1 else {
            throw PostgresError(.usage, "the database has no type named \(name) on the search path")
        }
        let found = try result.withRow(0) { try TypeIdentifiers(oid: $0.decode(0), array: $0.decode(1)) }
        typeIdentifiers[name] = found
        return found
    }

    private func typeIdentifiers(for sql: SQL) throws -> [String: TypeIdentifiers] {
        var identifiers: [String: TypeIdentifiers] = [:]
        for case .compositeArray(let name) in sql.parameters.lazy.map(\.type) {
            identifiers[name] = try typeIdentifiers(of: name)
        }
        return identifiers
    }

    // MARK: Settings

    /// `SELECT set_config(…), …`: any number of settings in one statement.
    func setConfig(_ settings: [(name: String, value: String)], isLocal: Bool) throws -> String {
        let calls = try settings.map { setting in
            "set_config(\(try literal(setting.name)), \(try literal(setting.value)), \(isLocal))"
        }
        return "SELECT " + calls.joined(separator: ", ")
    }

    /// Makes a timeout hold for the whole session, unless it already does.
    func setSessionTimeout(_ milliseconds: Int64) throws {
        currentTimeout = milliseconds
        guard milliseconds != sessionTimeout else { return }
        try script("SET statement_timeout = \(milliseconds)")
        sessionTimeout = milliseconds
    }

    private func literal(_ text: String) throws -> String {
        guard !text.utf8.contains(0) else { throw PostgresError(.usage, "a setting holds a NUL character") }
        guard let quoted = PQescapeLiteral(pointer, text, text.utf8.count) else { throw clientFailure() }
        defer { PQfreemem(quoted) }
        return String(cString: quoted)
    }

    // MARK: Failures

    func checkReady(_ text: String) throws {
        if isStreaming {
            throw PostgresError(.usage, "another statement's rows or COPY data are still under way in this session")
        }
        if cancellation?.isRequested ?? false { throw PostgresError(.cancelled, "the task was cancelled") }
        if mustClose { throw PostgresError(.usage, "an interrupted statement ended this session") }
        guard isConnected else { throw PostgresError(.connection, "the connection to the server is lost") }
        guard !text.utf8.contains(0) else { throw PostgresError(.usage, "the statement holds a NUL character") }
        statementStart = .now
    }

    /// Ends the statement under way without its remaining rows.
    func abort() {
        mustClose = true
        CancelHandle(pointer)?.send()
        drain(nil)
    }

    /// Reads off what is left of the statement under way; ends a COPY that nobody expected.
    func drain(_ first: consuming QueryResult?) {
        var current = first.take() ?? PQgetResult(pointer).map { QueryResult($0) }
        while let result = current.take() {
            switch result.status {
            case PGRES_COPY_IN: PQputCopyEnd(pointer, "unexpected COPY")
            case PGRES_COPY_OUT:
                var buffer: UnsafeMutablePointer<CChar>?
                while PQgetCopyData(pointer, &buffer, 0) > 0 { PQfreemem(buffer) }
            default: break
            }
            current = PQgetResult(pointer).map { QueryResult($0) }
        }
    }

    /// What a result says went wrong, after reading off whatever follows it.
    func failure(_ result: borrowing QueryResult) -> PostgresError {
        var error = result.error
        if !result.isError {
            error = PostgresError(.usage, "COPY, and other statements that stream, have methods of their own")
            if result.status == PGRES_COPY_IN { PQputCopyEnd(pointer, "unexpected COPY") }
        }
        drain(nil)
        // What is known of types may be why: they may have been dropped and made again.
        typeIdentifiers = [:]
        if !isConnected {
            error.code = cancellation?.isRequested ?? false ? .cancelled : .connection
        } else if error.sqlstate == "57014" {
            error.code = isTimeout(error) ? .timeout : .cancelled
        }
        return error
    }

    /// Whether the statement ran into its limit: the server gives a cancelled one the same SQLSTATE.
    private func isTimeout(_ error: PostgresError) -> Bool {
        if cancellation?.isRequested ?? false { return false }
        if error.message.contains("statement timeout") { return true }
        return currentTimeout > 0 && ContinuousClock.now - statementStart >= .milliseconds(currentTimeout)
    }

    /// libpq refused to send: the connection is lost, or it was asked for something impossible.
    func clientFailure() -> PostgresError {
        guard isConnected else { return connectionFailure() }
        return PostgresError(.usage, String(cString: PQerrorMessage(pointer)).trimmedLineEnd)
    }

    func connectionFailure() -> PostgresError {
        if cancellation?.isRequested ?? false { return PostgresError(.cancelled, "the task was cancelled") }
        let message = String(cString: PQerrorMessage(pointer)).trimmedLineEnd
        return PostgresError(.connection, message.isEmpty ? "the connection to the server is lost" : message)
    }
}
