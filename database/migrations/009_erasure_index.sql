-- Which erasures did a resource have? Without an index that is a look at all of its events, for each of its events.
-- Running it again changes nothing.
-- By hand: psql -v ON_ERROR_STOP=1 -d atlas2 -f database/migrations/009_erasure_index.sql

SET ROLE atlas2_owner;

CREATE INDEX IF NOT EXISTS audit_logs_erasure_idx ON audit_logs (tenant_id, stream_type, stream_id, position)
    WHERE event_type LIKE '%.erased';
COMMENT ON INDEX audit_logs_erasure_idx IS 'The erasures of one resource';

INSERT INTO schema_migrations (version, name) VALUES (9, 'erasure_index') ON CONFLICT DO NOTHING;
RESET ROLE;
