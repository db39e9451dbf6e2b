-- Whether a piece of a file is what is left of another: as many lines and bytes as the payload states, each line one that
-- its root proves or blank (no letter and no digit but x), and none that was blank before there again.
CREATE OR REPLACE FUNCTION audit_lines_left(p_payload json, p_before bytea, p_after bytea) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    WITH after AS MATERIALIZED (SELECT * FROM audit_file_lines(p_after))
    SELECT coalesce(count(*) = (p_payload->>'lines')::bigint
       AND sum(length(a.bytes)) = (p_payload->>'size')::bigint
       AND length(p_after) = 25 + 36 * count(*) + sum(length(a.bytes))
       AND bool_and(length(a.bytes) > 0 AND a.leaf IS NOT NULL)
       AND NOT bool_or(a.is_blank AND encode(a.bytes, 'escape') COLLATE "C" ~ '[0-9A-Za-wyz]')
       AND encode(audit_tree_root(array_agg(a.leaf ORDER BY a.number)), 'hex') = p_payload->>'lines_root'
       AND NOT EXISTS (SELECT FROM audit_file_lines(p_before) b JOIN after x USING (number) WHERE b.is_blank AND NOT x.is_blank),
       false)
    FROM after a
$$;
COMMENT ON FUNCTION audit_lines_left(json, bytea, bytea) IS 'Whether a piece of a file is what is left of another, as the payload of both proves';
REVOKE ALL ON FUNCTION audit_lines_left(json, bytea, bytea) FROM PUBLIC;
