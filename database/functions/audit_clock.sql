-- The log's only clock. Tests replace it.
CREATE OR REPLACE FUNCTION audit_clock() RETURNS timestamptz
LANGUAGE sql VOLATILE SET search_path = public, pg_temp
RETURN clock_timestamp();
COMMENT ON FUNCTION audit_clock() IS 'The time that the log gives to new events';
REVOKE ALL ON FUNCTION audit_clock() FROM PUBLIC;
