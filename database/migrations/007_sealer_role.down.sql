-- Takes back what 007 added. The role stays: other databases of the server may use it.
SET ROLE atlas2_owner;
DROP FUNCTION IF EXISTS audit_unseal(uuid, bigint, text);
DROP FUNCTION IF EXISTS audit_unwitnessed();
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM atlas2_sealer;
DELETE FROM schema_migrations WHERE version = 7;
RESET ROLE;
