/// Something that a fold's rows must not depend on, because a replay would give others.
enum Impurity {
    case clock, chance, session, storage, outside, range

    var message: String {
        switch self {
        case .clock: "reads the clock"
        case .chance: "gives another value each time"
        case .session: "depends on the session, its user or its settings"
        case .storage: "depends on how the server stores things"
        case .outside: "reaches out of the fold"
        case .range: "tells in which batches the log is read"
        }
    }

    var advice: String {
        switch self {
        case .clock: "recorded_at is the time of an event; a view may compare it with now()"
        case .chance: "take an id from the event (event_id, stream_id) or from its payload"
        case .session: "actor_id says who acted; what else is needed, an event has to say"
        case .storage: "use what the events say"
        case .outside: "a fold reads its events and its own tables, and writes its own tables, nothing else"
        case .range: "events holds the range already; rows must not depend on where it begins or ends"
        }
    }

    /// What a function is, by its name; nil for one that may be called.
    init?(function name: String) {
        if let known = Self.functions[name] {
            self = known
        } else if let (_, impurity) = Self.prefixes.first(where: { name.hasPrefix($0.0) }), !Self.pure.contains(name) {
            self = impurity
        } else {
            return nil
        }
    }

    /// What a word is that stands for a value without being called; nil for any other.
    init?(word: String) {
        guard let known = Self.words[word] else { return nil }
        self = known
    }

    private static let functions = table([
        (
            .clock,
            "now clock_timestamp statement_timestamp transaction_timestamp timeofday pg_postmaster_start_time pg_conf_load_time audit_clock"
        ),
        (
            .chance,
            "random random_normal setseed gen_random_uuid gen_random_bytes gen_salt uuid_generate_v1 uuid_generate_v1mc uuid_generate_v4 uuidv4 uuidv7 nextval currval lastval setval any_value"
        ),
        (
            .session,
            "getpgusername to_tsvector to_tsquery plainto_tsquery phraseto_tsquery websearch_to_tsquery ts_headline get_current_ts_config current_setting set_config current_query current_database current_schemas version row_security_active inet_client_addr inet_client_port inet_server_addr inet_server_port"
        ),
        (.storage, "obj_description col_description shobj_description format_type"),
        (
            .outside,
            "dblink query_to_xml query_to_xmlschema query_to_xml_and_xmlschema cursor_to_xml table_to_xml schema_to_xml database_to_xml ts_stat"
        ),
    ])

    /// `pg_` functions are the server's own affairs.
    private static let prefixes: [(String, Impurity)] = [
        ("txid_", .session), ("pg_current_xact", .session), ("pg_backend", .session), ("pg_sleep", .clock),
        ("pg_read_", .outside), ("pg_ls_", .outside), ("pg_stat_file", .outside), ("lo_", .outside),
        ("dblink", .outside),
        ("pg_", .session), ("has_", .session), ("to_reg", .storage),
    ]

    private static let pure: Set = ["pg_typeof", "pg_size_pretty", "pg_size_bytes"]

    private static let words = table([
        (.clock, "current_timestamp current_date current_time localtime localtimestamp"),
        (.chance, "tablesample"),
        (
            .session,
            "current_user session_user system_user user current_role current_catalog current_schema"
        ),
        (.storage, "ctid xmin xmax cmin cmax tableoid"),
        (.range, "p_tenant p_from p_to p_since"),
    ])

    private static func table(_ lists: [(Impurity, String)]) -> [String: Impurity] {
        Dictionary(
            uniqueKeysWithValues: lists.flatMap { impurity, names in
                names.split(separator: " ").map { (String($0), impurity) }
            })
    }
}
