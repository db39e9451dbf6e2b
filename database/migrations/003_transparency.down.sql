-- Takes back what 003 added. The events stay, and so does what sealers keep outside the database.
SET ROLE atlas2_owner;
DROP TABLE IF EXISTS log_cosignatures;
DROP TABLE IF EXISTS log_checkpoints;
DROP TABLE IF EXISTS log_tiles;
-- Takes the functions that are handed one too.
DROP TYPE IF EXISTS log_tile CASCADE;
DROP FUNCTION IF EXISTS audit_cosign(uuid, bigint, text, text);
DELETE FROM schema_migrations WHERE version = 3;
RESET ROLE;
