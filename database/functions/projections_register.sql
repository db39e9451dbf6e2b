-- Writes fold_constraints, which defers the projections' own constraints and no others (a caller's deferred triggers
-- would run with the owner's rights), and fold_inline, which every append calls: it folds the new events into each inline projection that reads them
-- and has read all before them. `p_types` says what the events are, as `type@version`. Called again whenever a projection is installed or removed.
CREATE OR REPLACE FUNCTION projections_register() RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $register$
DECLARE
    names       text[];
    patterns    text;
    folds       text;
    constraints text;
    known       text[];
    kinds       text[];
BEGIN
    SELECT coalesce(array_agg(d.name ORDER BY d.name), '{}'),
           coalesce(string_agg(format('(%L, %L::text[])', d.name,
               ARRAY(SELECT replace(replace(e, '_', '\_'), '*', '%') || '@%' FROM unnest(d.events) e)), ', ' ORDER BY d.name), '(NULL::text, NULL::text[])'),
           coalesce(string_agg(format('    IF %L = ANY (due) THEN PERFORM %I(p_tenant, p_from, p_to, p_since, ''{}'', %s, false); END IF;',
               d.name, 'fold_' || d.name,
               CASE WHEN projection_sets_aside('public', d.name)
                    THEN format('ARRAY(SELECT s.stream_id FROM projection_stops s WHERE s.tenant_id = p_tenant AND s.projection = %L)', d.name)
                    ELSE '''{}''' END), E'\n' ORDER BY d.name), '')
    INTO names, patterns, folds
    FROM projection_definitions() d WHERE d.mode = 'inline';
    SELECT coalesce(string_agg(format('public.%I', c.conname), ', ' ORDER BY c.conname), '')
    INTO constraints
    FROM (SELECT DISTINCT conname FROM pg_constraint
          WHERE connamespace = 'public'::regnamespace AND condeferrable AND conparentid = 0) c;
    EXECUTE format($sql$
CREATE OR REPLACE FUNCTION fold_constraints(p_deferred boolean) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $fold$
DECLARE
    rest text;
BEGIN
%1$s
EXCEPTION WHEN undefined_object THEN
    -- A table was dropped by hand: what reads the others goes on.
    SELECT string_agg(DISTINCT format('public.%%I', conname), ', ') INTO rest FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND condeferrable AND conparentid = 0;
    IF rest <> '' THEN EXECUTE format('SET CONSTRAINTS %%s %%s', rest, CASE WHEN p_deferred THEN 'DEFERRED' ELSE 'IMMEDIATE' END); END IF;
END $fold$ $sql$,
        CASE WHEN constraints <> '' THEN format(
            '    IF p_deferred THEN SET CONSTRAINTS %1$s DEFERRED; ELSE SET CONSTRAINTS %1$s IMMEDIATE; END IF;', constraints) ELSE '' END);
    COMMENT ON FUNCTION fold_constraints(boolean) IS 'Defers the projections'' constraints, or checks them; written by projections_register';
    REVOKE ALL ON FUNCTION fold_constraints(boolean) FROM PUBLIC;
    SELECT array_agg(t.event_type || '@' || v ORDER BY t.event_type, v), array_agg(DISTINCT split_part(t.event_type, '.', 1))
    INTO known, kinds
    FROM event_types() t, generate_series(1, t.version) v;
    EXECUTE format($sql$
CREATE OR REPLACE FUNCTION fold_inline(p_tenant uuid, p_from bigint, p_to bigint, p_since timestamptz, p_types text[]) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp SET plan_cache_mode = auto SET enable_seqscan = on AS $fold$
DECLARE
    due  text[];
    one  text;
    fold record;
BEGIN
    IF p_from = 0 THEN
        INSERT INTO projection_checkpoints (tenant_id, projection, position) SELECT p_tenant, name, 0 FROM unnest(%1$L::text[]) name ON CONFLICT DO NOTHING;
    END IF;
    -- A projection that is behind or stopped is left where it is.
    WITH moved AS (
        UPDATE projection_checkpoints SET position = p_to
        WHERE tenant_id = p_tenant AND projection = ANY (%1$L::text[]) AND position = p_from RETURNING projection)
    SELECT array_agg(p.name) INTO due
    FROM moved m JOIN (VALUES %2$s) AS p (name, events) ON p.name = m.projection
    WHERE EXISTS (SELECT FROM unnest(p_types) t WHERE t LIKE ANY (p.events));
    IF due IS NULL THEN RETURN; END IF;
    -- Constraints hold for the state after the append, whatever the order of the folds.
    PERFORM fold_constraints(true);
    IF NOT EXISTS (SELECT FROM unnest(p_types) t
                   WHERE t <> ALL (%4$L::text[]) AND NOT (t LIKE '%%@1' AND split_part(t, '.', 1) <> ALL (%5$L::text[]))) THEN
%3$s
    ELSE
        -- Some event may be one that a projection does not understand: it stops there, and the append goes on.
        FOREACH one IN ARRAY due LOOP
            SELECT * INTO fold FROM projection_fold('public', one, p_tenant, p_from, p_to, true);
            UPDATE projection_checkpoints SET position = fold.reached
            WHERE fold.stopped AND tenant_id = p_tenant AND projection = one;
        END LOOP;
    END IF;
    PERFORM fold_constraints(false);
END $fold$ $sql$, names, patterns, folds, known, kinds);
    COMMENT ON FUNCTION fold_inline(uuid, bigint, bigint, timestamptz, text[]) IS 'Folds new events into the inline projections; written by projections_register';
    REVOKE ALL ON FUNCTION fold_inline(uuid, bigint, bigint, timestamptz, text[]) FROM PUBLIC;
END $register$;
COMMENT ON FUNCTION projections_register() IS 'Writes fold_inline from the installed projections';
REVOKE ALL ON FUNCTION projections_register() FROM PUBLIC;
