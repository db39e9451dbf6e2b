-- projection: log_witnesses
-- version: 1
-- mode: inline
-- events: log.witness_added, log.witness_removed
-- key: aggregate
-- @schema
CREATE TABLE log_witnesses (
    tenant_id  uuid NOT NULL,
    key        text COLLATE "C" NOT NULL,
    url        text,
    added_by   uuid,
    added_at   timestamptz,
    removed_at timestamptz,
    PRIMARY KEY (tenant_id, key)
);
COMMENT ON TABLE  log_witnesses            IS 'Witnesses that a log''s checkpoints are or were sent to';
COMMENT ON COLUMN log_witnesses.tenant_id  IS 'The tenant whose log this is';
COMMENT ON COLUMN log_witnesses.key        IS 'Verifier key of the witness: name, key id and public key';
COMMENT ON COLUMN log_witnesses.url        IS 'Address that /add-checkpoint is put behind';
COMMENT ON COLUMN log_witnesses.added_by   IS 'User who added it last; null for the system';
COMMENT ON COLUMN log_witnesses.added_at   IS 'When it was added last';
COMMENT ON COLUMN log_witnesses.removed_at IS 'When it was removed; null while it is asked';
-- @fold
INSERT INTO log_witnesses AS w (tenant_id, key, url, added_by, added_at, removed_at)
SELECT DISTINCT ON (tenant_id, payload->>'key') tenant_id, payload->>'key', payload->>'url', actor_id, recorded_at, NULL::timestamptz
FROM events WHERE event_type = 'log.witness_added' ORDER BY tenant_id, payload->>'key', position DESC
ON CONFLICT (tenant_id, key) DO UPDATE SET
    url = excluded.url, added_by = excluded.added_by, added_at = excluded.added_at, removed_at = NULL;
-- Those whose last event in the range is their removal.
INSERT INTO log_witnesses AS w (tenant_id, key, removed_at)
SELECT tenant_id, key, recorded_at FROM (
    SELECT DISTINCT ON (tenant_id, payload->>'key') tenant_id, payload->>'key' AS key, event_type, recorded_at
    FROM events ORDER BY tenant_id, payload->>'key', position DESC) AS l
WHERE event_type = 'log.witness_removed'
ON CONFLICT (tenant_id, key) DO UPDATE SET removed_at = excluded.removed_at;
