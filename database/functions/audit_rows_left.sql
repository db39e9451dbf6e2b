-- Whether a result chunk is what is left of another: the same fields, and each row as it was or null.
CREATE OR REPLACE FUNCTION audit_rows_left(p_before bytea, p_after bytea) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT (b.chunk->'fields')::text = (a.chunk->'fields')::text
       AND json_array_length(b.chunk->'rows') = json_array_length(a.chunk->'rows')
       AND NOT EXISTS (
           SELECT FROM ROWS FROM (json_array_elements(b.chunk->'rows'), json_array_elements(a.chunk->'rows')) r (before, after)
           WHERE r.after::text <> r.before::text AND r.after::text <> 'null')
    FROM (SELECT convert_from(p_before, 'UTF8')::json AS chunk) b, (SELECT convert_from(p_after, 'UTF8')::json AS chunk) a
$$;
COMMENT ON FUNCTION audit_rows_left(bytea, bytea) IS 'Whether a result chunk is what is left of another';
REVOKE ALL ON FUNCTION audit_rows_left(bytea, bytea) FROM PUBLIC;
