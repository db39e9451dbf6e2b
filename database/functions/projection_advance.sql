-- Folds up to p_limit further events into a projection; rows and checkpoint move in this one transaction.
-- Returns the number of events that are still unread.
CREATE OR REPLACE FUNCTION projection_advance(p_projection text, p_tenant uuid, p_limit bigint DEFAULT 100000)
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    definition record;
    head       bigint;
    start      bigint;
    until      bigint;
BEGIN
    PERFORM audit_require_tenant(p_tenant);
    IF p_limit IS NULL OR p_limit < 1 THEN
        RAISE EXCEPTION 'the limit must be 1 or more' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT * INTO definition FROM projection_definitions() d WHERE d.name = p_projection;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no projection %', p_projection
            USING ERRCODE = 'undefined_object', HINT = 'SELECT name FROM projection_definitions() lists them.';
    END IF;
    -- An inline projection must not be overtaken by an append while it catches up.
    IF definition.mode = 'inline' THEN
        PERFORM FROM audit_log_heads WHERE tenant_id = p_tenant FOR UPDATE;
    END IF;
    INSERT INTO projection_checkpoints VALUES (p_tenant, p_projection, 0) ON CONFLICT DO NOTHING;
    SELECT position INTO start FROM projection_checkpoints
    WHERE tenant_id = p_tenant AND projection = p_projection FOR UPDATE;
    SELECT size INTO head FROM audit_log_heads WHERE tenant_id = p_tenant;
    IF head IS NULL OR start >= head THEN RETURN 0; END IF;
    until := start + least(p_limit, head - start);
    PERFORM fold_constraints(true);
    EXECUTE format('SELECT %I($1, $2, $3, $4)', 'fold_' || p_projection) USING p_tenant, start, until, '-infinity'::timestamptz;
    PERFORM fold_constraints(false);
    UPDATE projection_checkpoints SET position = until WHERE tenant_id = p_tenant AND projection = p_projection;
    RETURN head - until;
END $$;
COMMENT ON FUNCTION projection_advance(text, uuid, bigint) IS 'Folds further events into a projection; returns how many are still unread';
REVOKE ALL ON FUNCTION projection_advance(text, uuid, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION projection_advance(text, uuid, bigint) TO atlas2_app;
