-- Whether a projection in a schema sets aside what it cannot fold, and goes on; otherwise it stops there.
CREATE OR REPLACE FUNCTION projection_sets_aside(p_schema text, p_projection text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp
AS $$
    SELECT coalesce(bool_or(obj_description(p.oid, 'pg_proc')::jsonb->>'poison' = 'set-aside'), false)
    FROM pg_proc p
    WHERE p.pronamespace = to_regnamespace(quote_ident(p_schema)) AND p.proname = 'fold_' || p_projection
      AND obj_description(p.oid, 'pg_proc') LIKE '{"projection":%'
$$;
COMMENT ON FUNCTION projection_sets_aside(text, text) IS 'Whether a projection goes on without what it cannot fold';
