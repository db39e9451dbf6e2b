-- What retention would remove, by the settings of the session's tenant, or, for the system and the owner, of every
-- tenant where none is set.
-- It removes nothing: `removed` is 0 in every row.
CREATE OR REPLACE FUNCTION cleanup_old_data()
RETURNS TABLE (tenant_id uuid, what text, retention_days integer, cutoff timestamptz, events bigint, bytes bigint, removed bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT s.tenant_id, k.what, (s.value #>> '{}')::integer, c.cutoff, e.events, e.bytes, 0::bigint
    FROM (VALUES ('audit_log_retention_days', 'events', '%'),
                 ('processing_results_retention_days', 'results', 'job.rows\_processed'),
                 ('jobs_retention_days', 'jobs', 'job.%')) AS k (setting, what, pattern)
    JOIN system_settings s ON s.key = k.setting
    CROSS JOIN LATERAL (SELECT audit_clock() - make_interval(days => (s.value #>> '{}')::integer)) AS c (cutoff)
    CROSS JOIN LATERAL (
        SELECT count(*) AS events,
               coalesce(sum(octet_length(l.payload::text) + coalesce(octet_length(l.personal::text), 0)
                   + coalesce(octet_length(l.attachment), 0)), 0)::bigint AS bytes
        FROM audit_logs l
        WHERE l.tenant_id = s.tenant_id AND l.recorded_at < c.cutoff AND l.event_type LIKE k.pattern
    ) AS e
    WHERE current_setting('atlas2.tenant_id', true) = s.tenant_id::text
       OR coalesce(current_setting('atlas2.tenant_id', true), '') = ''
          AND (current_setting('atlas2.role', true) = 'system' OR pg_has_role(session_user, 'atlas2_owner', 'MEMBER'))
    ORDER BY s.tenant_id, k.what;
$$;
COMMENT ON FUNCTION cleanup_old_data() IS 'Reports what retention would remove; removes nothing';
REVOKE ALL ON FUNCTION cleanup_old_data() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cleanup_old_data() TO atlas2_app;
