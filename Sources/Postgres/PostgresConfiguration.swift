/// Where the database is and how its connections behave.
///
/// Plain values: nothing here reads the environment, except that libpq fills what `conninfo` leaves out from its own
/// `PG…` variables, as every PostgreSQL client does.
package struct PostgresConfiguration: Sendable {
    /// A URL or keyword string as libpq takes it: several hosts, TLS, Unix sockets.
    package var conninfo: String
    /// How many connections the pool opens at most; listeners and dedicated connections come on top.
    package var poolSize = 20
    /// How long an interactive statement may run, and how long a caller waits for a pooled connection.
    package var timeout: Duration = .seconds(30)
    /// What `pg_stat_activity` shows.
    package var applicationName = "atlas2"
    /// Set for the whole session when a connection opens.
    ///
    /// Comes after the settings that the client itself depends on (TimeZone UTC, DateStyle ISO, client_encoding UTF8,
    /// standard_conforming_strings on), which must not be changed.
    package var settings: [(name: String, value: String)] = []

    package init(conninfo: String) {
        self.conninfo = conninfo
    }
}

/// How long the server lets one statement run.
package enum StatementTimeout: Sendable, Equatable {
    /// The configuration's `timeout`.
    case interactive
    /// No limit: jobs, rebuilds, migrations.
    case none
    /// At most this long; below one millisecond counts as one millisecond.
    case after(Duration)
}

/// How a transaction starts.
package struct TransactionOptions: Sendable {
    package enum Isolation: String, Sendable {
        case readCommitted = "READ COMMITTED"
        case repeatableRead = "REPEATABLE READ"
        case serializable = "SERIALIZABLE"
    }

    package var isolation: Isolation
    package var readOnly: Bool
    /// Set until the end of the transaction (`set_config(name, value, true)`), in the round trip of BEGIN.
    package var settings: [(name: String, value: String)]
    package var timeout: StatementTimeout

    package init(
        isolation: Isolation = .readCommitted,
        readOnly: Bool = false,
        settings: [(name: String, value: String)] = [],
        timeout: StatementTimeout = .interactive
    ) {
        self.isolation = isolation
        self.readOnly = readOnly
        self.settings = settings
        self.timeout = timeout
    }
}
