import Foundation

/// A log of events of users, ten of each user, round by round: in every stretch of it many users change.
struct UserLog {
    let installation: Installation
    /// Of one tenant.
    private(set) var users = 0

    /// Ten to a user.
    var events: Int { users * 10 }

    init(_ installation: Installation) {
        self.installation = installation
    }

    /// Adds users with all their events until there are so many events.
    mutating func grow(to events: Int) throws {
        let wanted = events / 10
        // In pieces that a transaction can hold.
        while users < wanted {
            let end = min(wanted, users + 50_000)
            for round in 0..<10 { try append(round, of: users..<end) }
            users = end
        }
        try installation.atlas2("psql", "-qc", "VACUUM ANALYZE", "-c", "CHECKPOINT")
    }

    private func append(_ round: Int, of users: Range<Int>) throws {
        let (type, payload): (String, String) =
            switch round {
            case 0: ("user.created", #"{"role":"user"}"#)
            case 4: ("user.deactivated", "{}")
            case 6: ("user.reactivated", "{}")
            default: ("user.role_changed", round % 2 == 0 ? #"{"role":"auditor"}"# : #"{"role":"admin"}"#)
            }
        let personal =
            round == 0
            ? #"('{"email":"u' || n || '@example.com","name":"User Number ' || n || '"}')::json"# : "NULL::json"
        try installation.atlas2(
            "psql", "-qAtc",
            """
            SET atlas2.role = 'system';
            SELECT set_config('atlas2.tenant_id', (SELECT tenant_id::text FROM audit_log_heads LIMIT 1), false);
            SELECT count(*) FROM generate_series(\(users.lowerBound), \(users.upperBound - 1), 2000) b, LATERAL audit_append(
                current_setting('atlas2.tenant_id')::uuid, ARRAY(
                    SELECT ROW(1, gen_random_uuid(), 'user', md5('bench ' || n)::uuid, NULL, '\(type)', 1, NULL, NULL, NULL,
                               '\(payload)', \(personal), NULL, NULL)::audit_append_event
                    FROM generate_series(b, least(b + 2000, \(users.upperBound)) - 1) n)) a
            """)
    }
}
