-- One line per part of the system: is it well, and what are its numbers?
CREATE OR REPLACE VIEW system_health WITH (security_invoker = true) AS
SELECT h.tenant_id, 'log' AS component, 'ok' AS status, h.size AS value,
       CASE h.size WHEN 0 THEN 'no event yet'
            ELSE format('%s event%s, the last at %s', h.size, CASE WHEN h.size <> 1 THEN 's' END, h.recorded_at) END AS detail
FROM audit_log_heads h
UNION ALL
SELECT h.tenant_id, 'seal',
       CASE WHEN c.size IS NULL THEN 'not sealed' WHEN c.size > h.size THEN 'ahead of the log'
            WHEN c.size = h.size THEN 'ok' ELSE 'behind' END,
       h.size - coalesce(c.size, 0),
       CASE WHEN c.size IS NULL THEN 'nothing is sealed: atlas2 log seal'
            ELSE format('%s of %s event%s sealed, at %s', c.size, h.size, CASE WHEN h.size <> 1 THEN 's' END, c.sealed_at) END
FROM audit_log_heads h
LEFT JOIN LATERAL (
    SELECT c.size, c.sealed_at FROM log_checkpoints c WHERE c.tenant_id = h.tenant_id ORDER BY c.size DESC LIMIT 1) AS c ON true
UNION ALL
SELECT h.tenant_id, 'projection ' || d.name,
       CASE WHEN coalesce(c.position, 0) = h.size THEN 'ok' WHEN coalesce(c.position, 0) > h.size THEN 'ahead of the log'
            WHEN d.mode = 'inline' THEN 'stopped' ELSE 'behind' END,
       h.size - coalesce(c.position, 0),
       format('%s of %s event%s read', coalesce(c.position, 0), h.size, CASE WHEN h.size <> 1 THEN 's' END)
FROM audit_log_heads h
CROSS JOIN projection_definitions() d
LEFT JOIN projection_checkpoints c ON c.tenant_id = h.tenant_id AND c.projection = d.name
UNION ALL
SELECT s.tenant_id, format('event %s for %s', s.position, s.projection), CASE WHEN s.set_aside THEN 'set aside' ELSE 'stopped' END,
       s.position, format('%s cannot be folded (%s): atlas2 projections status', s.event_type, s.sqlstate)
FROM projection_stops s
UNION ALL
SELECT j.tenant_id, 'jobs ' || coalesce(j.status, 'unknown'), CASE WHEN j.status IN ('failed', 'paused') THEN 'look' ELSE 'ok' END,
       count(*), format('%s job%s %s', count(*), CASE WHEN count(*) = 1 THEN ' is' ELSE 's are' END, coalesce(j.status, 'of no known status'))
FROM processing_jobs j GROUP BY j.tenant_id, j.status
UNION ALL
-- The partition of a month is made ahead; the append makes one that is missing, and then takes a moment longer.
SELECT h.tenant_id, 'partitions', CASE WHEN m.ahead > 0 THEN 'ok' ELSE 'look' END, m.ahead,
       CASE WHEN m.ahead > 0 THEN format('made until %s', m.last)
            ELSE 'none is made ahead: atlas2 work makes them, or the first event of the month' END
FROM audit_log_heads h
CROSS JOIN (
    SELECT count(*) FILTER (WHERE month > this) AS ahead, max(month) AS last
    FROM (SELECT replace(right(c.relname, 7), '_', '-') AS month, to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM') AS this
          FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = to_regclass('public.audit_logs')) AS p) AS m;
COMMENT ON VIEW   system_health           IS 'Is each part of the system well?';
COMMENT ON COLUMN system_health.tenant_id IS 'The tenant';
COMMENT ON COLUMN system_health.component IS 'The log, its seal, a projection, an event that one cannot fold, the jobs of a status, or the log''s partitions';
COMMENT ON COLUMN system_health.status    IS 'ok; look: worth a look; or what is wrong: not sealed, behind, stopped, set aside, ahead of the log';
COMMENT ON COLUMN system_health.value     IS 'Events in the log, events not sealed, events unread, position of the event, number of jobs, or months made ahead';
COMMENT ON COLUMN system_health.detail    IS 'The same in words';
