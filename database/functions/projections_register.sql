-- Writes the two functions that depend on which projections there are; called again whenever one is installed or removed.
--
-- fold_constraints defers the constraints of the projections that it names, and no others: each costs a look into the
-- catalog, and a caller's deferred triggers would run with the owner's rights.
--
-- fold_inline, which every append calls, folds the new events into each inline projection that reads them and has read all
-- before them. `p_types` says what the events are, as `type@version`. A few events are folded by the statements of the
-- folds themselves, planned once a session: planning takes longer than folding them. `p_few` tells that plan what it
-- cannot know of a range between unknown bounds: that it is short.
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
           coalesce(string_agg(format(E'    IF %L = ANY (due) THEN\n    DECLARE p_skipped bigint[] := ''{}''; p_streams uuid[] := %s; p_only boolean := false;%s;\n    END IF;',
               d.name,
               CASE WHEN projection_sets_aside('public', d.name)
                    THEN format('ARRAY(SELECT s.stream_id FROM projection_stops s WHERE s.tenant_id = p_tenant AND s.projection = %L)', d.name)
                    ELSE '''{}''' END,
               replace(f.prosrc, 'l.position >= p_from AND l.position < p_to', 'l.position >= p_from AND l.position < p_to AND l.position = ANY (p_few)')),
               E'\n' ORDER BY d.name), '')
    INTO names, patterns, folds
    FROM projection_definitions() d JOIN pg_proc f ON f.oid = to_regproc(format('public.%I', 'fold_' || d.name)) WHERE d.mode = 'inline';
    -- A foreign key is touched by who writes either of its tables.
    SELECT coalesce(string_agg(format(
               '    IF %L = ANY (p_projections) THEN IF p_deferred THEN SET CONSTRAINTS %2$s DEFERRED; ELSE SET CONSTRAINTS %2$s IMMEDIATE; END IF; END IF;',
               c.name, c.list), E'\n' ORDER BY c.name), '')
    INTO constraints
    FROM (SELECT d.name, string_agg(DISTINCT format('public.%I', p.conname), ', ') AS list
          FROM projection_definitions() d, unnest(d.tables) t
          JOIN pg_constraint p ON to_regclass(format('public.%I', t)) IN (p.conrelid, p.confrelid)
          WHERE p.connamespace = 'public'::regnamespace AND p.condeferrable AND p.conparentid = 0 GROUP BY d.name) c;
    -- Of former versions.
    IF to_regprocedure('fold_constraints(boolean)') IS NOT NULL THEN DROP FUNCTION fold_constraints(boolean); END IF;
    EXECUTE format($sql$
CREATE OR REPLACE FUNCTION fold_constraints(p_deferred boolean, p_projections text[]) RETURNS void
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
END $fold$ $sql$, constraints);
    COMMENT ON FUNCTION fold_constraints(boolean, text[]) IS 'Defers constraints of projections, or checks them; written by projections_register';
    REVOKE ALL ON FUNCTION fold_constraints(boolean, text[]) FROM PUBLIC;
    SELECT array_agg(t.event_type || '@' || v ORDER BY t.event_type, v), array_agg(DISTINCT split_part(t.event_type, '.', 1))
    INTO known, kinds
    FROM event_types() t, generate_series(1, t.version) v;
    EXECUTE format($sql$
CREATE OR REPLACE FUNCTION fold_inline(p_tenant uuid, p_from bigint, p_to bigint, p_since timestamptz, p_types text[]) RETURNS void
LANGUAGE plpgsql SET search_path = fold, public, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD'
SET intervalstyle = 'postgres' SET bytea_output = 'hex' SET transform_null_equals = off SET standard_conforming_strings = on
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $fold$
#variable_conflict use_column
DECLARE
    due   text[];
    one   text;
    part  record;
    p_few bigint[];
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
    PERFORM fold_constraints(true, due);
    IF p_to - p_from <= 500 AND NOT EXISTS (SELECT FROM unnest(p_types) t
                   WHERE t <> ALL (%4$L::text[]) AND NOT (t LIKE '%%@1' AND split_part(t, '.', 1) <> ALL (%5$L::text[]))) THEN
    p_few := ARRAY(SELECT generate_series(p_from, p_to - 1));
%3$s
    ELSE
        -- Many; or some event may be one that a projection does not understand: it stops there, and the append goes on.
        FOREACH one IN ARRAY due LOOP
            SELECT * INTO part FROM projection_fold('public', one, p_tenant, p_from, p_to, true);
            UPDATE projection_checkpoints SET position = part.reached
            WHERE part.stopped AND tenant_id = p_tenant AND projection = one;
        END LOOP;
    END IF;
    PERFORM fold_constraints(false, due);
END $fold$ $sql$, names, patterns, folds, known, kinds);
    COMMENT ON FUNCTION fold_inline(uuid, bigint, bigint, timestamptz, text[]) IS 'Folds new events into the inline projections; written by projections_register';
    REVOKE ALL ON FUNCTION fold_inline(uuid, bigint, bigint, timestamptz, text[]) FROM PUBLIC;
END $register$;
COMMENT ON FUNCTION projections_register() IS 'Writes fold_inline from the installed projections';
REVOKE ALL ON FUNCTION projections_register() FROM PUBLIC;
