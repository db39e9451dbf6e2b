-- projection: user_dashboard_stats
-- version: 1
-- mode: async
-- events: job.created, job.rows_processed, job.completed, job.failed, job.cancelled
-- key: aggregate
-- owner: user_id
-- @schema
CREATE TABLE user_dashboard_stats (
    tenant_id      uuid NOT NULL,
    user_id        uuid NOT NULL,
    total_jobs     bigint NOT NULL,
    active_jobs    bigint NOT NULL,
    completed_jobs bigint NOT NULL,
    failed_jobs    bigint NOT NULL,
    cancelled_jobs bigint NOT NULL,
    processed_rows bigint NOT NULL,
    accepted_rows  bigint NOT NULL,
    rejected_rows  bigint NOT NULL,
    file_bytes     bigint NOT NULL,
    last_job_at    timestamptz,
    PRIMARY KEY (tenant_id, user_id)
);
COMMENT ON TABLE  user_dashboard_stats                IS 'Each user''s jobs in numbers';
COMMENT ON COLUMN user_dashboard_stats.tenant_id      IS 'The tenant';
COMMENT ON COLUMN user_dashboard_stats.user_id        IS 'The user';
COMMENT ON COLUMN user_dashboard_stats.total_jobs     IS 'All their jobs';
COMMENT ON COLUMN user_dashboard_stats.active_jobs    IS 'Those not yet completed, failed or cancelled';
COMMENT ON COLUMN user_dashboard_stats.completed_jobs IS 'Those that were completed';
COMMENT ON COLUMN user_dashboard_stats.failed_jobs    IS 'Those that failed';
COMMENT ON COLUMN user_dashboard_stats.cancelled_jobs IS 'Those that were cancelled';
COMMENT ON COLUMN user_dashboard_stats.processed_rows IS 'Rows that got a result';
COMMENT ON COLUMN user_dashboard_stats.accepted_rows  IS 'Rows that were accepted';
COMMENT ON COLUMN user_dashboard_stats.rejected_rows  IS 'Rows that were rejected';
COMMENT ON COLUMN user_dashboard_stats.file_bytes     IS 'Bytes of their files';
COMMENT ON COLUMN user_dashboard_stats.last_job_at    IS 'When they last made a job';
-- @fold
INSERT INTO user_dashboard_stats AS s (tenant_id, user_id, total_jobs, active_jobs, completed_jobs, failed_jobs,
    cancelled_jobs, processed_rows, accepted_rows, rejected_rows, file_bytes, last_job_at)
SELECT tenant_id, (payload->>'owner_id')::uuid,
       count(*) FILTER (WHERE event_type = 'job.created'),
       count(*) FILTER (WHERE event_type = 'job.created')
           - count(*) FILTER (WHERE event_type IN ('job.completed', 'job.failed', 'job.cancelled')),
       count(*) FILTER (WHERE event_type = 'job.completed'), count(*) FILTER (WHERE event_type = 'job.failed'),
       count(*) FILTER (WHERE event_type = 'job.cancelled'),
       coalesce(sum((payload->>'rows')::bigint) FILTER (WHERE event_type = 'job.rows_processed'), 0),
       coalesce(sum((payload->>'accepted')::bigint) FILTER (WHERE event_type = 'job.rows_processed'), 0),
       coalesce(sum((payload->>'rejected')::bigint) FILTER (WHERE event_type = 'job.rows_processed'), 0),
       coalesce(sum((payload->>'file_size')::bigint) FILTER (WHERE event_type = 'job.created'), 0),
       max(recorded_at) FILTER (WHERE event_type = 'job.created')
FROM events GROUP BY 1, 2
ON CONFLICT (tenant_id, user_id) DO UPDATE SET
    total_jobs = s.total_jobs + excluded.total_jobs, active_jobs = s.active_jobs + excluded.active_jobs,
    completed_jobs = s.completed_jobs + excluded.completed_jobs, failed_jobs = s.failed_jobs + excluded.failed_jobs,
    cancelled_jobs = s.cancelled_jobs + excluded.cancelled_jobs,
    processed_rows = s.processed_rows + excluded.processed_rows,
    accepted_rows = s.accepted_rows + excluded.accepted_rows, rejected_rows = s.rejected_rows + excluded.rejected_rows,
    file_bytes = s.file_bytes + excluded.file_bytes,
    last_job_at = greatest(s.last_job_at, excluded.last_job_at);
