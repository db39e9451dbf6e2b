-- The projections of this database: each is a function fold_NAME whose comment is its definition.
CREATE OR REPLACE FUNCTION projection_definitions()
RETURNS TABLE (name text, version integer, mode text, events text[], key text, tables text[], sha256 text)
LANGUAGE sql STABLE SET search_path = public, pg_temp
BEGIN ATOMIC
    SELECT d->>'projection', (d->>'version')::integer, d->>'mode',
           ARRAY(SELECT jsonb_array_elements_text(d->'events')), d->>'key',
           ARRAY(SELECT jsonb_array_elements_text(d->'tables')), d->>'sha256'
    FROM pg_proc p
    CROSS JOIN LATERAL (SELECT obj_description(p.oid, 'pg_proc')::jsonb OFFSET 0) AS x (d)
    WHERE p.pronamespace = 'public'::regnamespace AND p.proname LIKE 'fold\_%'
      AND obj_description(p.oid, 'pg_proc') LIKE '{"projection":%'
    ORDER BY 1;
END;
COMMENT ON FUNCTION projection_definitions() IS 'The projections of this database';
