-- Whether a result chunk is what is left of another: the same fields, each row as it was or null, and with its opening the
-- root that the payload states.
CREATE OR REPLACE FUNCTION audit_rows_left(p_payload json, p_before bytea, p_after bytea) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT coalesce((b.chunk->'fields')::text = (a.chunk->'fields')::text
       AND json_array_length(b.chunk->'rows') = json_array_length(a.chunk->'rows')
       AND json_array_length(b.chunk->'rows') = json_array_length(a.chunk->'opening')
       AND NOT EXISTS (
           SELECT FROM ROWS FROM (json_array_elements(b.chunk->'rows'), json_array_elements(a.chunk->'rows')) r (before, after)
           WHERE r.after::text <> r.before::text AND r.after::text <> 'null')
       AND encode(audit_tree_root((
           SELECT array_agg(CASE WHEN r.row::text = 'null' THEN decode(r.word, 'hex')
                                 ELSE sha256('\x00'::bytea || decode(r.word, 'hex') || convert_to(r.row::text, 'UTF8')) END ORDER BY r.n)
           FROM ROWS FROM (json_array_elements(a.chunk->'rows'), json_array_elements_text(a.chunk->'opening'))
                WITH ORDINALITY r (row, word, n)
           WHERE r.word ~ CASE WHEN r.row::text = 'null' THEN '^[0-9a-f]{64}$' ELSE '^[0-9a-f]{32}$' END)), 'hex')
           = p_payload->>'rows_root', false)
    FROM (SELECT convert_from(p_before, 'UTF8')::json AS chunk) b, (SELECT convert_from(p_after, 'UTF8')::json AS chunk) a
$$;
COMMENT ON FUNCTION audit_rows_left(json, bytea, bytea) IS 'Whether a result chunk is what is left of another, as the payload of both proves';
REVOKE ALL ON FUNCTION audit_rows_left(json, bytea, bytea) FROM PUBLIC;
