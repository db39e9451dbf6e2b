-- projection: disclosures
-- version: 1
-- mode: inline
-- events: disclosure.*
-- key: stream
-- owner: user_id
-- references: disclosures (tenant_id) -> tenants (tenant_id)
-- @schema
CREATE TABLE disclosures (
    tenant_id uuid NOT NULL,
    id        uuid NOT NULL,
    user_id   uuid,
    login     text,
    kind      text COLLATE "C",
    what      text COLLATE "C",
    format    text COLLATE "C",
    stream    text COLLATE "C",
    filters   jsonb,
    head      bigint,
    file_name text,
    position  bigint,
    made_at   timestamptz,
    status    text COLLATE "C",
    reason    text COLLATE "C",
    rows      bigint,
    bytes     bigint,
    sha256    text COLLATE "C",
    ended_at  timestamptz,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT disclosures_kind_check CHECK (kind IN ('report', 'export')),
    CONSTRAINT disclosures_status_check CHECK (status IN ('made', 'completed', 'failed'))
);
COMMENT ON TABLE  disclosures            IS 'Reports and exports: what was given out of the log, to whom, and when';
COMMENT ON COLUMN disclosures.tenant_id  IS 'The tenant';
COMMENT ON COLUMN disclosures.id         IS 'The report or export';
COMMENT ON COLUMN disclosures.user_id    IS 'User who made it; null for the system';
COMMENT ON COLUMN disclosures.login      IS 'Operating-system login that it was made under; null once erased';
COMMENT ON COLUMN disclosures.kind       IS 'report or export';
COMMENT ON COLUMN disclosures.what       IS 'Which report, or what was exported: audit, results …';
COMMENT ON COLUMN disclosures.format     IS 'csv, json or html';
COMMENT ON COLUMN disclosures.stream     IS 'The resource that it was limited to, as type/id; null: all';
COMMENT ON COLUMN disclosures.filters    IS 'What else it was limited to: since, until, user_id, only, from, limit';
COMMENT ON COLUMN disclosures.head       IS 'Size of the log that it was made of';
COMMENT ON COLUMN disclosures.file_name  IS 'Name of the file that it went into; null for standard output, and once erased';
COMMENT ON COLUMN disclosures.position   IS 'Position of the event that says so';
COMMENT ON COLUMN disclosures.made_at    IS 'When it was begun, before its first byte left';
COMMENT ON COLUMN disclosures.status     IS 'made: begun, and nothing says how it ended · completed · failed';
COMMENT ON COLUMN disclosures.reason     IS 'Why it failed, as a code';
COMMENT ON COLUMN disclosures.rows       IS 'Records that left';
COMMENT ON COLUMN disclosures.bytes      IS 'Bytes that left';
COMMENT ON COLUMN disclosures.sha256     IS 'SHA-256 of the bytes that left, hexadecimal; null once erased';
COMMENT ON COLUMN disclosures.ended_at   IS 'When it was completed, or failed';
-- @fold
INSERT INTO disclosures AS d (tenant_id, id, user_id, login, kind, what, format, stream, filters, head, file_name,
    position, made_at, status, reason, rows, bytes, sha256, ended_at)
SELECT tenant_id, stream_id,
       last(actor_id ORDER BY position) FILTER (WHERE event_type = 'disclosure.made'),
       last(personal->>'login' ORDER BY position) FILTER (WHERE event_type = 'disclosure.made'),
       last(payload->>'kind' ORDER BY position) FILTER (WHERE event_type = 'disclosure.made'),
       last(payload->>'what' ORDER BY position) FILTER (WHERE event_type = 'disclosure.made'),
       last(payload->>'format' ORDER BY position) FILTER (WHERE event_type = 'disclosure.made'),
       last(payload->>'stream' ORDER BY position) FILTER (WHERE event_type = 'disclosure.made'),
       last(payload - '{kind,what,format,stream,head}'::text[] ORDER BY position) FILTER (WHERE event_type = 'disclosure.made'),
       last((payload->>'head')::bigint ORDER BY position) FILTER (WHERE event_type = 'disclosure.made'),
       last(personal->>'file_name' ORDER BY position) FILTER (WHERE event_type = 'disclosure.made'),
       min(position) FILTER (WHERE event_type = 'disclosure.made'),
       min(recorded_at) FILTER (WHERE event_type = 'disclosure.made'),
       last(CASE event_type WHEN 'disclosure.made' THEN 'made' WHEN 'disclosure.completed' THEN 'completed'
            WHEN 'disclosure.failed' THEN 'failed' END ORDER BY position),
       last(payload->>'reason' ORDER BY position) FILTER (WHERE event_type = 'disclosure.failed'),
       last((payload->>'rows')::bigint ORDER BY position) FILTER (WHERE event_type IN ('disclosure.completed', 'disclosure.failed')),
       last((payload->>'bytes')::bigint ORDER BY position) FILTER (WHERE event_type IN ('disclosure.completed', 'disclosure.failed')),
       last(personal->>'sha256' ORDER BY position) FILTER (WHERE event_type IN ('disclosure.completed', 'disclosure.failed')),
       max(recorded_at) FILTER (WHERE event_type IN ('disclosure.completed', 'disclosure.failed'))
FROM events GROUP BY tenant_id, stream_id
ON CONFLICT (tenant_id, id) DO UPDATE SET
    user_id = coalesce(excluded.user_id, d.user_id), login = coalesce(excluded.login, d.login),
    kind = coalesce(excluded.kind, d.kind), what = coalesce(excluded.what, d.what),
    format = coalesce(excluded.format, d.format), stream = coalesce(excluded.stream, d.stream),
    filters = coalesce(excluded.filters, d.filters), head = coalesce(excluded.head, d.head),
    file_name = coalesce(excluded.file_name, d.file_name), position = coalesce(d.position, excluded.position),
    made_at = coalesce(d.made_at, excluded.made_at), status = coalesce(excluded.status, d.status),
    reason = coalesce(excluded.reason, d.reason), rows = coalesce(excluded.rows, d.rows),
    bytes = coalesce(excluded.bytes, d.bytes), sha256 = coalesce(excluded.sha256, d.sha256),
    ended_at = coalesce(excluded.ended_at, d.ended_at);
-- What an erasure names is forgotten, up to there.
UPDATE disclosures d SET login = CASE WHEN e.login THEN NULL ELSE d.login END,
    file_name = CASE WHEN e.file_name THEN NULL ELSE d.file_name END,
    sha256 = CASE WHEN e.sha256 THEN NULL ELSE d.sha256 END
FROM (SELECT tenant_id, stream_id,
             forgotten(event_type, payload, personal, 'login' ORDER BY position)
                 FILTER (WHERE event_type IN ('disclosure.made', 'disclosure.erased')) AS login,
             forgotten(event_type, payload, personal, 'file_name' ORDER BY position)
                 FILTER (WHERE event_type IN ('disclosure.made', 'disclosure.erased')) AS file_name,
             forgotten(event_type, payload, personal, 'sha256' ORDER BY position)
                 FILTER (WHERE event_type IN ('disclosure.completed', 'disclosure.failed', 'disclosure.erased')) AS sha256
      FROM events WHERE stream_id IN (SELECT stream_id FROM events WHERE event_type = 'disclosure.erased')
      GROUP BY tenant_id, stream_id) e
WHERE d.tenant_id = e.tenant_id AND d.id = e.stream_id;
-- @indexes
CREATE INDEX disclosures_position_idx ON disclosures (tenant_id, position);
