-- Writes fold_inline, which every append calls: it folds the new events into each inline projection that reads them
-- and has read all before them. Called again whenever a projection is installed or removed.
CREATE OR REPLACE FUNCTION projections_register() RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $register$
DECLARE
    names text[];
    folds text;
BEGIN
    SELECT coalesce(array_agg(d.name ORDER BY d.name), '{}'),
           coalesce(string_agg(format(
        '    IF %L = ANY (ready) AND EXISTS (SELECT FROM unnest(p_types) t WHERE t LIKE ANY (%L::text[])) THEN PERFORM %I(p_tenant, p_from, p_to, p_since); END IF;',
        d.name, ARRAY(SELECT replace(replace(e, '_', '\_'), '*', '%') FROM unnest(d.events) e), 'fold_' || d.name),
        E'\n' ORDER BY d.name), '')
    INTO names, folds
    FROM projection_definitions() d WHERE d.mode = 'inline';
    EXECUTE format($sql$
CREATE OR REPLACE FUNCTION fold_inline(p_tenant uuid, p_from bigint, p_to bigint, p_since timestamptz, p_types text[]) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $fold$
DECLARE
    ready text[];
BEGIN
    IF p_from = 0 THEN
        INSERT INTO projection_checkpoints SELECT p_tenant, name, 0 FROM unnest(%1$L::text[]) name ON CONFLICT DO NOTHING;
    END IF;
    -- A projection that is behind or stopped is left where it is.
    WITH moved AS (
        UPDATE projection_checkpoints SET position = p_to
        WHERE tenant_id = p_tenant AND projection = ANY (%1$L::text[]) AND position = p_from RETURNING projection)
    SELECT array_agg(projection) INTO ready FROM moved;
%2$s
END $fold$ $sql$, names, folds);
    COMMENT ON FUNCTION fold_inline(uuid, bigint, bigint, timestamptz, text[]) IS 'Folds new events into the inline projections; written by projections_register';
    REVOKE ALL ON FUNCTION fold_inline(uuid, bigint, bigint, timestamptz, text[]) FROM PUBLIC;
END $register$;
COMMENT ON FUNCTION projections_register() IS 'Writes fold_inline from the installed projections';
REVOKE ALL ON FUNCTION projections_register() FROM PUBLIC;
