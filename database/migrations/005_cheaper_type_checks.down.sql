-- Takes back what 005 changed.
SET ROLE atlas2_owner;
ALTER TABLE audit_logs
    DROP CONSTRAINT IF EXISTS audit_logs_stream_type_check,
    DROP CONSTRAINT IF EXISTS audit_logs_event_type_check,
    ADD CONSTRAINT audit_logs_stream_type_check CHECK (stream_type ~ '^[a-z][a-z0-9_]{0,62}$'),
    ADD CONSTRAINT audit_logs_event_type_check  CHECK (event_type ~ '^[a-z][a-z0-9_]{0,62}\.[a-z][a-z0-9_]{0,62}$');
DELETE FROM schema_migrations WHERE version = 5;
RESET ROLE;
