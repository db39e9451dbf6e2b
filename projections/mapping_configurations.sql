-- projection: mapping_configurations
-- version: 1
-- mode: inline
-- events: mapping.*
-- key: stream
-- references: mapping_configurations (tenant_id, api_id) -> api_configurations (tenant_id, id)
-- @schema
CREATE TABLE mapping_configurations (
    tenant_id  uuid    NOT NULL,
    id         uuid    NOT NULL,
    version    integer NOT NULL,
    name       text    COLLATE "C" NOT NULL,
    api_id     uuid    NOT NULL,
    document   text    NOT NULL,
    fields     jsonb   NOT NULL,
    sha256     text    COLLATE "C" NOT NULL,
    created_by uuid,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id, version),
    CONSTRAINT mapping_configurations_name_key UNIQUE (tenant_id, name, version) DEFERRABLE INITIALLY IMMEDIATE,
    CONSTRAINT mapping_configurations_version_check CHECK (version >= 1)
);
COMMENT ON TABLE  mapping_configurations            IS 'Every version of every mapping; a job pins the one it used';
COMMENT ON COLUMN mapping_configurations.tenant_id  IS 'The tenant';
COMMENT ON COLUMN mapping_configurations.id         IS 'The mapping';
COMMENT ON COLUMN mapping_configurations.version    IS 'Version of the mapping, from 1';
COMMENT ON COLUMN mapping_configurations.name       IS 'Name of the mapping; unique in the tenant';
COMMENT ON COLUMN mapping_configurations.api_id     IS 'The API it maps for';
COMMENT ON COLUMN mapping_configurations.document   IS 'The mapping document as it was given';
COMMENT ON COLUMN mapping_configurations.fields     IS 'The API''s fields that this version checks against';
COMMENT ON COLUMN mapping_configurations.sha256     IS 'SHA-256 over document and fields, hexadecimal';
COMMENT ON COLUMN mapping_configurations.created_by IS 'User who made this version';
COMMENT ON COLUMN mapping_configurations.created_at IS 'When this version was made';
-- @fold
INSERT INTO mapping_configurations (tenant_id, id, version, name, api_id, document, fields, sha256, created_by,
    created_at)
SELECT tenant_id, stream_id, (payload->>'version')::integer, payload->>'name', (payload->>'api_id')::uuid,
       payload->>'document', payload->'fields', payload->>'sha256', actor_id, recorded_at
FROM events WHERE event_type = 'mapping.version_added';
