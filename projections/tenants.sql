-- projection: tenants
-- version: 1
-- mode: inline
-- events: tenant.*
-- key: stream
-- @schema
CREATE TABLE tenants (
    tenant_id  uuid PRIMARY KEY,
    slug       text COLLATE "C",
    name       text,
    created_at timestamptz,
    updated_at timestamptz,
    CONSTRAINT tenants_slug_check CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$')
);
COMMENT ON TABLE  tenants            IS 'The organisations; each owns one log';
COMMENT ON COLUMN tenants.tenant_id  IS 'The tenant; a name-based UUID of its slug';
COMMENT ON COLUMN tenants.slug       IS 'Short name for command lines and addresses; never changes';
COMMENT ON COLUMN tenants.name       IS 'Name for people';
COMMENT ON COLUMN tenants.created_at IS 'When it was added';
COMMENT ON COLUMN tenants.updated_at IS 'Time of its last event';
-- @fold
INSERT INTO tenants AS t (tenant_id, slug, name, created_at, updated_at)
SELECT tenant_id, last(payload->>'slug' ORDER BY position), last(payload->>'name' ORDER BY position),
       min(recorded_at) FILTER (WHERE event_type = 'tenant.created'), max(recorded_at)
FROM events GROUP BY tenant_id
ON CONFLICT (tenant_id) DO UPDATE SET
    slug = coalesce(excluded.slug, t.slug), name = coalesce(excluded.name, t.name),
    created_at = coalesce(t.created_at, excluded.created_at), updated_at = excluded.updated_at;
