-- One line per part of the system: is it well, and what are its numbers?
CREATE OR REPLACE VIEW system_health WITH (security_invoker = true) AS
SELECT h.tenant_id, 'log' AS component, 'ok' AS status, h.size AS value,
       format('%s events, the last at %s', h.size, h.recorded_at) AS detail
FROM audit_log_heads h
UNION ALL
SELECT h.tenant_id, 'projection ' || d.name,
       CASE WHEN coalesce(c.position, 0) = h.size THEN 'ok' WHEN coalesce(c.position, 0) > h.size THEN 'ahead of the log'
            WHEN d.mode = 'inline' THEN 'stopped' ELSE 'behind' END,
       h.size - coalesce(c.position, 0), format('%s of %s events read', coalesce(c.position, 0), h.size)
FROM audit_log_heads h
CROSS JOIN projection_definitions() d
LEFT JOIN projection_checkpoints c ON c.tenant_id = h.tenant_id AND c.projection = d.name
UNION ALL
SELECT s.tenant_id, format('event %s for %s', s.position, s.projection), CASE WHEN s.set_aside THEN 'set aside' ELSE 'stopped' END,
       s.position, format('%s cannot be folded (%s): atlas2 projections status', s.event_type, s.sqlstate)
FROM projection_stops s
UNION ALL
SELECT j.tenant_id, 'jobs ' || j.status, CASE j.status WHEN 'failed' THEN 'look' ELSE 'ok' END, count(*),
       format('%s jobs are %s', count(*), j.status)
FROM processing_jobs j GROUP BY j.tenant_id, j.status;
COMMENT ON VIEW   system_health           IS 'Is each part of the system well?';
COMMENT ON COLUMN system_health.tenant_id IS 'The tenant';
COMMENT ON COLUMN system_health.component IS 'The log, a projection, an event that one cannot fold, or the jobs of a status';
COMMENT ON COLUMN system_health.status    IS 'ok, or what is wrong';
COMMENT ON COLUMN system_health.value     IS 'Events in the log, events unread, position of the event, or number of jobs';
COMMENT ON COLUMN system_health.detail    IS 'The same in words';
