/// The settings of an embedded server, written to a file that its `postgresql.conf` includes.
///
/// Rewritten at every start; what an administrator sets by ALTER SYSTEM comes later and wins.
enum ServerSettings {
    static let fileName = "atlas2.conf"

    static func text(socketFolder: String) -> String {
        var text = "# Written by Atlas2 at every start; use ALTER SYSTEM for settings of your own.\n"
        for (name, value, reason) in settings(socketFolder) {
            text += "\n# \(reason)\n\(name) = \(value)\n"
        }
        return text
    }

    /// A value in single quotes, as the configuration file spells it.
    private static func quoted(_ value: String) -> String {
        "'" + value.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }

    private static func settings(_ socketFolder: String) -> [(name: String, value: String, reason: String)] {
        [
            ("listen_addresses", "''", "Nothing listens on the network; the Unix socket is the only way in."),
            ("port", String(SocketFolder.port), "Only the socket's name depends on it, so it clashes with no one's."),
            // The double quotes keep a path with spaces one name in the list that this setting is.
            ("unix_socket_directories", quoted("\"\(socketFolder)\""), "A folder that no other user can enter."),
            ("unix_socket_permissions", "0700", "The folder is the guard; this is the second one."),
            ("max_connections", "100", "Many commands at once, each with a small pool."),
            ("fsync", "on", "What is acknowledged survives a power cut."),
            ("synchronous_commit", "on", "A commit returns when its log is on disk."),
            ("full_page_writes", "on", "A page torn by a crash is repaired from the log."),
            ("wal_level", "replica", "The cluster can be backed up and followed while it runs."),
            ("max_wal_size", "4GB", "Large imports are not slowed by a checkpoint every gigabyte."),
            ("checkpoint_completion_target", "0.9", "Checkpoints are spread out instead of stalling commits."),
            ("wal_compression", "lz4", "Full-page images shrink at next to no cost."),
            ("default_toast_compression", "lz4", "Result chunks and payloads compress several times faster than pglz."),
            ("shared_buffers", "256MB", "Holds the working set of a small installation; taken only as it is used."),
            ("maintenance_work_mem", "256MB", "Rebuilds create their indexes in one pass."),
            ("work_mem", "32MB", "Folds sort and hash their batches in memory."),
            ("jit", "off", "Short statements lose more to compilation than they gain."),
            ("autovacuum", "on", "Projections are updated in place and need it."),
            (
                "idle_in_transaction_session_timeout", "5min",
                "A client that sleeps inside a transaction keeps its locks; what Atlas2 does for long switches it off."
            ),
            ("timezone", "'UTC'", "Times read the same on every machine."),
            ("logging_collector", "off", "The log goes to the file that Atlas2 opens in its home and keeps small."),
            ("log_timezone", "'UTC'", "The log's times compare with those of events."),
            ("log_line_prefix", "'%m [%p] '", "When, and which process."),
            ("log_checkpoints", "off", "Routine checkpoints would fill the log."),
            ("log_min_error_statement", "panic", "Statements may carry personal data; the log does not repeat them."),
            ("log_error_verbosity", "terse", "Error details quote key values, which may be personal data."),
            ("cluster_name", "'atlas2'", "Names the server in the process list."),
        ]
    }
}
