-- Takes back what 009 made.
SET ROLE atlas2_owner;
DROP INDEX IF EXISTS audit_logs_erasure_idx;
DELETE FROM schema_migrations WHERE version = 9;
RESET ROLE;
