-- Takes back what 002 added. The events stay.
SET ROLE atlas2_owner;
DROP POLICY IF EXISTS tenant_isolation ON audit_logs;
DROP POLICY IF EXISTS tenant_isolation ON audit_log_heads;
DROP POLICY IF EXISTS tenant_isolation ON audit_streams;
DROP POLICY IF EXISTS tenant_isolation ON projection_checkpoints;
-- Takes the triggers of every partition too.
DROP FUNCTION IF EXISTS audit_logs_refuse_change() CASCADE;
ALTER TABLE audit_logs
    DROP CONSTRAINT IF EXISTS audit_logs_position_check,
    DROP CONSTRAINT IF EXISTS audit_logs_stream_version_check,
    DROP CONSTRAINT IF EXISTS audit_logs_schema_version_check,
    DROP CONSTRAINT IF EXISTS audit_logs_stream_type_check,
    DROP CONSTRAINT IF EXISTS audit_logs_event_type_check,
    DROP CONSTRAINT IF EXISTS audit_logs_event_kind_check,
    DROP CONSTRAINT IF EXISTS audit_logs_payload_check,
    DROP CONSTRAINT IF EXISTS audit_logs_personal_check,
    DROP CONSTRAINT IF EXISTS audit_logs_salt_check,
    DROP CONSTRAINT IF EXISTS audit_logs_hashes_check;
ALTER TABLE audit_log_heads        DROP CONSTRAINT IF EXISTS audit_log_heads_size_check;
ALTER TABLE audit_streams          DROP CONSTRAINT IF EXISTS audit_streams_version_check;
ALTER TABLE projection_checkpoints DROP CONSTRAINT IF EXISTS projection_checkpoints_position_check;
ALTER TABLE schema_migrations      DROP CONSTRAINT IF EXISTS schema_migrations_version_check;
DROP INDEX IF EXISTS audit_logs_event_idx;
DROP INDEX IF EXISTS audit_logs_stream_idx;
DELETE FROM schema_migrations WHERE version = 2;
RESET ROLE;
