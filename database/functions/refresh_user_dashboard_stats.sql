-- Brings the dashboard to the head where something has kept it from being there: of the session's tenant, or, for the system and the owner, of every tenant where
-- none is set.
-- Returns the number of events that it read.
CREATE OR REPLACE FUNCTION refresh_user_dashboard_stats() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    session text := coalesce(current_setting('atlas2.tenant_id', true), '');
    head    record;
    reading bigint := 0;
BEGIN
    FOR head IN
        SELECT h.tenant_id, h.size - coalesce(c.position, 0) AS unread
        FROM audit_log_heads h
        LEFT JOIN projection_checkpoints c ON c.tenant_id = h.tenant_id AND c.projection = 'user_dashboard_stats'
        WHERE session = h.tenant_id::text OR session = '' AND (current_setting('atlas2.role', true) = 'system' OR pg_has_role(session_user, 'atlas2_owner', 'MEMBER'))
        ORDER BY h.tenant_id
    LOOP
        PERFORM set_config('atlas2.tenant_id', head.tenant_id::text, true);
        WHILE projection_advance('user_dashboard_stats', head.tenant_id) > 0 LOOP END LOOP;
        reading := reading + head.unread;
    END LOOP;
    PERFORM set_config('atlas2.tenant_id', session, true);
    RETURN reading;
END $$;
COMMENT ON FUNCTION refresh_user_dashboard_stats() IS 'Brings user_dashboard_stats to the head of the log';
REVOKE ALL ON FUNCTION refresh_user_dashboard_stats() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION refresh_user_dashboard_stats() TO atlas2_app;
