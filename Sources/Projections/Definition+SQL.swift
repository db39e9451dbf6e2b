extension Definition {
    /// The function that folds a range of positions into this projection's tables in `schema`, and its comment, which is
    /// what `projection_definitions()` reads of the live one.
    ///
    /// Events at `p_skipped` are left out; so are those of `p_streams`, or, with `p_only`, those of all other streams. Its
    /// settings are pinned, so that the session's cannot reach the rows (law 6).
    func foldFunction(in schema: String) -> String {
        let relation = events(inOrder: schema == "public")
        let statements = Statement.split(fold).map { $0.with(relation) + ";" }
        return """
            CREATE OR REPLACE FUNCTION \(schema).fold_\(name)(p_tenant uuid, p_from bigint, p_to bigint, p_since timestamptz, p_skipped bigint[], p_streams uuid[], p_only boolean) RETURNS void
            LANGUAGE plpgsql SET search_path = fold, \(schema), pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD'
            SET intervalstyle = 'postgres' SET bytea_output = 'hex' SET transform_null_equals = off
            SET standard_conforming_strings = on AS $fold$
            BEGIN
            \(statements.joined(separator: "\n"))
            END $fold$;
            COMMENT ON FUNCTION \(schema).\(signature) IS '\(comment)';
            """
    }

    private var signature: String { "fold_\(name)(uuid, bigint, bigint, timestamptz, bigint[], uuid[], boolean)" }

    /// The relation `events`: the projection's own events of the range, bodies as jsonb, in the version that each type has
    /// now. One that is not understood ends the fold.
    ///
    /// - Parameter inOrder: makes the index on positions the best one, whatever statistics say. For a tenant that is not
    ///   in them yet any index looks as good, and all but that one would read the whole log to fold a few events.
    private func events(inOrder: Bool) -> String {
        let tests = "(\(events.map(Self.test).joined(separator: " OR ")))"
        let upcasts = types.upcastsAny(of: events)
        let body = upcasts ? "u.payload, u.personal" : "l.payload::jsonb AS payload, l.personal::jsonb AS personal"
        let upcast =
            "\n    CROSS JOIN LATERAL fold.upcast(l.event_type, l.schema_version, l.payload::jsonb, l.personal::jsonb) u"
        // What raises asks for itself whether it is meant: conditions are tried in any order.
        return """
            events AS NOT MATERIALIZED (
                SELECT l.tenant_id, l.position, l.event_id, l.recorded_at, l.stream_type, l.stream_id, l.stream_version,
                       l.event_type, \(upcasts ? "u" : "l").schema_version, l.actor_id, l.correlation_id, l.causation_id,
                       \(body)
                FROM public.audit_logs l\(upcasts ? upcast : "")
                WHERE l.tenant_id = p_tenant AND l.position >= p_from AND l.position < p_to AND l.recorded_at >= p_since AND l.position <> ALL (p_skipped) AND (l.stream_id = ANY (p_streams)) = p_only
                  AND \(tests)
                  AND CASE WHEN \(understands) THEN true
                           WHEN l.tenant_id = p_tenant AND l.position >= p_from AND l.position < p_to AND l.position <> ALL (p_skipped)
                                AND (l.stream_id = ANY (p_streams)) = p_only AND \(tests)
                           THEN fold.not_understood(l.event_type, l.schema_version) END\(inOrder ? " ORDER BY l.position" : ""))
            """
    }

    /// The condition that events of a pattern fulfil.
    private static func test(_ pattern: String) -> String {
        pattern.hasSuffix(".*")
            ? "l.event_type LIKE '\(pattern.dropLast().replacing("_", with: "\\_"))%'" : "l.event_type = '\(pattern)'"
    }

    /// The condition that those fulfil that are understood: listed in their version or an earlier one, or, of kinds that
    /// are not listed and types that the header names, in the version that it says, 1 without one.
    private var understands: String {
        var listed: [Int: [String]] = [:]
        var others: [String] = []
        for pattern in Set(events).sorted() {
            let kind = pattern.prefix { $0 != "." }
            if pattern.hasSuffix(".*"), types.lists(pattern) {
                for (type, version) in types.versions where type.hasPrefix(kind + ".") {
                    listed[version, default: []].append(type)
                }
            } else if let version = types.versions[pattern] {
                listed[version, default: []].append(pattern)
            } else {
                others.append("l.schema_version <= \(understood[pattern] ?? 1) AND \(Self.test(pattern))")
            }
        }
        let known = listed.sorted { $0.key < $1.key }.map { version, types in
            let list = Set(types).sorted().map { "'\($0)'" }.joined(separator: ", ")
            return "l.schema_version <= \(version) AND l.event_type IN (\(list))"
        }
        return (known + others).joined(separator: " OR ")
    }

    /// Makes the tables, and the fold and its comment, in the live schema.
    ///
    /// Running it again changes nothing. A projection that is installed from another version of its file is left as it is:
    /// its tables are brought to the new definition by a rebuild, not under it.
    package var installation: String {
        """
        -- projection \(name)
        DO $install$
        BEGIN
        IF to_regclass('public.\(tables[0])') IS NULL THEN
        \(schema)\(indexes)ELSIF EXISTS (SELECT FROM projection_definitions() d WHERE d.name = '\(name)' AND d.sha256 <> '\(sha256)') THEN
            RAISE NOTICE 'the projection \(name) has changed: atlas2 projections rebuild \(name)';
            RETURN;
        END IF;
        \(liveFold)
        END $install$;
        \(access)

        """
    }

    /// The fold of the live tables.
    var liveFold: String {
        """
        \(foldFunction(in: "public"))
        REVOKE ALL ON FUNCTION public.\(signature) FROM PUBLIC;
        """
    }

    /// Grants and row-level security of the live tables; running it again changes nothing.
    var access: String { access(in: "public") }

    /// Grants and row-level security of the tables in `schema`.
    func access(in schema: String) -> String {
        tables.map { table in
            """
            GRANT SELECT ON \(schema).\(table) TO atlas2_app, atlas2_readonly;
            ALTER TABLE \(schema).\(table) ENABLE ROW LEVEL SECURITY;
            DO $policy$
            BEGIN
            IF NOT EXISTS (SELECT FROM pg_policy WHERE polname = 'tenant_isolation' AND polrelid = '\(schema).\(table)'::regclass) THEN
                CREATE POLICY tenant_isolation ON \(schema).\(table) FOR SELECT USING (\(visibility));
            END IF;
            END $policy$;
            """
        }.joined(separator: "\n")
    }

    private var visibility: String {
        let tenant = "tenant_id = (SELECT nullif(current_setting('atlas2.tenant_id', true), '')::uuid)"
        guard let owner else { return tenant }
        return tenant + " AND ((SELECT current_setting('atlas2.role', true)) IN ('admin', 'auditor', 'system')"
            + " OR \(owner) = (SELECT nullif(current_setting('atlas2.user_id', true), '')::uuid))"
    }

    /// Makes the foreign keys to other projections; running it again changes nothing.
    package var foreignKeys: String {
        references.map { reference in
            let name = "\(reference.table)_\(reference.target)_fkey"
            return """
                DO $references$
                BEGIN
                IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = '\(name)' AND conrelid = 'public.\(reference.table)'::regclass) THEN
                    ALTER TABLE public.\(reference.table) ADD CONSTRAINT \(name) FOREIGN KEY (\(reference.columns))
                        REFERENCES public.\(reference.target) (\(reference.targetColumns)) DEFERRABLE INITIALLY IMMEDIATE;
                END IF;
                END $references$;

                """
        }.joined()
    }

    /// What `projection_definitions()` reads: the definition as JSON. Every value's alphabet needs no escaping.
    private var comment: String {
        func list(_ values: [String]) -> String { "[" + values.map { "\"\($0)\"" }.joined(separator: ",") + "]" }
        return
            "{\"projection\":\"\(name)\",\"version\":\(version),\"mode\":\"\(mode.rawValue)\",\"events\":\(list(events))"
            + ",\"key\":\"\(key)\",\"poison\":\"\(poison.rawValue)\",\"tables\":\(list(tables)),\"sha256\":\"\(sha256)\"}"
    }
}
