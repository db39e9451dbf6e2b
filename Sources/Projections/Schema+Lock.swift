package import Postgres

extension Schema {
    /// Takes turns with others who change the schema, until the transaction ends.
    ///
    /// Any session can take this lock and keep it: before the first migration there is nothing that only some can lock.
    ///
    /// - Throws: `SchemaError` naming who keeps it for longer than `patience`.
    package func lock(_ session: Session) throws {
        let (seconds, attoseconds) = patience.components
        let limit = String(seconds * 1000 + attoseconds / 1_000_000_000_000_000)
        try session.script("SAVEPOINT schema_lock")
        try session.execute("SELECT set_config('lock_timeout', \(limit), true)")
        do {
            try session.execute("SELECT pg_advisory_xact_lock(\(raw: Self.key))")
        } catch let error as PostgresError where error.sqlstate == "55P03" {
            try session.script("ROLLBACK TO SAVEPOINT schema_lock")
            throw SchemaError(
                "the schema is being changed by \(try holder(session) ?? "another session, which is gone now"): wait for it to end, or, where it does nothing, let an administrator end it (SELECT pg_terminate_backend of the process); then run the command again"
            )
        }
        try session.script("SET LOCAL lock_timeout = DEFAULT")
    }

    private static let key = "hashtextextended('atlas2 schema', 0)"

    private func holder(_ session: Session) throws -> String? {
        try session.first(
            """
            SELECT format('process %s of %s (%s)%s', l.pid, a.usename, coalesce(nullif(a.application_name, ''), 'no name'),
                          to_char(a.backend_start AT TIME ZONE 'UTC', '", connected since "YYYY-MM-DD HH24:MI:SS"Z"'))
            FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
            WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
              AND (l.classid::bigint << 32 | l.objid::bigint) = \(raw: Self.key)
              AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """
        ) { try $0.decode(0) }
    }
}
