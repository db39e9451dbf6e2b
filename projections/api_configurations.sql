-- projection: api_configurations
-- version: 1
-- mode: inline
-- events: api.*
-- key: stream
-- references: api_configurations (tenant_id) -> tenants (tenant_id)
-- @schema
CREATE TABLE api_configurations (
    tenant_id  uuid NOT NULL,
    id         uuid NOT NULL,
    name       text COLLATE "C",
    type       text COLLATE "C",
    base_url   text,
    auth_type  text COLLATE "C",
    created_by uuid,
    created_at timestamptz,
    updated_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT api_configurations_name_key UNIQUE (tenant_id, name) DEFERRABLE INITIALLY IMMEDIATE,
    CONSTRAINT api_configurations_type_check CHECK (type IN ('rest_api', 'webhook', 'database')),
    CONSTRAINT api_configurations_auth_type_check
        CHECK (auth_type IN ('none', 'api_key', 'bearer_token', 'basic_auth', 'oauth2'))
);
COMMENT ON TABLE  api_configurations            IS 'The external APIs that rows are mapped for';
COMMENT ON COLUMN api_configurations.tenant_id  IS 'The tenant';
COMMENT ON COLUMN api_configurations.id         IS 'The API';
COMMENT ON COLUMN api_configurations.name       IS 'Name that mappings use; unique in the tenant';
COMMENT ON COLUMN api_configurations.type       IS 'rest_api, webhook or database';
COMMENT ON COLUMN api_configurations.base_url   IS 'Where it is';
COMMENT ON COLUMN api_configurations.auth_type  IS 'How it is signed in to; the secret itself is never here';
COMMENT ON COLUMN api_configurations.created_by IS 'User who registered it';
COMMENT ON COLUMN api_configurations.created_at IS 'When it was registered';
COMMENT ON COLUMN api_configurations.updated_at IS 'Time of its last event';
-- @fold
INSERT INTO api_configurations AS a (tenant_id, id, name, type, base_url, auth_type, created_by, created_at, updated_at)
SELECT tenant_id, stream_id, last(payload->>'name' ORDER BY position), last(payload->>'type' ORDER BY position),
       last(payload->>'base_url' ORDER BY position), last(payload->>'auth_type' ORDER BY position),
       (array_agg(actor_id ORDER BY position) FILTER (WHERE event_type = 'api.registered'))[1],
       min(recorded_at) FILTER (WHERE event_type = 'api.registered'), max(recorded_at)
FROM events GROUP BY tenant_id, stream_id
ON CONFLICT (tenant_id, id) DO UPDATE SET
    name = coalesce(excluded.name, a.name), type = coalesce(excluded.type, a.type),
    base_url = coalesce(excluded.base_url, a.base_url), auth_type = coalesce(excluded.auth_type, a.auth_type),
    created_by = CASE WHEN a.created_at IS NULL THEN excluded.created_by ELSE a.created_by END,
    created_at = coalesce(a.created_at, excluded.created_at), updated_at = excluded.updated_at;
