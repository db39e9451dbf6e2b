-- Folds ranges of many tenants' logs into the projection's tables in p_schema, one range a tenant: what projection_fold
-- does, in one subtransaction for all of them where none fails. One each would be more than the server keeps account of
-- (64): every other session would then look up on disk what it sees.
--
-- Returns where the projection stopped, for the tenants where it did; of all others everything is folded.
CREATE OR REPLACE FUNCTION projection_fold_many(p_schema text, p_projection text, p_tenants uuid[], p_from bigint[], p_to bigint[])
RETURNS TABLE (tenant uuid, reached bigint)
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    stops text := format('%I.projection_stops', p_schema);
    waits boolean := false;
BEGIN
    IF to_regclass(stops) IS NOT NULL THEN
        EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE tenant_id = ANY ($1) AND projection = $2)', stops) INTO waits USING p_tenants, p_projection;
    END IF;
    IF NOT waits THEN
        BEGIN
            PERFORM projection_fold_range(p_schema, p_projection, r.tenant, r.start, r.stop)
            FROM unnest(p_tenants, p_from, p_to) r (tenant, start, stop);
            RETURN;
        EXCEPTION WHEN OTHERS THEN
            -- As projection_fold tells what is an event's fault.
            IF SQLSTATE !~ '^(21|22|23|42|P0|AT)' THEN RAISE; END IF;
        END;
    END IF;
    RETURN QUERY SELECT r.tenant, f.reached FROM unnest(p_tenants, p_from, p_to) r (tenant, start, stop),
        LATERAL projection_fold(p_schema, p_projection, r.tenant, r.start, r.stop) f WHERE f.stopped;
END $$;
COMMENT ON FUNCTION projection_fold_many(text, text, uuid[], bigint[], bigint[]) IS 'Folds ranges of many tenants into a projection; returns where it stopped';
REVOKE ALL ON FUNCTION projection_fold_many(text, text, uuid[], bigint[], bigint[]) FROM PUBLIC;
