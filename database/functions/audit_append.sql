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
SET timezone = 'UTC' SET standard_conforming_strings = on AS $$
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

    -- What is wrong with each append, if those before it are taken?
    SELECT array_agg(DISTINCT e.append) AS appends, bool_or(e.problem) AS any_problem,
           count(*) AS events, count(e.known) AS known, min(e.known) AS first_known, max(e.known) AS last_known,
           bool_or(e.other) AS other, min(e.conflict) AS conflict,
           bool_or(e.append IS NULL OR e.append < e.before) AS disordered
    INTO verdict
    FROM (
        SELECT e.append, lag(e.append) OVER (ORDER BY e.ordinality) AS before, k.position AS known, k.other, c.conflict,
               k.position IS NOT NULL OR c.conflict IS NOT NULL OR count(*) OVER (PARTITION BY e.event_id) > 1 AS problem
        FROM (
            SELECT e.*, coalesce(s.version, 0) - 1
                   + row_number() OVER (PARTITION BY e.stream_type, e.stream_id ORDER BY e.ordinality) AS version
            FROM unnest(p_events) WITH ORDINALITY e
            LEFT JOIN audit_streams s
                ON s.tenant_id = p_tenant AND s.stream_type = e.stream_type AND s.stream_id = e.stream_id
        ) e
        CROSS JOIN LATERAL (SELECT CASE WHEN e.expected_version <> e.version THEN format(
            '%s/%s is at version %s, expected %s', e.stream_type, e.stream_id, e.version, e.expected_version) END AS conflict) c
        LEFT JOIN LATERAL (
            SELECT l.position, (l.stream_type, l.stream_id, l.event_type, l.schema_version, l.actor_id, l.payload::text)
                       IS DISTINCT FROM (e.stream_type, e.stream_id, e.event_type, e.schema_version, e.actor_id, e.payload::text)
                   OR l.salt IS NOT NULL AND (l.personal::text, l.attachment)
                       IS DISTINCT FROM (e.personal::text, e.attachment) AS other
            FROM audit_logs l
            WHERE l.tenant_id = p_tenant AND l.event_id = e.event_id AND l.recorded_at >= horizon
            LIMIT 1
        ) k ON true
    ) e;

    IF verdict.appends IS NULL THEN
        RETURN;
    ELSIF verdict.disordered THEN
        RAISE EXCEPTION 'append numbers must not be null, and must not decrease'
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
    WITH numbered AS MATERIALIZED (
        SELECT e.*, head.size - 1 + e.ordinality AS position, coalesce(e.salt, uuid_send(gen_random_uuid())) AS sealed,
               coalesce(s.version, 0)
                   + row_number() OVER (PARTITION BY e.stream_type, e.stream_id ORDER BY e.ordinality) AS version
        FROM unnest(p_events) WITH ORDINALITY e
        LEFT JOIN audit_streams s
            ON s.tenant_id = p_tenant AND s.stream_type = e.stream_type AND s.stream_id = e.stream_id
    ), hashed AS MATERIALIZED (
        SELECT n.*, h.erasable_hash, audit_commitment(n.payload, h.erasable_hash) AS commitment
        FROM numbered n, LATERAL (SELECT audit_erasable_hash(n.sealed, n.personal, n.attachment) OFFSET 0) AS h (erasable_hash)
    ), logged AS (
        INSERT INTO audit_logs
        SELECT p_tenant, e.position, e.event_id, moment, e.stream_type, e.stream_id, e.version, e.event_type,
               e.schema_version, e.actor_id, e.correlation_id, e.causation_id, e.payload, e.personal, e.attachment,
               e.sealed, e.erasable_hash, e.commitment,
               sha256('\x00'::bytea || convert_to(audit_entry(p_tenant, e.position, e.event_id, moment, e.stream_type,
                   e.stream_id, e.version, e.event_type, e.schema_version, e.actor_id, e.correlation_id,
                   e.causation_id, e.commitment), 'UTF8'))
        FROM hashed e
    )
    INSERT INTO audit_streams
    SELECT p_tenant, e.stream_type, e.stream_id, max(e.version) FROM numbered e GROUP BY e.stream_type, e.stream_id
    ON CONFLICT (tenant_id, stream_type, stream_id) DO UPDATE SET version = excluded.version;

    UPDATE audit_log_heads h SET size = head.size + cardinality(p_events), recorded_at = moment
    WHERE h.tenant_id = p_tenant;
    -- Constraints hold for the state after the append, whatever the order of the folds.
    PERFORM fold_constraints(true);
    PERFORM fold_inline(p_tenant, head.size, head.size + cardinality(p_events), moment,
                        ARRAY(SELECT DISTINCT e.event_type FROM unnest(p_events) e));
    PERFORM fold_constraints(false);
    -- A hint and no more: every session of the database may hear it.
    PERFORM pg_notify('atlas2_log', '');
    RETURN QUERY
        SELECT e.append, 'appended', head.size - 1 + min(e.ordinality), head.size - 1 + max(e.ordinality), NULL::text
        FROM unnest(p_events) WITH ORDINALITY e GROUP BY e.append ORDER BY e.append;
END $$;
COMMENT ON FUNCTION audit_append(uuid, audit_append_event[]) IS 'Appends events to a tenant''s log: the only way in';
REVOKE ALL ON FUNCTION audit_append(uuid, audit_append_event[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_append(uuid, audit_append_event[]) TO atlas2_app;
