-- What audit_append does, and with p_own what audit_erase and projection_resume do, whose events come from them alone.
-- Nobody else may call it, and it asks for no tenant. The contract is audit_append's.
CREATE OR REPLACE FUNCTION audit_write(p_tenant uuid, p_events audit_append_event[], p_own boolean)
RETURNS TABLE (append integer, outcome text, first_position bigint, last_position bigint, message text)
LANGUAGE plpgsql SET search_path = public, pg_temp
SET timezone = 'UTC' SET standard_conforming_strings = on
-- Planned once a session, for a log of any size: never by scanning it.
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    head    audit_log_heads;
    moment  timestamptz;
    horizon timestamptz;
    verdict record;
    refused text;
    middle  integer;
BEGIN
    SELECT * INTO head FROM audit_log_heads h WHERE h.tenant_id = p_tenant FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO audit_log_heads VALUES (p_tenant, 0, '-infinity') ON CONFLICT DO NOTHING;
        SELECT * INTO head FROM audit_log_heads h WHERE h.tenant_id = p_tenant FOR UPDATE;
    END IF;
    moment  := greatest(audit_clock(), head.recorded_at);
    -- An event id is known for the rest of its month and the whole next one.
    horizon := date_trunc('month', head.recorded_at, 'UTC') - interval '1 month';

    -- What is wrong with each append, if those before it are taken? Sorted without the contents, which can be large.
    SELECT array_agg(e.append) AS numbers, array_agg(e.version) AS versions,
           array_agg(DISTINCT e.append) AS appends, array_agg(DISTINCT e.event_type || '@' || e.schema_version) AS types,
           array_agg(ROW(p_tenant, e.stream_type, e.stream_id, e.version)::audit_streams) FILTER (WHERE e.is_last AND e.before IS NULL) AS started,
           array_agg(ROW(p_tenant, e.stream_type, e.stream_id, e.version)::audit_streams) FILTER (WHERE e.is_last AND e.before IS NOT NULL) AS moved,
           count(e.known) > 0 OR count(e.conflict) > 0 OR count(DISTINCT e.event_id) < count(e.event_id) AS any_problem,
           count(*) AS events, count(e.known) AS known, min(e.known) AS first_known, max(e.known) AS last_known,
           bool_or(e.other) AS other, min(e.conflict) AS conflict
    INTO verdict
    FROM (
        SELECT e.*, k.position AS known, k.other,
               CASE WHEN e.expected_version <> e.version - 1 THEN format('%s/%s is at version %s, expected %s',
                   e.stream_type, e.stream_id, e.version - 1, e.expected_version) END AS conflict
        FROM (
            SELECT e.*, first_value(s.version) OVER stream AS before, lead(e.number) OVER stream IS NULL AS is_last,
                   coalesce(first_value(s.version) OVER stream, 0) + e.place AS version
            FROM (
                SELECT e.ordinality AS number, e.append, e.event_id, e.stream_type COLLATE "C", e.stream_id, e.expected_version,
                       e.event_type, e.schema_version, row_number() OVER (PARTITION BY e.stream_id, e.stream_type COLLATE "C" ORDER BY e.ordinality) AS place
                FROM unnest(p_events) WITH ORDINALITY e
            ) e
            LEFT JOIN LATERAL (
                SELECT s.version FROM audit_streams s
                WHERE e.place = 1 AND s.tenant_id = p_tenant AND s.stream_type = e.stream_type AND s.stream_id = e.stream_id LIMIT 1
            ) s ON true
            WINDOW stream AS (PARTITION BY e.stream_id, e.stream_type ORDER BY e.number)
        ) e
        LEFT JOIN LATERAL (
            SELECT l.position, (l.stream_type, l.stream_id, l.event_type, l.schema_version, l.actor_id, l.payload::text)
                       IS DISTINCT FROM (n.stream_type, n.stream_id, n.event_type, n.schema_version, n.actor_id, n.payload::text)
                   OR l.salt IS NOT NULL AND (l.personal::text, l.attachment)
                       IS DISTINCT FROM (n.personal::text, n.attachment) AS other
            FROM audit_logs l, LATERAL (SELECT (p_events[e.number]).*) n
            WHERE l.tenant_id = p_tenant AND l.recorded_at BETWEEN horizon AND head.recorded_at
              -- Written as a range in order: audit_logs_event_idx is then the best index for a month without events too.
              AND l.event_id BETWEEN e.event_id AND e.event_id
            ORDER BY l.event_id LIMIT 1
        ) k ON true
        ORDER BY e.number
    ) e;
    SELECT split_part(t, '@', 1) INTO refused FROM unnest(verdict.types) t
    WHERE NOT p_own AND (t LIKE '%.erased@%' OR t LIKE ANY ('{projection.event\\_skipped@%,projection.retried@%}'))
       OR (t LIKE 'log.%' OR t LIKE 'hold.%') AND coalesce(current_setting('atlas2.role', true), '') NOT IN ('admin', 'system');

    IF verdict.appends IS NULL THEN
        RETURN;
    ELSIF refused LIKE '%.erased' THEN
        RAISE EXCEPTION '% comes from audit_erase alone', refused
            USING ERRCODE = 'insufficient_privilege', HINT = 'audit_erase erases, and appends the event that says so.';
    ELSIF refused LIKE 'projection.%' THEN
        RAISE EXCEPTION '% comes from projection_resume alone', refused
            USING ERRCODE = 'insufficient_privilege', HINT = 'atlas2 projections retry and skip.';
    ELSIF refused IS NOT NULL THEN
        RAISE EXCEPTION 'only an admin may append %', refused
            USING ERRCODE = 'insufficient_privilege', HINT = 'SET LOCAL atlas2.role = ''admin'' inside the transaction, for an admin.';
    ELSIF array_position(verdict.numbers, NULL) > 0 OR array_ndims(p_events) > 1 OR array_lower(p_events, 1) <> 1
          OR verdict.numbers <> ARRAY(SELECT n FROM unnest(verdict.numbers) n ORDER BY n) THEN
        RAISE EXCEPTION 'append numbers must not be null, and must not decrease, in an array of one dimension from 1'
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Events of one append stand together.';
    ELSIF verdict.any_problem AND cardinality(verdict.appends) > 1 THEN
        -- Some append has a problem: take the halves one after the other, until it stands alone.
        middle := verdict.appends[cardinality(verdict.appends) / 2];
        RETURN QUERY SELECT * FROM audit_write(p_tenant, ARRAY(SELECT e FROM unnest(p_events) e WHERE (e).append <= middle), p_own);
        RETURN QUERY SELECT * FROM audit_write(p_tenant, ARRAY(SELECT e FROM unnest(p_events) e WHERE (e).append > middle), p_own);
        RETURN;
    ELSIF verdict.any_problem THEN
        append := verdict.appends[1];
        IF verdict.known = verdict.events AND NOT verdict.other THEN
            outcome := 'known'; first_position := verdict.first_known; last_position := verdict.last_known;
        ELSIF verdict.known > 0 OR verdict.conflict IS NULL THEN
            outcome := 'mismatch'; message := 'an event id was used before, with other content';
        ELSE
            outcome := 'conflict'; message := verdict.conflict;
        END IF;
        RETURN NEXT;
        RETURN;
    END IF;

    PERFORM audit_month(moment);
    -- In layers, so that each hash is computed once. What all entries share is written once.
    INSERT INTO audit_logs
    SELECT p_tenant, e.position, e.event_id, moment, e.stream_type, e.stream_id, e.version, e.event_type, e.schema_version,
           e.actor_id, e.correlation_id, e.causation_id, e.payload, e.personal, e.attachment, e.salt, e.erasable_hash, e.commitment,
           sha256('\x00'::bytea || convert_to(audit_entry(p_tenant, e.position, e.event_id, (SELECT audit_time(moment)),
               e.stream_type, e.stream_id, e.version, e.event_type, e.schema_version, e.actor_id, e.correlation_id, e.causation_id,
               e.commitment), 'UTF8'))
    FROM (SELECT e.*, audit_commitment(e.payload, e.erasable_hash) AS commitment
          FROM (SELECT e.*, audit_erasable_hash(e.salt, e.personal, e.attachment) AS erasable_hash
                FROM (SELECT head.size - 1 + e.ordinality AS position, verdict.versions[e.ordinality] AS version, e.event_id,
                             e.stream_type, e.stream_id, e.event_type, e.schema_version, e.actor_id, e.correlation_id, e.causation_id,
                             e.payload, e.personal, e.attachment, coalesce(e.salt, uuid_send(gen_random_uuid())) AS salt
                      FROM unnest(p_events) WITH ORDINALITY e OFFSET 0) e OFFSET 0) e OFFSET 0) e;
    INSERT INTO audit_streams SELECT * FROM unnest(verdict.started);
    INSERT INTO audit_streams SELECT * FROM unnest(verdict.moved)
    ON CONFLICT (tenant_id, stream_type, stream_id) DO UPDATE SET version = excluded.version;

    UPDATE audit_log_heads h SET size = head.size + verdict.events, recorded_at = moment WHERE h.tenant_id = p_tenant;
    PERFORM fold_inline(p_tenant, head.size, head.size + verdict.events, moment, verdict.types);
    -- A hint and no more: every session of the database may hear it.
    PERFORM pg_notify('atlas2_log', '');
    RETURN QUERY
        SELECT n.append, 'appended', head.size - 1 + min(n.number), head.size - 1 + max(n.number), NULL::text
        FROM unnest(verdict.numbers) WITH ORDINALITY n (append, number) GROUP BY n.append ORDER BY n.append;
END $$;
COMMENT ON FUNCTION audit_write(uuid, audit_append_event[], boolean) IS 'Appends events to a tenant''s log, for audit_append, audit_erase and projection_resume';
REVOKE ALL ON FUNCTION audit_write(uuid, audit_append_event[], boolean) FROM PUBLIC;
