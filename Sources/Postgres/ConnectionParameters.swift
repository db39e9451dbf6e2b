import CPostgres
import Glibc

/// What libpq is told to connect with.
struct ConnectionParameters {
    private let pairs: [(String, String)]

    init(_ configuration: PostgresConfiguration) {
        // libpq takes the last value of a keyword: what stands before the connection string is a default for it.
        pairs = [
            ("application_name", configuration.applicationName),
            ("connect_timeout", "10"),
            ("keepalives_idle", "30"),
            ("keepalives_interval", "10"),
            ("keepalives_count", "3"),
            ("tcp_user_timeout", "30000"),
            ("dbname", configuration.conninfo),
            ("client_encoding", "UTF8"),
        ]
    }

    /// Connects, waiting as long as `patience` for a server that is there but still starting up.
    func connect(patience: Duration) throws -> OpaquePointer {
        let deadline = ContinuousClock.now + patience
        while true {
            guard let connection = withPointers({ PQconnectdbParams($0, $1, 1) }) else {
                throw PostgresError(.connection, "no memory is left for a connection")
            }
            if PQstatus(connection) == CONNECTION_OK { return connection }
            let message = String(cString: PQerrorMessage(connection)).trimmedLineEnd
            let wasAnswered = PQsocket(connection) >= 0
            PQfinish(connection)
            guard wasAnswered, ContinuousClock.now < deadline, isStartingUp else {
                throw PostgresError(.connection, message)
            }
            usleep(100_000)
        }
    }

    /// Whether the server refuses connections because it starts up; libpq 15 shows no SQLSTATE for that.
    private var isStartingUp: Bool { withPointers { PQpingParams($0, $1, 1) } == PQPING_REJECT }

    private typealias Strings = UnsafePointer<UnsafePointer<CChar>?>

    private func withPointers<T>(_ body: (Strings?, Strings?) -> T) -> T {
        let keywords = pairs.map { strdup($0.0) }
        let values = pairs.map { strdup($0.1) }
        defer {
            for string in keywords + values { free(string) }
        }
        return body(
            keywords.map { UnsafePointer($0) } + [nil],
            values.map { UnsafePointer($0) } + [nil])
    }
}

extension StatementTimeout {
    /// As the server's setting takes it: 0 is none.
    func milliseconds(_ configuration: PostgresConfiguration) -> Int64 {
        switch self {
        case .interactive: StatementTimeout.after(configuration.timeout).milliseconds(configuration)
        case .none: 0
        case .after(let limit): min(max(1, limit.wholeMilliseconds), Int64(Int32.max))
        }
    }
}

extension Duration {
    fileprivate var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}
