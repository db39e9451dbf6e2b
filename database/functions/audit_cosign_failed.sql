-- Notes that a witness has not cosigned a checkpoint, and why: what atlas2 doctor says of it until it cosigns again.
CREATE OR REPLACE FUNCTION audit_cosign_failed(p_tenant uuid, p_size bigint, p_witness text, p_code text, p_message text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM audit_require_tenant(p_tenant);
    INSERT INTO log_witness_failures AS f
    VALUES (p_tenant, p_witness, p_size, p_code, left(p_message, 1000), audit_clock(), audit_clock())
    ON CONFLICT (tenant_id, witness) DO UPDATE SET
        size = excluded.size, code = excluded.code, message = excluded.message, failed_at = excluded.failed_at;
END $$;
COMMENT ON FUNCTION audit_cosign_failed(uuid, bigint, text, text, text) IS 'Notes why a witness has not cosigned a checkpoint';
REVOKE ALL ON FUNCTION audit_cosign_failed(uuid, bigint, text, text, text) FROM PUBLIC, atlas2_app;
GRANT EXECUTE ON FUNCTION audit_cosign_failed(uuid, bigint, text, text, text) TO atlas2_sealer;
