-- The statistics of every tenant as a series without gaps: each of the last 366 days (UTC), also those on which nothing
-- happened. WHERE day > current_date - 30 is the last month.
CREATE OR REPLACE VIEW job_trends WITH (security_invoker = true) AS
SELECT t.tenant_id, d.day, coalesce(sum(s.jobs_created), 0)::bigint AS jobs_created,
       coalesce(sum(s.jobs_completed), 0)::bigint AS jobs_completed, coalesce(sum(s.jobs_failed), 0)::bigint AS jobs_failed,
       coalesce(sum(s.jobs_cancelled), 0)::bigint AS jobs_cancelled,
       coalesce(sum(s.processed_rows), 0)::bigint AS processed_rows,
       coalesce(sum(s.accepted_rows), 0)::bigint AS accepted_rows, coalesce(sum(s.rejected_rows), 0)::bigint AS rejected_rows,
       coalesce(sum(s.skipped_rows), 0)::bigint AS skipped_rows
FROM tenants t
CROSS JOIN LATERAL (SELECT (now() AT TIME ZONE 'UTC')::date - o.days AS day FROM generate_series(0, 365) AS o (days)) AS d
LEFT JOIN job_statistics s ON s.tenant_id = t.tenant_id AND s.day = d.day
GROUP BY t.tenant_id, d.day;
COMMENT ON VIEW   job_trends                IS 'What happened on each of the last 366 days, also on those on which nothing did';
COMMENT ON COLUMN job_trends.tenant_id      IS 'The tenant';
COMMENT ON COLUMN job_trends.day            IS 'The day (UTC)';
COMMENT ON COLUMN job_trends.jobs_created   IS 'How often a job was made';
COMMENT ON COLUMN job_trends.jobs_completed IS 'How often a job was completed';
COMMENT ON COLUMN job_trends.jobs_failed    IS 'How often a job failed';
COMMENT ON COLUMN job_trends.jobs_cancelled IS 'How often a job was cancelled';
COMMENT ON COLUMN job_trends.processed_rows IS 'Rows that got a result';
COMMENT ON COLUMN job_trends.accepted_rows  IS 'Rows that were accepted';
COMMENT ON COLUMN job_trends.rejected_rows  IS 'Rows that were rejected';
COMMENT ON COLUMN job_trends.skipped_rows   IS 'Rows that mappings left out';
