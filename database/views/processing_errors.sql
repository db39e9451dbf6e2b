-- Every reason for which a row of a job was rejected.
CREATE OR REPLACE VIEW processing_errors WITH (security_invoker = true) AS
SELECT r.tenant_id, r.job_id, r."row", r.line, e.ordinality AS ordinal, e.value->>'field' AS field,
       e.value->>'column' AS "column", e.value->>'rule' AS rule, e.value->>'code' AS code,
       e.value->>'value' AS value, e.value->>'message' AS message
FROM processing_results r
CROSS JOIN LATERAL jsonb_array_elements(r.errors) WITH ORDINALITY e (value, ordinality);
COMMENT ON VIEW   processing_errors           IS 'Every reason for which a row was rejected';
COMMENT ON COLUMN processing_errors.tenant_id IS 'The tenant';
COMMENT ON COLUMN processing_errors.job_id    IS 'The job';
COMMENT ON COLUMN processing_errors."row"     IS 'Number of the row in the file, from 1';
COMMENT ON COLUMN processing_errors.line      IS 'Line of the file where the row starts';
COMMENT ON COLUMN processing_errors.ordinal   IS 'Place among the row''s errors, from 1';
COMMENT ON COLUMN processing_errors.field     IS 'Target field';
COMMENT ON COLUMN processing_errors."column"  IS 'Source column';
COMMENT ON COLUMN processing_errors.rule      IS 'Function or check that refused it';
COMMENT ON COLUMN processing_errors.code      IS 'What was wrong, as a code';
COMMENT ON COLUMN processing_errors.value     IS 'The value as it stood';
COMMENT ON COLUMN processing_errors.message   IS 'What was wrong and what to do';
