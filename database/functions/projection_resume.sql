-- Takes the decision about what a projection could not fold, as an event: `projection.retried` tries all of it again,
-- `projection.event_skipped` leaves one event out, now and in every replay. The next who follows acts on it.
-- Raises when the session's role is neither admin nor system, or the projection is not stopped at that event.
CREATE OR REPLACE FUNCTION projection_resume(p_tenant uuid, p_events audit_append_event[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    event   audit_append_event := p_events[1];
    target  text := event.payload->>'projection';
    at      bigint := event.payload->>'position';
    outcome text;
BEGIN
    PERFORM audit_require_tenant(p_tenant);
    IF coalesce(current_setting('atlas2.role', true), '') NOT IN ('admin', 'system') THEN
        RAISE EXCEPTION 'only an admin may let a projection go on'
            USING ERRCODE = 'insufficient_privilege', HINT = 'SET LOCAL atlas2.role = ''admin'' inside the transaction, for an admin.';
    END IF;
    IF cardinality(p_events) <> 1 OR event.stream_type <> 'projection' OR event.schema_version <> 1
       OR event.event_type NOT IN ('projection.retried', 'projection.event_skipped') THEN
        RAISE EXCEPTION 'one event projection.retried or projection.event_skipped is needed' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- In the order of those who follow: an inline projection's reader holds the head first.
    IF EXISTS (SELECT FROM projection_definitions() d WHERE d.name = target AND d.mode = 'inline') THEN
        PERFORM FROM audit_log_heads WHERE tenant_id = p_tenant FOR UPDATE;
    END IF;
    PERFORM FROM projection_checkpoints WHERE tenant_id = p_tenant AND projection = target FOR UPDATE;
    UPDATE projection_stops s SET is_due = true
    WHERE s.tenant_id = p_tenant AND s.projection = target
      AND (event.event_type = 'projection.retried'
           OR s.position = at AND s.event_id::text = event.payload->>'event_id' AND s.event_type = event.payload->>'event_type');
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the projection % is not stopped%', target, coalesce(' at position ' || at, '')
            USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'atlas2 projections status shows where it is.';
    END IF;
    SELECT w.outcome INTO outcome FROM audit_write(p_tenant, p_events, true) w;
    IF outcome <> 'appended' THEN
        RAISE EXCEPTION 'the decision could not be recorded: %', outcome USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
END $$;
COMMENT ON FUNCTION projection_resume(uuid, audit_append_event[]) IS 'Lets a projection try again, or go on without an event, and appends the event that says so';
REVOKE ALL ON FUNCTION projection_resume(uuid, audit_append_event[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION projection_resume(uuid, audit_append_event[]) TO atlas2_app;
