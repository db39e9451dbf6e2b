-- The log, its infrastructure, and the roles that use it. Running it again changes nothing.
-- By hand: psql -v ON_ERROR_STOP=1 -d atlas2 -f database/migrations/001_initial_schema.sql

DO $$
DECLARE wanted text;
BEGIN
    -- Roles belong to the server, not to the database: two databases may share them.
    FOREACH wanted IN ARRAY ARRAY['atlas2_owner', 'atlas2_app', 'atlas2_readonly'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
        END IF;
    END LOOP;
    IF NOT pg_has_role(current_user, 'atlas2_owner', 'MEMBER') THEN
        EXECUTE format('GRANT atlas2_owner TO %I', current_user);
    END IF;
END $$;

GRANT USAGE, CREATE ON SCHEMA public TO atlas2_owner;
-- A verify, a rebuild and a replay work in schemas of their own.
DO $$
BEGIN
    EXECUTE format('GRANT CREATE ON DATABASE %I TO atlas2_owner', current_database());
    -- The application needs no tables of its own.
    EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
END $$;
GRANT USAGE ON SCHEMA public TO atlas2_app, atlas2_readonly;
SET ROLE atlas2_owner;

-- The functions that folds may use; nothing else lives here.
CREATE SCHEMA IF NOT EXISTS fold;
COMMENT ON SCHEMA fold IS 'Functions that projections may use in their folds';
GRANT USAGE ON SCHEMA fold TO atlas2_app, atlas2_readonly;

CREATE TABLE IF NOT EXISTS schema_migrations (
    version    integer     PRIMARY KEY,
    name       text        NOT NULL,
    sha256     text,
    applied_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE  schema_migrations            IS 'The migrations that made this schema';
COMMENT ON COLUMN schema_migrations.version    IS 'Number of the migration, from its file name';
COMMENT ON COLUMN schema_migrations.name       IS 'Name of the migration, from its file name';
COMMENT ON COLUMN schema_migrations.sha256     IS 'SHA-256 of the file as it was applied; null until a schema made by hand is adopted';
COMMENT ON COLUMN schema_migrations.applied_at IS 'When it was applied';

CREATE TABLE IF NOT EXISTS audit_logs (
    tenant_id      uuid        NOT NULL,
    position       bigint      NOT NULL,
    event_id       uuid        NOT NULL,
    recorded_at    timestamptz NOT NULL,
    stream_type    text        COLLATE "C" NOT NULL,
    stream_id      uuid        NOT NULL,
    stream_version bigint      NOT NULL,
    event_type     text        COLLATE "C" NOT NULL,
    schema_version integer     NOT NULL,
    actor_id       uuid,
    correlation_id uuid,
    causation_id   uuid,
    payload        json        COMPRESSION lz4 NOT NULL,
    personal       json        COMPRESSION lz4,
    attachment     bytea       COMPRESSION lz4,
    salt           bytea,
    erasable_hash  bytea       NOT NULL,
    commitment     bytea       NOT NULL,
    leaf_hash      bytea       NOT NULL,
    CONSTRAINT audit_logs_pkey PRIMARY KEY (tenant_id, position, recorded_at)
) PARTITION BY RANGE (recorded_at);
COMMENT ON TABLE  audit_logs                IS 'Every event that ever happened; append only; the only source of truth';
COMMENT ON COLUMN audit_logs.tenant_id      IS 'The tenant whose log this is';
COMMENT ON COLUMN audit_logs.position       IS 'Index in the tenant''s log: dense, from 0, in commit order; also the Merkle leaf index';
COMMENT ON COLUMN audit_logs.event_id       IS 'Idempotency key: an event id is appended once';
COMMENT ON COLUMN audit_logs.recorded_at    IS 'When the log took the event in (µs); never decreases by position';
COMMENT ON COLUMN audit_logs.stream_type    IS 'Kind of resource: user, job, mapping …';
COMMENT ON COLUMN audit_logs.stream_id      IS 'The resource';
COMMENT ON COLUMN audit_logs.stream_version IS 'Number of the event in its stream: dense, from 1';
COMMENT ON COLUMN audit_logs.event_type     IS 'What happened, e.g. job.completed';
COMMENT ON COLUMN audit_logs.schema_version IS 'Version of the event type''s payload';
COMMENT ON COLUMN audit_logs.actor_id       IS 'User who acted; null for the system';
COMMENT ON COLUMN audit_logs.correlation_id IS 'Command that the event belongs to';
COMMENT ON COLUMN audit_logs.causation_id   IS 'Event that caused this one';
COMMENT ON COLUMN audit_logs.payload        IS 'What is nobody''s in particular; never erased; kept byte for byte';
COMMENT ON COLUMN audit_logs.personal       IS 'What is somebody''s: names, addresses, file names; null when none or erased';
COMMENT ON COLUMN audit_logs.attachment     IS 'File content and result rows; null when none or erased';
COMMENT ON COLUMN audit_logs.salt           IS '16 random bytes that keep the hashes of erasable parts unguessable; null once erased';
COMMENT ON COLUMN audit_logs.erasable_hash  IS 'SHA-256("atlas2/erasable/v1\n" || salt || SHA-256(personal) || SHA-256(attachment)); stays when these are erased';
COMMENT ON COLUMN audit_logs.commitment     IS 'SHA-256("atlas2/payload/v1\n" || SHA-256(payload) || erasable_hash)';
COMMENT ON COLUMN audit_logs.leaf_hash      IS 'SHA-256(0x00 || entry), the Merkle leaf; the entry is the event''s canonical JSON';

CREATE TABLE IF NOT EXISTS audit_log_heads (
    tenant_id   uuid        PRIMARY KEY,
    size        bigint      NOT NULL,
    recorded_at timestamptz NOT NULL
);
COMMENT ON TABLE  audit_log_heads             IS 'Size of each tenant''s log; the row that appends lock, so that positions are dense and ordered';
COMMENT ON COLUMN audit_log_heads.tenant_id   IS 'The tenant';
COMMENT ON COLUMN audit_log_heads.size        IS 'Number of events; the next position';
COMMENT ON COLUMN audit_log_heads.recorded_at IS 'Time of the last event; the next one is never earlier';

CREATE TABLE IF NOT EXISTS audit_streams (
    tenant_id   uuid   NOT NULL,
    stream_type text   COLLATE "C" NOT NULL,
    stream_id   uuid   NOT NULL,
    version     bigint NOT NULL,
    CONSTRAINT audit_streams_pkey PRIMARY KEY (tenant_id, stream_type, stream_id)
);
COMMENT ON TABLE  audit_streams             IS 'Version of each stream, for expected versions';
COMMENT ON COLUMN audit_streams.tenant_id   IS 'The tenant';
COMMENT ON COLUMN audit_streams.stream_type IS 'Kind of resource';
COMMENT ON COLUMN audit_streams.stream_id   IS 'The resource';
COMMENT ON COLUMN audit_streams.version     IS 'Version of the stream''s last event';

CREATE TABLE IF NOT EXISTS projection_checkpoints (
    tenant_id  uuid   NOT NULL,
    projection text   COLLATE "C" NOT NULL,
    position   bigint NOT NULL,
    CONSTRAINT projection_checkpoints_pkey PRIMARY KEY (tenant_id, projection)
);
COMMENT ON TABLE  projection_checkpoints            IS 'How far each projection has read; moves in the transaction that moves its rows';
COMMENT ON COLUMN projection_checkpoints.tenant_id  IS 'The tenant';
COMMENT ON COLUMN projection_checkpoints.projection IS 'Name of the projection';
COMMENT ON COLUMN projection_checkpoints.position   IS 'The next position it will read';

DO $$
BEGIN
    IF to_regtype('audit_append_event') IS NULL THEN
        CREATE TYPE audit_append_event AS (
            append           integer,
            event_id         uuid,
            stream_type      text,
            stream_id        uuid,
            expected_version bigint,
            event_type       text,
            schema_version   integer,
            actor_id         uuid,
            correlation_id   uuid,
            causation_id     uuid,
            payload          json,
            personal         json,
            attachment       bytea,
            salt             bytea
        );
    END IF;
END $$;
COMMENT ON TYPE   audit_append_event                  IS 'An event as it is handed to audit_append';
COMMENT ON COLUMN audit_append_event.append           IS 'The append it belongs to: events of one append are taken all or none';
COMMENT ON COLUMN audit_append_event.event_id         IS 'Idempotency key';
COMMENT ON COLUMN audit_append_event.stream_type      IS 'Kind of resource';
COMMENT ON COLUMN audit_append_event.stream_id        IS 'The resource';
COMMENT ON COLUMN audit_append_event.expected_version IS 'Version the stream must have before this event (0: it must not exist); null: any';
COMMENT ON COLUMN audit_append_event.event_type       IS 'What happened';
COMMENT ON COLUMN audit_append_event.schema_version   IS 'Version of the payload';
COMMENT ON COLUMN audit_append_event.actor_id         IS 'User who acted';
COMMENT ON COLUMN audit_append_event.correlation_id   IS 'Command it belongs to';
COMMENT ON COLUMN audit_append_event.causation_id     IS 'Event that caused it';
COMMENT ON COLUMN audit_append_event.payload          IS 'A JSON object';
COMMENT ON COLUMN audit_append_event.personal         IS 'A JSON object, or null';
COMMENT ON COLUMN audit_append_event.attachment       IS 'Bytes, or null';
COMMENT ON COLUMN audit_append_event.salt             IS '16 random bytes; null: made here';

-- Until 002 adds the policies, row-level security shows nothing to anyone but the owner.
ALTER TABLE audit_logs             ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_log_heads        ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_streams          ENABLE ROW LEVEL SECURITY;
ALTER TABLE projection_checkpoints ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON audit_logs, audit_log_heads, audit_streams, projection_checkpoints, schema_migrations
    TO atlas2_app, atlas2_readonly;

INSERT INTO schema_migrations (version, name) VALUES (1, 'initial_schema') ON CONFLICT DO NOTHING;
RESET ROLE;
