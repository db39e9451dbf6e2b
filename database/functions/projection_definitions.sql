-- The projections of this database: each is a function fold_NAME whose comment is its definition.
CREATE OR REPLACE FUNCTION projection_definitions()
RETURNS TABLE (name text, version integer, mode text, events text[], key text, tables text[], sha256 text)
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    -- Planned once a session: every wakeup of a worker asks.
    RETURN QUERY
        SELECT d->>'projection', (d->>'version')::integer, d->>'mode',
               ARRAY(SELECT jsonb_array_elements_text(d->'events')), d->>'key',
               ARRAY(SELECT jsonb_array_elements_text(d->'tables')), d->>'sha256'
        FROM (SELECT c.description::jsonb AS d
              FROM pg_proc p JOIN pg_description c ON c.objoid = p.oid AND c.classoid = 'pg_proc'::regclass AND c.objsubid = 0
              WHERE p.pronamespace = 'public'::regnamespace AND p.proname LIKE 'fold\_%'
                AND c.description LIKE '{"projection":%' OFFSET 0) x
        ORDER BY 1;
END $$;
COMMENT ON FUNCTION projection_definitions() IS 'The projections of this database';
