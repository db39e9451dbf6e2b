-- The only way into the log. Each append (the events that share an `append` number) is taken whole or not at all, in
-- order, and has one outcome:
--   appended  its events are in the log at the positions returned
--   known     all its event ids were there already, with the same content: the positions are those of the first try
--   mismatch  some of its event ids were there, or with other content: nothing was appended
--   conflict  a stream was not at the expected version: nothing was appended
-- Raises only when the session is not the tenant's, an event is malformed, or an inline projection's constraint is
-- violated; then nothing of the call was appended.
CREATE OR REPLACE FUNCTION audit_append(p_tenant uuid, p_events audit_append_event[])
RETURNS TABLE (append integer, outcome text, first_position bigint, last_position bigint, message text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
SET timezone = 'UTC' SET standard_conforming_strings = on
-- Planned once a session, for a log of any size: never by scanning it.
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    head    audit_log_heads;
    moment  timestamptz;
    horizon timestamptz;
    verdict record;
    middle  integer;
BEGIN
    PERFORM audit_require_tenant(p_tenant);
    SELECT * INTO head FROM audit_log_heads h WHERE h.tenant_id = p_tenant FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO audit_log_heads VALUES (p_tenant, 0, '-infinity') ON CONFLICT DO NOTHING;
        SELECT * INTO head FROM audit_log_heads h WHERE h.tenant_id = p_tenant FOR UPDATE;
    END IF;
    moment  := greatest(audit_clock(), head.recorded_at);
    -- An event id is known for the rest of its month and the whole next one.
    horizon := date_trunc('month', head.recorded_at, 'UTC') - interval '1 month';

    -- What is wrong with each append, if those before it are taken? Sorted without the contents, which can be large.
    SELECT array_agg(DISTINCT e.append) AS appends, array_agg(e.append ORDER BY e.number) AS numbers,
           array_agg(e.version + 1 ORDER BY e.number) AS versions, array_agg(DISTINCT e.event_type) AS types,
           count(e.known) > 0 OR count(e.conflict) > 0 OR count(DISTINCT e.event_id) < count(e.event_id) AS any_problem,
           count(*) AS events, count(e.known) AS known, min(e.known) AS first_known, max(e.known) AS last_known,
           bool_or(e.other) AS other, min(e.conflict) AS conflict,
           bool_or(e.append IS NULL OR e.append < e.before) AS disordered
    INTO verdict
    FROM (
        SELECT e.*, lag(e.append) OVER (ORDER BY e.number) AS before, k.position AS known, k.other,
               CASE WHEN e.expected_version <> e.version THEN format('%s/%s is at version %s, expected %s',
                   e.stream_type, e.stream_id, e.version, e.expected_version) END AS conflict
        FROM (
            SELECT e.*, coalesce(s.version, 0) - 1
                   + row_number() OVER (PARTITION BY e.stream_type, e.stream_id ORDER BY e.number) AS version
            FROM (SELECT number, (e).append, (e).event_id, (e).stream_type, (e).stream_id, (e).expected_version, (e).event_type
                  FROM (SELECT unnest(p_events), generate_series(1, cardinality(p_events))) u (e, number)) e
            LEFT JOIN LATERAL (
                SELECT s.version FROM audit_streams s
                WHERE s.tenant_id = p_tenant AND s.stream_type = e.stream_type AND s.stream_id = e.stream_id LIMIT 1
            ) s ON true
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
    ) e;

    IF verdict.appends IS NULL THEN
        RETURN;
    ELSIF verdict.disordered OR array_ndims(p_events) > 1 OR array_lower(p_events, 1) <> 1 THEN
        RAISE EXCEPTION 'append numbers must not be null, and must not decrease, in an array of one dimension from 1'
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Events of one append stand together.';
    ELSIF verdict.any_problem AND cardinality(verdict.appends) > 1 THEN
        -- Some append has a problem: take the halves one after the other, until it stands alone.
        middle := verdict.appends[cardinality(verdict.appends) / 2];
        RETURN QUERY SELECT * FROM audit_append(p_tenant, ARRAY(SELECT e FROM unnest(p_events) e WHERE (e).append <= middle));
        RETURN QUERY SELECT * FROM audit_append(p_tenant, ARRAY(SELECT e FROM unnest(p_events) e WHERE (e).append > middle));
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
    WITH logged AS (
        INSERT INTO audit_logs
        SELECT p_tenant, u.position, (u.e).event_id, moment, (u.e).stream_type, (u.e).stream_id, u.version,
               (u.e).event_type, (u.e).schema_version, (u.e).actor_id, (u.e).correlation_id, (u.e).causation_id,
               (u.e).payload, (u.e).personal, (u.e).attachment, s.salt, h.erasable_hash, c.commitment,
               sha256('\x00'::bytea || convert_to(audit_entry(p_tenant, u.position, (u.e).event_id, moment,
                   (u.e).stream_type, (u.e).stream_id, u.version, (u.e).event_type, (u.e).schema_version,
                   (u.e).actor_id, (u.e).correlation_id, (u.e).causation_id, c.commitment), 'UTF8'))
        FROM (SELECT unnest(p_events), unnest(verdict.versions), generate_series(head.size, head.size + verdict.events - 1))
                 AS u (e, version, position),
             LATERAL (SELECT coalesce((u.e).salt, uuid_send(gen_random_uuid())) OFFSET 0) AS s (salt),
             LATERAL (SELECT audit_erasable_hash(s.salt, (u.e).personal, (u.e).attachment) OFFSET 0) AS h (erasable_hash),
             LATERAL (SELECT audit_commitment((u.e).payload, h.erasable_hash) OFFSET 0) AS c (commitment)
        RETURNING stream_type, stream_id, stream_version
    ), moved AS (
        SELECT l.stream_type, l.stream_id, min(l.stream_version) AS first, max(l.stream_version) AS version
        FROM logged l GROUP BY l.stream_type, l.stream_id
    ), started AS (
        INSERT INTO audit_streams SELECT p_tenant, m.stream_type, m.stream_id, m.version FROM moved m WHERE m.first = 1
    )
    INSERT INTO audit_streams SELECT p_tenant, m.stream_type, m.stream_id, m.version FROM moved m WHERE m.first > 1
    ON CONFLICT (tenant_id, stream_type, stream_id) DO UPDATE SET version = excluded.version;

    UPDATE audit_log_heads h SET size = head.size + verdict.events, recorded_at = moment WHERE h.tenant_id = p_tenant;
    PERFORM fold_inline(p_tenant, head.size, head.size + verdict.events, moment, verdict.types);
    -- A hint and no more: every session of the database may hear it.
    PERFORM pg_notify('atlas2_log', '');
    RETURN QUERY
        SELECT n.append, 'appended', head.size - 1 + min(n.number), head.size - 1 + max(n.number), NULL::text
        FROM unnest(verdict.numbers) WITH ORDINALITY n (append, number) GROUP BY n.append ORDER BY n.append;
END $$;
COMMENT ON FUNCTION audit_append(uuid, audit_append_event[]) IS 'Appends events to a tenant''s log: the only way in';
REVOKE ALL ON FUNCTION audit_append(uuid, audit_append_event[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_append(uuid, audit_append_event[]) TO atlas2_app;
