-- Takes back what 004 added. What was erased stays erased; nothing more can be.
SET ROLE atlas2_owner;
DROP FUNCTION IF EXISTS audit_erase(uuid, uuid, text, json, audit_erasure[]);
DROP TYPE IF EXISTS audit_erasure;
CREATE OR REPLACE FUNCTION audit_logs_refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'audit_logs is append only: % is refused', TG_OP
        USING ERRCODE = 'insufficient_privilege', HINT = 'Append an event that says what changed.';
END $$;
COMMENT ON FUNCTION audit_logs_refuse_change() IS 'Stops UPDATE, DELETE and TRUNCATE of the log, the owner''s too';
DELETE FROM schema_migrations WHERE version = 4;
RESET ROLE;
