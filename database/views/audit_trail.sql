-- The log in an auditor's words: who did what to which resource, when, and what it was before.
CREATE OR REPLACE VIEW audit_trail WITH (security_invoker = true) AS
SELECT l.tenant_id, l.position, l.recorded_at AS "when", l.actor_id, coalesce(u.email, l.actor_id::text, 'system') AS who,
       l.personal->>'login' AS login,
       l.event_type AS action, l.stream_type || '/' || l.stream_id AS resource, l.stream_version AS version,
       -- Of each value the one before: the stream is followed back to the last event that states it, or stated it until it was
       -- erased. So a long stream costs what its gaps cost, not all of it for each of its events.
       CASE WHEN l.stream_type IN ('user', 'tenant', 'setting', 'api', 'mapping') AND l.event_type NOT LIKE '%.erased' THEN (
           SELECT jsonb_object_agg(k.key, o.value)
           FROM jsonb_object_keys(n.payload || (coalesce(n.personal, '{}') - 'login')) k (key)
           CROSS JOIN LATERAL (
               SELECT coalesce(b.personal->k.key, b.payload->k.key) AS value
               FROM audit_logs p
               CROSS JOIN LATERAL fold.upcast(p.event_type, p.schema_version, p.payload::jsonb, p.personal::jsonb) b
               WHERE p.tenant_id = l.tenant_id AND p.stream_type = l.stream_type AND p.stream_id = l.stream_id
                 AND p.stream_version < l.stream_version AND p.recorded_at <= l.recorded_at
                 AND p.event_type NOT LIKE '%.erased'
                 AND (b.payload ? k.key OR b.personal ? k.key OR EXISTS (
                     SELECT FROM audit_logs e
                     WHERE e.tenant_id = p.tenant_id AND e.stream_type = p.stream_type AND e.stream_id = p.stream_id
                       AND e.event_type LIKE '%.erased' AND e.position > p.position
                       AND e.payload::jsonb->'types'->p.event_type ? k.key))
               ORDER BY p.stream_version DESC LIMIT 1
           ) o) END AS old_values,
       n.payload || (coalesce(n.personal, '{}') - 'login') AS new_values,
       l.correlation_id, l.causation_id, l.event_id,
       CASE WHEN l.salt IS NULL THEN 'erased'
            WHEN EXISTS (
                SELECT FROM audit_logs e
                WHERE e.tenant_id = l.tenant_id AND e.stream_type = l.stream_type AND e.stream_id = l.stream_id
                  AND e.event_type LIKE '%.erased' AND e.position > l.position
                  AND e.payload::jsonb->'replaced' @> jsonb_build_array(jsonb_build_object('position', l.position))
            ) THEN 'redacted' END AS erasure,
       l.stream_type, l.stream_id
FROM audit_logs l
CROSS JOIN LATERAL fold.upcast(l.event_type, l.schema_version, l.payload::jsonb, l.personal::jsonb) n
LEFT JOIN users u ON u.tenant_id = l.tenant_id AND u.id = l.actor_id;
COMMENT ON VIEW   audit_trail                IS 'The log in an auditor''s words';
COMMENT ON COLUMN audit_trail.tenant_id      IS 'The tenant';
COMMENT ON COLUMN audit_trail.position       IS 'Position in the tenant''s log';
COMMENT ON COLUMN audit_trail."when"         IS 'When it was recorded';
COMMENT ON COLUMN audit_trail.actor_id       IS 'User who acted; null for the system';
COMMENT ON COLUMN audit_trail.who            IS 'Their e-mail address, else their id; system where nobody acted';
COMMENT ON COLUMN audit_trail.login          IS 'Operating-system login that the command ran under';
COMMENT ON COLUMN audit_trail.action         IS 'What happened';
COMMENT ON COLUMN audit_trail.resource       IS 'To what, as type/id';
COMMENT ON COLUMN audit_trail.version        IS 'Version of the resource after it';
COMMENT ON COLUMN audit_trail.old_values     IS 'Values before, of what the event states, of users, tenants, settings, APIs and mappings; a value that was erased is null';
COMMENT ON COLUMN audit_trail.new_values     IS 'Values that the event states';
COMMENT ON COLUMN audit_trail.correlation_id IS 'Command that it belongs to';
COMMENT ON COLUMN audit_trail.causation_id   IS 'Event that caused it';
COMMENT ON COLUMN audit_trail.event_id       IS 'The event';
COMMENT ON COLUMN audit_trail.erasure        IS 'erased where nothing personal is left of it, redacted where only some of it is; null where nothing was taken away';
COMMENT ON COLUMN audit_trail.stream_type    IS 'Kind of the resource';
COMMENT ON COLUMN audit_trail.stream_id      IS 'The resource';
