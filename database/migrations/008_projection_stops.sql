-- Where projections stopped, and how fast they read. Running it again changes nothing.
-- By hand: psql -v ON_ERROR_STOP=1 -d atlas2 -f database/migrations/008_projection_stops.sql

SET ROLE atlas2_owner;

CREATE TABLE IF NOT EXISTS projection_stops (
    tenant_id   uuid        NOT NULL,
    projection  text        COLLATE "C" NOT NULL,
    position    bigint      NOT NULL,
    stream_type text        COLLATE "C" NOT NULL,
    stream_id   uuid        NOT NULL,
    event_id    uuid        NOT NULL,
    event_type  text        COLLATE "C" NOT NULL,
    set_aside   boolean     NOT NULL,
    sqlstate    text        COLLATE "C" NOT NULL,
    error       text        NOT NULL,
    stopped_at  timestamptz NOT NULL,
    is_due      boolean     NOT NULL DEFAULT false,
    CONSTRAINT projection_stops_pkey PRIMARY KEY (tenant_id, projection, position),
    CONSTRAINT projection_stops_position_check CHECK (position >= 0)
);
COMMENT ON TABLE  projection_stops             IS 'Events that a projection could not fold: it stands there, or goes on without that stream';
COMMENT ON COLUMN projection_stops.tenant_id   IS 'The tenant';
COMMENT ON COLUMN projection_stops.projection  IS 'Name of the projection';
COMMENT ON COLUMN projection_stops.position    IS 'The event';
COMMENT ON COLUMN projection_stops.stream_type IS 'Kind of its resource';
COMMENT ON COLUMN projection_stops.stream_id   IS 'Its resource';
COMMENT ON COLUMN projection_stops.event_id    IS 'Its id';
COMMENT ON COLUMN projection_stops.event_type  IS 'What happened';
COMMENT ON COLUMN projection_stops.set_aside   IS 'The projection went on: this event and the later ones of its stream wait';
COMMENT ON COLUMN projection_stops.sqlstate    IS 'What went wrong, as a code';
COMMENT ON COLUMN projection_stops.error       IS 'What went wrong, in the database''s words; may quote the event';
COMMENT ON COLUMN projection_stops.stopped_at  IS 'When it was tried last';
COMMENT ON COLUMN projection_stops.is_due      IS 'It was asked for that this event is tried again, or left out; done by the next who follows';

ALTER TABLE projection_checkpoints ADD COLUMN IF NOT EXISTS read_events bigint;
ALTER TABLE projection_checkpoints ADD COLUMN IF NOT EXISTS read_in interval;
COMMENT ON COLUMN projection_checkpoints.read_events IS 'Events that it read at once when it last followed the log';
COMMENT ON COLUMN projection_checkpoints.read_in     IS 'How long that took';

ALTER TABLE projection_stops ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON projection_stops TO atlas2_app, atlas2_readonly;
DO $$
DECLARE
    fold record;
BEGIN
    -- An error may quote the event: who may read every event may read it.
    IF NOT EXISTS (SELECT FROM pg_policy WHERE polname = 'tenant_isolation' AND polrelid = 'projection_stops'::regclass) THEN
        CREATE POLICY tenant_isolation ON projection_stops FOR SELECT
            USING (tenant_id = (SELECT nullif(current_setting('atlas2.tenant_id', true), '')::uuid)
                   AND (SELECT current_setting('atlas2.role', true)) IN ('admin', 'auditor', 'system'));
    END IF;
    -- The name of its third parameter has changed, which only a new function can have.
    IF EXISTS (SELECT FROM pg_proc WHERE proname = 'audit_write' AND pronamespace = 'public'::regnamespace AND 'p_erasing' = ANY (proargnames)) THEN
        DROP FUNCTION audit_write(uuid, audit_append_event[], boolean);
    END IF;
    -- Folds that are installed learn to leave events out. They stay those of their files: only a rebuild changes them.
    FOR fold IN
        SELECT p.oid::regprocedure::text AS name, pg_get_functiondef(p.oid) AS text, obj_description(p.oid, 'pg_proc') AS comment
        FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace AND p.proname LIKE 'fold\_%' AND p.pronargs = 4
          AND obj_description(p.oid, 'pg_proc') LIKE '{"projection":%'
    LOOP
        EXECUTE format('DROP FUNCTION %s', fold.name);
        EXECUTE replace(replace(fold.text, 'p_since timestamp with time zone)',
                'p_since timestamp with time zone, p_skipped bigint[], p_streams uuid[], p_only boolean)'),
            'AND l.recorded_at >= p_since',
            'AND l.recorded_at >= p_since AND l.position <> ALL (p_skipped) AND (l.stream_id = ANY (p_streams)) = p_only');
        fold.name := replace(fold.name, 'timestamp with time zone)', 'timestamp with time zone,bigint[],uuid[],boolean)');
        EXECUTE format('COMMENT ON FUNCTION %s IS %L', fold.name, fold.comment);
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', fold.name);
    END LOOP;
END $$;

INSERT INTO schema_migrations (version, name) VALUES (8, 'projection_stops') ON CONFLICT DO NOTHING;
RESET ROLE;
