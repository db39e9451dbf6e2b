-- The way into the log. Each append (the events that share an `append` number) is taken whole or not at all, in order, and
-- has one outcome:
--   appended  its events are in the log at the positions returned
--   known     all its event ids were there already, with the same content: the positions are those of the first try
--   mismatch  some of its event ids were there, or with other content: nothing was appended
--   conflict  a stream was not at the expected version: nothing was appended
-- Raises only when the session is not the tenant's, an event is malformed or not the session's to append, or an inline
-- projection's constraint is violated or its fold fails; then nothing of the call was appended. Whose are which: `log.…` and `hold.…`, which
-- say who signs the log and what must not be erased, need the role admin or system; `….erased`, which excuses that
-- something is gone, comes from audit_erase alone; `projection.event_skipped` and `projection.retried` from
-- projection_resume.
CREATE OR REPLACE FUNCTION audit_append(p_tenant uuid, p_events audit_append_event[])
RETURNS TABLE (append integer, outcome text, first_position bigint, last_position bigint, message text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM audit_require_tenant(p_tenant);
    RETURN QUERY SELECT * FROM audit_write(p_tenant, p_events, false);
END $$;
COMMENT ON FUNCTION audit_append(uuid, audit_append_event[]) IS 'Appends events to a tenant''s log: the only way in';
REVOKE ALL ON FUNCTION audit_append(uuid, audit_append_event[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_append(uuid, audit_append_event[]) TO atlas2_app;
