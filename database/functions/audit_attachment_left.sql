-- Whether an attachment may stand, under a new salt, where another one stood. Result rows and lines of files lose the salt
-- that opens them, so they must bring what proves them; what nothing proves can only stay as it is.
CREATE OR REPLACE FUNCTION audit_attachment_left(p_type text, p_payload json, p_before bytea, p_after bytea) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN p_type IN ('job.rows_processed', 'job.rows_fixed') THEN audit_rows_left(p_payload, p_before, p_after)
                WHEN p_type = 'job.file_chunk_stored' AND p_payload->>'lines_root' IS NOT NULL
                    THEN audit_lines_left(p_payload, p_before, p_after)
                ELSE coalesce(p_after = p_before, false) END
$$;
COMMENT ON FUNCTION audit_attachment_left(text, json, bytea, bytea) IS 'Whether an attachment may stand where another one stood';
REVOKE ALL ON FUNCTION audit_attachment_left(text, json, bytea, bytea) FROM PUBLIC;
