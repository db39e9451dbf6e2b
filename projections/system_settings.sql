-- projection: system_settings
-- version: 1
-- mode: inline
-- events: setting.*
-- key: stream
-- references: system_settings (tenant_id) -> tenants (tenant_id)
-- @schema
CREATE TABLE system_settings (
    tenant_id  uuid NOT NULL,
    key        text COLLATE "C" NOT NULL,
    value      jsonb NOT NULL,
    updated_by uuid,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, key),
    CONSTRAINT system_settings_key_check CHECK (key ~ '^[a-z][a-z0-9_]*$')
);
COMMENT ON TABLE  system_settings            IS 'Settings of each tenant';
COMMENT ON COLUMN system_settings.tenant_id  IS 'The tenant';
COMMENT ON COLUMN system_settings.key        IS 'Name of the setting';
COMMENT ON COLUMN system_settings.value      IS 'Its value, as JSON';
COMMENT ON COLUMN system_settings.updated_by IS 'User who set it; null for the system';
COMMENT ON COLUMN system_settings.updated_at IS 'When it was set';
-- @fold
INSERT INTO system_settings (tenant_id, key, value, updated_by, updated_at)
SELECT DISTINCT ON (tenant_id, payload->>'key')
       tenant_id, payload->>'key', payload->'value', actor_id, recorded_at
FROM events WHERE event_type = 'setting.changed' ORDER BY tenant_id, payload->>'key', position DESC
ON CONFLICT (tenant_id, key) DO UPDATE SET
    value = excluded.value, updated_by = excluded.updated_by, updated_at = excluded.updated_at;
