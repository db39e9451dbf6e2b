-- Takes back what 008 added. What was skipped stays in the log, but nobody reads it there any more: a projection that
-- was stopped is behind.
SET ROLE atlas2_owner;
DO $$
DECLARE
    fold record;
BEGIN
    FOR fold IN
        SELECT p.oid::regprocedure::text AS name, pg_get_functiondef(p.oid) AS text, obj_description(p.oid, 'pg_proc') AS comment
        FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace AND p.proname LIKE 'fold\_%' AND p.pronargs = 7
          AND obj_description(p.oid, 'pg_proc') LIKE '{"projection":%'
    LOOP
        EXECUTE format('DROP FUNCTION %s', fold.name);
        EXECUTE replace(replace(fold.text, ', p_skipped bigint[], p_streams uuid[], p_only boolean)', ')'),
            ' AND l.position <> ALL (p_skipped) AND (l.stream_id = ANY (p_streams)) = p_only', '');
        fold.name := replace(fold.name, ',bigint[],uuid[],boolean)', ')');
        EXECUTE format('COMMENT ON FUNCTION %s IS %L', fold.name, fold.comment);
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', fold.name);
    END LOOP;
END $$;
DROP FUNCTION IF EXISTS audit_write(uuid, audit_append_event[], boolean);
DROP FUNCTION IF EXISTS projection_fold(text, text, uuid, bigint, bigint, boolean, uuid);
DROP FUNCTION IF EXISTS projection_placed(text, uuid, bigint, text);
DROP FUNCTION IF EXISTS projection_required(uuid, text[]);
DROP FUNCTION IF EXISTS projection_resume(uuid, audit_append_event[]);
DROP FUNCTION IF EXISTS projection_status(uuid);
DROP FUNCTION IF EXISTS projection_sets_aside(text, text);
DROP VIEW IF EXISTS system_health;
DROP TABLE IF EXISTS projection_stops;
ALTER TABLE projection_checkpoints DROP COLUMN IF EXISTS read_events, DROP COLUMN IF EXISTS read_in;
DELETE FROM schema_migrations WHERE version = 8;
RESET ROLE;
