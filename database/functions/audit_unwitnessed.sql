-- The tenants whose latest checkpoint a present witness of theirs has not cosigned yet: who sends them asks once for all.
-- It reads across tenants on purpose, and tells nothing but their ids.
CREATE OR REPLACE FUNCTION audit_unwitnessed() RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT DISTINCT w.tenant_id FROM log_witnesses w
    WHERE w.removed_at IS NULL
      AND (SELECT c.size FROM log_checkpoints c WHERE c.tenant_id = w.tenant_id ORDER BY c.size DESC LIMIT 1)
          > coalesce((SELECT s.size FROM log_cosignatures s WHERE s.tenant_id = w.tenant_id AND s.witness = w.key
                      ORDER BY s.size DESC LIMIT 1), 0);
END $$;
COMMENT ON FUNCTION audit_unwitnessed() IS 'The tenants whose latest checkpoint a witness has not cosigned yet';
REVOKE ALL ON FUNCTION audit_unwitnessed() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_unwitnessed() TO atlas2_sealer;
