-- Folds the positions from p_from up to, not including, p_to into the projection's tables in p_schema, as one; raises what
-- fails. What the log says was skipped of this projection is left out, wherever it says so.
--
-- p_new: the events are being appended; the caller sees to the constraints.
-- p_waiting: streams that are set aside. p_only: only theirs.
CREATE OR REPLACE FUNCTION projection_fold_range(p_schema text, p_projection text, p_tenant uuid, p_from bigint, p_to bigint,
    p_new boolean DEFAULT false, p_waiting uuid[] DEFAULT '{}', p_only boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp
-- Planned for the range that it is, also inside of an append.
SET plan_cache_mode = auto SET enable_seqscan = on AS $$
DECLARE
    skipped     bigint[] := '{}';
    constraints text := '';
BEGIN
    -- Events that are being appended cannot have been skipped.
    IF NOT p_new THEN
        skipped := ARRAY(
            SELECT (l.payload->>'position')::bigint FROM audit_logs l
            WHERE l.tenant_id = p_tenant AND l.stream_type = 'projection'
              AND CASE WHEN l.event_type = 'projection.event_skipped' AND l.payload->>'projection' = p_projection
                       THEN (l.payload->>'position')::bigint BETWEEN p_from AND p_to - 1 END);
    END IF;
    -- Constraints hold for the state after a range, whatever the order of the fold's statements.
    IF p_schema <> 'public' THEN
        SELECT coalesce('SET CONSTRAINTS ' || string_agg(DISTINCT format('%I.%I', p_schema, conname), ', ') || ' %s', '') INTO constraints
        FROM pg_constraint WHERE connamespace = to_regnamespace(quote_ident(p_schema)) AND condeferrable AND contype <> 'f';
    ELSIF NOT p_new THEN
        constraints := format('SELECT fold_constraints(%%L = ''DEFERRED'', ARRAY[%L])', p_projection);
    END IF;
    IF constraints <> '' THEN EXECUTE format(constraints, 'DEFERRED'); END IF;
    EXECUTE format('SELECT %I.%I($1, $2, $3, ''-infinity'', $4, $5, $6)', p_schema, 'fold_' || p_projection)
    USING p_tenant, p_from, p_to, skipped, p_waiting, p_only;
    IF constraints <> '' THEN EXECUTE format(constraints, 'IMMEDIATE'); END IF;
END $$;
COMMENT ON FUNCTION projection_fold_range(text, text, uuid, bigint, bigint, boolean, uuid[], boolean) IS 'Folds a range of positions into a projection as one, or raises what fails';
REVOKE ALL ON FUNCTION projection_fold_range(text, text, uuid, bigint, bigint, boolean, uuid[], boolean) FROM PUBLIC;
