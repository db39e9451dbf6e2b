-- projection: users
-- version: 1
-- mode: inline
-- events: user.*
-- key: stream
-- owner: id
-- references: users (tenant_id) -> tenants (tenant_id)
-- @schema
CREATE TABLE users (
    tenant_id  uuid NOT NULL,
    id         uuid NOT NULL,
    email      text COLLATE "C",
    name       text,
    role       text COLLATE "C",
    status     text COLLATE "C",
    created_by uuid,
    created_at timestamptz,
    updated_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT users_email_key UNIQUE (tenant_id, email) DEFERRABLE INITIALLY IMMEDIATE,
    CONSTRAINT users_role_check CHECK (role IN ('admin', 'auditor', 'user')),
    CONSTRAINT users_status_check CHECK (status IN ('active', 'inactive'))
);
COMMENT ON TABLE  users            IS 'Who may use a tenant, and as what';
COMMENT ON COLUMN users.tenant_id  IS 'The tenant';
COMMENT ON COLUMN users.id         IS 'The user';
COMMENT ON COLUMN users.email      IS 'E-mail address in lower case; unique in the tenant; null once erased';
COMMENT ON COLUMN users.name       IS 'Name for people; null once erased';
COMMENT ON COLUMN users.role       IS 'admin: everything · auditor: reads everything · user: runs jobs, sees their own';
COMMENT ON COLUMN users.status     IS 'active or inactive';
COMMENT ON COLUMN users.created_by IS 'User who added them; null for the system';
COMMENT ON COLUMN users.created_at IS 'When they were added';
COMMENT ON COLUMN users.updated_at IS 'Time of their last event';
-- @fold
INSERT INTO users AS u (tenant_id, id, email, name, role, status, created_by, created_at, updated_at)
SELECT tenant_id, stream_id,
       last(personal->>'email' ORDER BY position), last(personal->>'name' ORDER BY position),
       last(payload->>'role' ORDER BY position),
       last(CASE event_type WHEN 'user.created' THEN 'active' WHEN 'user.reactivated' THEN 'active'
                            WHEN 'user.deactivated' THEN 'inactive' END ORDER BY position),
       (array_agg(actor_id ORDER BY position) FILTER (WHERE event_type = 'user.created' AND actor_id IS NOT NULL))[1],
       min(recorded_at) FILTER (WHERE event_type = 'user.created'), max(recorded_at)
FROM events GROUP BY tenant_id, stream_id
ON CONFLICT (tenant_id, id) DO UPDATE SET
    email = coalesce(excluded.email, u.email), name = coalesce(excluded.name, u.name),
    role = coalesce(excluded.role, u.role), status = coalesce(excluded.status, u.status),
    created_by = coalesce(u.created_by, excluded.created_by),
    created_at = coalesce(u.created_at, excluded.created_at), updated_at = excluded.updated_at;
-- What an erasure names is forgotten, up to there.
UPDATE users u SET email = CASE WHEN e.email THEN NULL ELSE u.email END, name = CASE WHEN e.name THEN NULL ELSE u.name END
FROM (SELECT tenant_id, stream_id, forgotten(event_type, payload, personal, 'email' ORDER BY position) AS email,
             forgotten(event_type, payload, personal, 'name' ORDER BY position) AS name
      FROM events WHERE stream_id IN (SELECT stream_id FROM events WHERE event_type = 'user.erased')
      GROUP BY tenant_id, stream_id) e
WHERE u.tenant_id = e.tenant_id AND u.id = e.stream_id;
