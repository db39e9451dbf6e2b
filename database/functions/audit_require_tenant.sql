-- What every function asks that runs with the owner's rights: is the session set to this tenant?
CREATE OR REPLACE FUNCTION audit_require_tenant(p_tenant uuid) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    IF p_tenant IS NULL OR current_setting('atlas2.tenant_id', true) IS DISTINCT FROM p_tenant::text THEN
        RAISE EXCEPTION 'the session is not set to tenant %', p_tenant
            USING ERRCODE = 'insufficient_privilege',
                  HINT = format('SET LOCAL atlas2.tenant_id = %L inside the transaction.', p_tenant);
    END IF;
END $$;
COMMENT ON FUNCTION audit_require_tenant(uuid) IS 'Refuses a session that is not set to the tenant';
