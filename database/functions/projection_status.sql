-- How far each projection has read a tenant's log, how fast it read last, and where it stopped. What an error says is for
-- those who may read every event.
CREATE OR REPLACE FUNCTION projection_status(p_tenant uuid)
RETURNS TABLE (name text, version integer, mode text, events text[], tables text[], sha256 text, "position" bigint,
    head bigint, unread_since timestamptz, read_events bigint, read_in interval, stop_position bigint,
    stream_type text, stream_id uuid, event_id uuid, event_type text, set_aside boolean, sqlstate text, error text, stopped_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM audit_require_tenant(p_tenant);
    RETURN QUERY
        SELECT d.name, d.version, d.mode, d.events, d.tables, d.sha256, coalesce(c.position, 0), coalesce(h.size, 0),
               CASE WHEN coalesce(c.position, 0) < h.size THEN (
                   SELECT l.recorded_at FROM audit_logs l WHERE l.tenant_id = p_tenant AND l.position = coalesce(c.position, 0)) END,
               c.read_events, c.read_in, s.position, s.stream_type, s.stream_id, s.event_id, s.event_type, s.set_aside, s.sqlstate,
               CASE WHEN current_setting('atlas2.role', true) IN ('admin', 'auditor', 'system') THEN s.error END, s.stopped_at
        FROM projection_definitions() d
        LEFT JOIN audit_log_heads h ON h.tenant_id = p_tenant
        LEFT JOIN projection_checkpoints c ON c.projection = d.name AND c.tenant_id = p_tenant
        LEFT JOIN projection_stops s ON s.projection = d.name AND s.tenant_id = p_tenant AND (s.set_aside OR s.position = c.position)
        ORDER BY d.name, s.set_aside, s.position;
END $$;
COMMENT ON FUNCTION projection_status(uuid) IS 'How far each projection has read a tenant''s log, and where it stopped; a line for each stop';
REVOKE ALL ON FUNCTION projection_status(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION projection_status(uuid) TO atlas2_app, atlas2_readonly;
