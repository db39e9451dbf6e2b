-- audit_entry takes the time as text, spelt once for all events of an append; this takes away the one that spelt it for
-- each. Running it again changes nothing.
-- By hand: psql -v ON_ERROR_STOP=1 -d atlas2 -f database/migrations/006_entry_time_as_text.sql

SET ROLE atlas2_owner;

DROP FUNCTION IF EXISTS audit_entry(uuid, bigint, uuid, timestamptz, text, uuid, bigint, text, integer, uuid, uuid, uuid, bytea);

INSERT INTO schema_migrations (version, name) VALUES (6, 'entry_time_as_text') ON CONFLICT DO NOTHING;
RESET ROLE;
