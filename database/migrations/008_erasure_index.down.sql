-- Takes back what 008 made.
SET ROLE atlas2_owner;
DROP INDEX IF EXISTS audit_logs_erasure_idx;
DELETE FROM schema_migrations WHERE version = 8;
RESET ROLE;
