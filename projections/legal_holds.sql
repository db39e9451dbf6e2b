-- projection: legal_holds
-- version: 1
-- mode: inline
-- events: hold.*
-- key: stream
-- references: legal_holds (tenant_id) -> tenants (tenant_id)
-- @schema
CREATE TABLE legal_holds (
    tenant_id   uuid NOT NULL,
    id          uuid NOT NULL,
    stream      text COLLATE "C",
    matter      text COLLATE "C",
    reason      text,
    placed_by   uuid,
    placed_at   timestamptz,
    released_by uuid,
    released_at timestamptz,
    PRIMARY KEY (tenant_id, id)
);
COMMENT ON TABLE  legal_holds             IS 'What must not be erased, and since when; released holds stay here';
COMMENT ON COLUMN legal_holds.tenant_id   IS 'The tenant';
COMMENT ON COLUMN legal_holds.id          IS 'The hold';
COMMENT ON COLUMN legal_holds.stream      IS 'The stream that it holds, as type/id; null: the whole log';
COMMENT ON COLUMN legal_holds.matter      IS 'The matter that it belongs to, as a code such as a file number';
COMMENT ON COLUMN legal_holds.reason      IS 'Why, in words; null once erased';
COMMENT ON COLUMN legal_holds.placed_by   IS 'User who placed it';
COMMENT ON COLUMN legal_holds.placed_at   IS 'When it was placed';
COMMENT ON COLUMN legal_holds.released_by IS 'User who released it';
COMMENT ON COLUMN legal_holds.released_at IS 'When it was released; null: it holds';
-- @fold
INSERT INTO legal_holds AS h (tenant_id, id, stream, matter, reason, placed_by, placed_at, released_by, released_at)
SELECT tenant_id, stream_id, last(payload->>'stream' ORDER BY position), last(payload->>'matter' ORDER BY position),
       last(personal->>'reason' ORDER BY position) FILTER (WHERE event_type = 'hold.placed'),
       last(actor_id ORDER BY position) FILTER (WHERE event_type = 'hold.placed'),
       min(recorded_at) FILTER (WHERE event_type = 'hold.placed'),
       last(actor_id ORDER BY position) FILTER (WHERE event_type = 'hold.released'),
       max(recorded_at) FILTER (WHERE event_type = 'hold.released')
FROM events GROUP BY tenant_id, stream_id
ON CONFLICT (tenant_id, id) DO UPDATE SET
    stream = coalesce(excluded.stream, h.stream), matter = coalesce(excluded.matter, h.matter),
    reason = coalesce(excluded.reason, h.reason), placed_by = coalesce(excluded.placed_by, h.placed_by),
    placed_at = coalesce(h.placed_at, excluded.placed_at), released_by = coalesce(excluded.released_by, h.released_by),
    released_at = coalesce(excluded.released_at, h.released_at);
-- What an erasure names is forgotten, up to there.
UPDATE legal_holds h SET reason = CASE WHEN e.reason THEN NULL ELSE h.reason END
FROM (SELECT tenant_id, stream_id,
             forgotten(event_type, payload, personal, 'reason' ORDER BY position)
                 FILTER (WHERE event_type IN ('hold.placed', 'hold.erased')) AS reason
      FROM events WHERE stream_id IN (SELECT stream_id FROM events WHERE event_type = 'hold.erased')
      GROUP BY tenant_id, stream_id) e
WHERE h.tenant_id = e.tenant_id AND h.id = e.stream_id;
