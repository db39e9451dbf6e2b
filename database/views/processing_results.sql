-- The outcome of every row of every job, read out of the result chunks.
CREATE OR REPLACE VIEW processing_results WITH (security_invoker = true) AS
SELECT l.tenant_id, l.stream_id AS job_id,
       n.number AS "row",
       CASE WHEN jsonb_typeof(o.result) = 'null' THEN 'erased' WHEN o.accepted IS NOT NULL THEN 'accepted'
            WHEN o.result ? 'skipped' THEN 'skipped' ELSE 'rejected' END AS status,
       CASE WHEN o.accepted IS NOT NULL THEN (
           SELECT jsonb_object_agg(f.name, o.accepted->(f.ordinality::integer - 1))
           FROM jsonb_array_elements_text(c.body->'fields') WITH ORDINALITY f (name, ordinality)) END AS output,
       (o.refused->>'line')::bigint AS line, o.result->'cells' AS cells,
       coalesce(o.refused->'errors', '[]'::jsonb) AS errors, l.position
FROM audit_logs l
CROSS JOIN LATERAL (
    SELECT CASE WHEN l.attachment IS NOT NULL THEN convert_from(l.attachment, 'UTF8')::jsonb
                ELSE jsonb_build_object('rows', array_fill('null'::jsonb, ARRAY[(l.payload->>'rows')::integer])) END AS body OFFSET 0
) c
CROSS JOIN LATERAL ROWS FROM (jsonb_array_elements(c.body->'rows'), json_array_elements_text(l.payload->'of'))
    WITH ORDINALITY r (value, number, ordinality)
CROSS JOIN LATERAL (
    -- The rows of a fix say which ones they are.
    SELECT coalesce(r.number::bigint, (l.payload->>'first_row')::bigint + r.ordinality - 1) AS number,
           CASE jsonb_typeof(r.value) WHEN 'object' THEN coalesce(r.value->'result', r.value) ELSE r.value END AS result
) n
CROSS JOIN LATERAL (
    SELECT n.result, CASE jsonb_typeof(n.result) WHEN 'array' THEN n.result ELSE n.result->'values' END AS accepted,
           CASE jsonb_typeof(n.result) WHEN 'object' THEN coalesce(n.result->'warnings', n.result->'skipped', n.result) END AS refused
) o
WHERE l.stream_type = 'job' AND l.event_type IN ('job.rows_processed', 'job.rows_fixed')
  -- A row that was fixed has its last result.
  AND NOT EXISTS (
      SELECT FROM audit_logs f CROSS JOIN LATERAL json_array_elements_text(f.payload->'of') i (number)
      WHERE f.tenant_id = l.tenant_id AND f.stream_type = 'job' AND f.stream_id = l.stream_id
        AND f.event_type = 'job.rows_fixed' AND f.position > l.position AND i.number::bigint = n.number);
COMMENT ON VIEW   processing_results           IS 'The outcome of every row of every job, read out of the log';
COMMENT ON COLUMN processing_results.tenant_id IS 'The tenant';
COMMENT ON COLUMN processing_results.job_id    IS 'The job';
COMMENT ON COLUMN processing_results."row"     IS 'Number of the row in the file, from 1';
COMMENT ON COLUMN processing_results.status    IS 'accepted, rejected, skipped or erased';
COMMENT ON COLUMN processing_results.output    IS 'Values by target field (nested ones dotted); null where there are none';
COMMENT ON COLUMN processing_results.line      IS 'Line of the file where the row starts; null for accepted rows without errors and erased ones';
COMMENT ON COLUMN processing_results.cells     IS 'A rejected row''s cells as they stood';
COMMENT ON COLUMN processing_results.errors    IS 'Why a row was rejected, or which of its values were left blank';
COMMENT ON COLUMN processing_results.position  IS 'Position of the event that holds the row';
