-- Stores a witness's signature line of a checkpoint, the latest one it gave; whoever reads it checks it.
CREATE OR REPLACE FUNCTION audit_cosign(p_tenant uuid, p_size bigint, p_witness text, p_signature text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM audit_require_tenant(p_tenant);
    IF NOT EXISTS (SELECT FROM log_checkpoints WHERE tenant_id = p_tenant AND size = p_size) THEN
        RAISE EXCEPTION 'there is no checkpoint of size %', p_size USING ERRCODE = 'invalid_parameter_value';
    END IF;
    INSERT INTO log_cosignatures VALUES (p_tenant, p_size, p_witness, p_signature, audit_clock())
    ON CONFLICT (tenant_id, size, witness) DO UPDATE SET signature = excluded.signature, received_at = excluded.received_at;
    DELETE FROM log_witness_failures WHERE tenant_id = p_tenant AND witness = p_witness;
END $$;
COMMENT ON FUNCTION audit_cosign(uuid, bigint, text, text) IS 'Stores what a witness signed of a checkpoint';
REVOKE ALL ON FUNCTION audit_cosign(uuid, bigint, text, text) FROM PUBLIC, atlas2_app;
GRANT EXECUTE ON FUNCTION audit_cosign(uuid, bigint, text, text) TO atlas2_sealer;
