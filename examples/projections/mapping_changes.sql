-- projection: mapping_changes
-- version: 1
-- mode: inline
-- events: mapping.version_added, user.*
-- key: aggregate
-- @schema
CREATE TABLE mapping_changes (
    tenant_id  uuid        NOT NULL,
    mapping_id uuid        NOT NULL,
    version    integer     NOT NULL,
    mapping    text        COLLATE "C",
    changed_by uuid,
    changed_at timestamptz NOT NULL,
    rules      integer     NOT NULL,
    PRIMARY KEY (tenant_id, mapping_id, version)
);
COMMENT ON TABLE  mapping_changes            IS 'Who changed which mapping, and when';
COMMENT ON COLUMN mapping_changes.tenant_id  IS 'The tenant';
COMMENT ON COLUMN mapping_changes.mapping_id IS 'The mapping';
COMMENT ON COLUMN mapping_changes.version    IS 'The version that was made';
COMMENT ON COLUMN mapping_changes.mapping    IS 'Name of the mapping';
COMMENT ON COLUMN mapping_changes.changed_by IS 'User who made it; null for the system';
COMMENT ON COLUMN mapping_changes.changed_at IS 'When';
COMMENT ON COLUMN mapping_changes.rules      IS 'Steps that it has';
CREATE TABLE mapping_changers (
    tenant_id uuid NOT NULL,
    user_id   uuid NOT NULL,
    name      text,
    PRIMARY KEY (tenant_id, user_id)
);
COMMENT ON TABLE  mapping_changers           IS 'Names of those who may have changed mappings';
COMMENT ON COLUMN mapping_changers.tenant_id IS 'The tenant';
COMMENT ON COLUMN mapping_changers.user_id   IS 'The user';
COMMENT ON COLUMN mapping_changers.name      IS 'Name for people; null once erased';
-- @fold
INSERT INTO mapping_changes (tenant_id, mapping_id, version, mapping, changed_by, changed_at, rules)
SELECT tenant_id, stream_id, (payload->>'version')::integer, payload->>'name', actor_id, recorded_at,
       coalesce(jsonb_array_length(payload->'rules'), 0)
FROM events WHERE event_type = 'mapping.version_added';
-- The users' table belongs to another projection: their names are folded from their own events.
INSERT INTO mapping_changers AS c (tenant_id, user_id, name)
SELECT tenant_id, stream_id, last(personal->>'name' ORDER BY position) FROM events WHERE event_type LIKE 'user.%'
GROUP BY tenant_id, stream_id
ON CONFLICT (tenant_id, user_id) DO UPDATE SET name = coalesce(excluded.name, c.name);
-- What an erasure names is forgotten, up to there.
UPDATE mapping_changers c SET name = NULL
FROM (SELECT tenant_id, stream_id, forgotten(event_type, payload, personal, 'name' ORDER BY position) AS name
      FROM events WHERE stream_id IN (SELECT stream_id FROM events WHERE event_type = 'user.erased')
      GROUP BY tenant_id, stream_id) e
WHERE c.tenant_id = e.tenant_id AND c.user_id = e.stream_id AND e.name;
