-- Asks that projections have read the whole log of a tenant, or raises: for appends that are checked against their
-- tables. To be called after audit_append in its transaction, when no other append can come between.
CREATE OR REPLACE FUNCTION projection_required(p_tenant uuid, p_projections text[]) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    late record;
BEGIN
    PERFORM audit_require_tenant(p_tenant);
    SELECT p.name, coalesce(c.position, 0) AS position, h.size, s.event_type
    INTO late
    FROM unnest(p_projections) WITH ORDINALITY p (name, place)
    JOIN audit_log_heads h ON h.tenant_id = p_tenant
    LEFT JOIN projection_checkpoints c ON c.tenant_id = p_tenant AND c.projection = p.name
    LEFT JOIN projection_stops s ON s.tenant_id = p_tenant AND s.projection = p.name AND s.position = c.position AND NOT s.set_aside
    WHERE c.position IS DISTINCT FROM h.size ORDER BY s.position IS NULL, p.place LIMIT 1;
    IF late.event_type IS NOT NULL THEN
        RAISE EXCEPTION 'nothing was done: the projection %, which this is checked against, stopped at position % (%)', late.name, late.position, late.event_type
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = format('atlas2 projections status shows why; then an admin may run atlas2 projections retry %1$s, or skip %1$s', late.name);
    ELSIF late.position > late.size THEN
        RAISE EXCEPTION 'nothing was done: the checkpoint of the projection %, which this is checked against, is beyond the end of the log, at position % of %', late.name, late.position, late.size
            USING ERRCODE = 'object_not_in_prerequisite_state', HINT = format('somebody has moved it: atlas2 projections verify shows what else differs, atlas2 projections repair %s puts it right', late.name);
    ELSIF FOUND THEN
        RAISE EXCEPTION 'nothing was done: the projection %, which this is checked against, is behind the log, at position % of %', late.name, late.position, late.size
            USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'atlas2 work, or any command that changes something, brings it to the end; atlas2 projections status shows how far it is';
    END IF;
    RETURN true;
END $$;
COMMENT ON FUNCTION projection_required(uuid, text[]) IS 'Raises where projections have not read the whole log of a tenant';
REVOKE ALL ON FUNCTION projection_required(uuid, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION projection_required(uuid, text[]) TO atlas2_app;
