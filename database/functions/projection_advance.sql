-- Folds up to p_limit further events into a projection; rows and checkpoint move in this one transaction.
-- Returns the number of events that it can still read: 0 at the head, and where the projection stopped.
CREATE OR REPLACE FUNCTION projection_advance(p_projection text, p_tenant uuid, p_limit bigint DEFAULT 100000)
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    -- How far behind an inline projection may be for appends to wait while it catches up.
    near       CONSTANT bigint := 1000;
    is_inline  boolean;
    is_locked  boolean;
    head       bigint;
    start      bigint;
    until      bigint;
    stop       projection_stops;
    fold       record;
    began      timestamptz := clock_timestamp();
BEGIN
    PERFORM audit_require_tenant(p_tenant);
    IF p_limit IS NULL OR p_limit < 1 THEN
        RAISE EXCEPTION 'the limit must be 1 or more' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT d.mode = 'inline' INTO is_inline FROM projection_definitions() d WHERE d.name = p_projection;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no projection %', p_projection
            USING ERRCODE = 'undefined_object', HINT = 'SELECT name FROM projection_definitions() lists them.';
    END IF;
    INSERT INTO projection_checkpoints (tenant_id, projection, position) VALUES (p_tenant, p_projection, 0) ON CONFLICT DO NOTHING;
    -- An inline projection must not be overtaken by an append when it comes to the head, nor while a stream comes back
    -- that appends leave out. Before that, appends go on.
    SELECT is_inline AND (h.size - c.position <= near
               OR EXISTS (SELECT FROM projection_stops s WHERE s.tenant_id = p_tenant AND s.projection = p_projection AND s.set_aside AND s.is_due))
    INTO is_locked
    FROM audit_log_heads h JOIN projection_checkpoints c ON c.tenant_id = h.tenant_id AND c.projection = p_projection
    WHERE h.tenant_id = p_tenant;
    IF is_locked THEN
        PERFORM FROM audit_log_heads WHERE tenant_id = p_tenant FOR UPDATE;
    END IF;
    SELECT position INTO start FROM projection_checkpoints
    WHERE tenant_id = p_tenant AND projection = p_projection FOR UPDATE;
    SELECT size INTO head FROM audit_log_heads WHERE tenant_id = p_tenant;
    IF head IS NULL THEN RETURN 0; END IF;

    FOR stop IN
        SELECT * FROM projection_stops
        WHERE tenant_id = p_tenant AND projection = p_projection AND set_aside AND is_due AND (is_locked OR NOT is_inline) ORDER BY position
    LOOP
        DELETE FROM projection_stops s WHERE s.tenant_id = p_tenant AND s.projection = p_projection AND s.position = stop.position;
        PERFORM projection_fold('public', p_projection, p_tenant, stop.position, start, false, stop.stream_id);
    END LOOP;

    IF start >= head THEN RETURN 0; END IF;
    until := start + least(p_limit, head - start);
    SELECT * INTO stop FROM projection_stops
    WHERE tenant_id = p_tenant AND projection = p_projection AND NOT set_aside AND position = start;
    IF FOUND THEN
        IF NOT stop.is_due AND stop.sqlstate <> '23503' THEN RETURN 0; END IF;
        -- It is likely to stop here again.
        until := start + 1;
    END IF;
    IF is_inline AND NOT is_locked THEN
        -- The last events are left for who holds the lock.
        until := least(until, head - 1);
        IF until <= start THEN RETURN head - start; END IF;
    END IF;
    SELECT * INTO fold FROM projection_fold('public', p_projection, p_tenant, start, until);
    UPDATE projection_checkpoints
    SET position = fold.reached, read_events = fold.reached - start, read_in = clock_timestamp() - began
    WHERE tenant_id = p_tenant AND projection = p_projection AND fold.reached > start;
    RETURN CASE WHEN fold.stopped THEN 0 ELSE head - fold.reached END;
END $$;
COMMENT ON FUNCTION projection_advance(text, uuid, bigint) IS 'Folds further events into a projection; returns how many it can still read';
REVOKE ALL ON FUNCTION projection_advance(text, uuid, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION projection_advance(text, uuid, bigint) TO atlas2_app;
