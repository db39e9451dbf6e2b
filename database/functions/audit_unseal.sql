-- Takes away a checkpoint that no key of the log has signed, as its sealer found. Returns whether it was still there as
-- it was found: another sealer may have put it right meanwhile.
CREATE OR REPLACE FUNCTION audit_unseal(p_tenant uuid, p_size bigint, p_note text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM audit_require_tenant(p_tenant);
    DELETE FROM log_checkpoints WHERE tenant_id = p_tenant AND size = p_size AND note = p_note;
    RETURN FOUND;
END $$;
COMMENT ON FUNCTION audit_unseal(uuid, bigint, text) IS 'Takes away a checkpoint that no key of the log has signed';
REVOKE ALL ON FUNCTION audit_unseal(uuid, bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_unseal(uuid, bigint, text) TO atlas2_sealer;
