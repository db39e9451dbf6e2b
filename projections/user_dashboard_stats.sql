-- projection: user_dashboard_stats
-- version: 3
-- mode: inline
-- events: job.created, job.started, job.paused, job.resumed, job.rows_processed, job.rows_fixed, job.completed, job.failed, job.cancelled
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
    skipped_rows   bigint NOT NULL,
    file_bytes     bigint NOT NULL,
    last_job_at    timestamptz,
    PRIMARY KEY (tenant_id, user_id),
    CONSTRAINT user_dashboard_stats_rows_check CHECK (processed_rows = accepted_rows + rejected_rows + skipped_rows)
);
CREATE TABLE user_dashboard_jobs (
    tenant_id      uuid NOT NULL,
    job_id         uuid NOT NULL,
    user_id        uuid,
    status         text COLLATE "C",
    processed_rows bigint NOT NULL,
    accepted_rows  bigint NOT NULL,
    rejected_rows  bigint NOT NULL,
    skipped_rows   bigint NOT NULL,
    file_bytes     bigint,
    created_at     timestamptz,
    PRIMARY KEY (tenant_id, job_id),
    CONSTRAINT user_dashboard_jobs_rows_check CHECK (processed_rows = accepted_rows + rejected_rows + skipped_rows)
);
COMMENT ON TABLE  user_dashboard_stats                IS 'Each user''s jobs in numbers';
COMMENT ON COLUMN user_dashboard_stats.tenant_id      IS 'The tenant';
COMMENT ON COLUMN user_dashboard_stats.user_id        IS 'The user';
COMMENT ON COLUMN user_dashboard_stats.total_jobs     IS 'All their jobs';
COMMENT ON COLUMN user_dashboard_stats.active_jobs    IS 'Those created, running or paused now';
COMMENT ON COLUMN user_dashboard_stats.completed_jobs IS 'Those completed now';
COMMENT ON COLUMN user_dashboard_stats.failed_jobs    IS 'Those failed now; one that was resumed is active again';
COMMENT ON COLUMN user_dashboard_stats.cancelled_jobs IS 'Those cancelled now';
COMMENT ON COLUMN user_dashboard_stats.processed_rows IS 'Rows that got a result';
COMMENT ON COLUMN user_dashboard_stats.accepted_rows  IS 'Rows that were accepted';
COMMENT ON COLUMN user_dashboard_stats.rejected_rows  IS 'Rows that were rejected';
COMMENT ON COLUMN user_dashboard_stats.skipped_rows   IS 'Rows that a mapping left out';
COMMENT ON COLUMN user_dashboard_stats.file_bytes     IS 'Bytes of their files';
COMMENT ON COLUMN user_dashboard_stats.last_job_at    IS 'When they last made a job';
COMMENT ON TABLE  user_dashboard_jobs                IS 'What each job adds to the numbers of its user';
COMMENT ON COLUMN user_dashboard_jobs.tenant_id      IS 'The tenant';
COMMENT ON COLUMN user_dashboard_jobs.job_id         IS 'The job';
COMMENT ON COLUMN user_dashboard_jobs.user_id        IS 'User whose job it is; null while no event has said so';
COMMENT ON COLUMN user_dashboard_jobs.status         IS 'Its status, as in processing_jobs';
COMMENT ON COLUMN user_dashboard_jobs.processed_rows IS 'Rows that have a result';
COMMENT ON COLUMN user_dashboard_jobs.accepted_rows  IS 'Rows that were accepted';
COMMENT ON COLUMN user_dashboard_jobs.rejected_rows  IS 'Rows that were rejected';
COMMENT ON COLUMN user_dashboard_jobs.skipped_rows   IS 'Rows that the mapping leaves out';
COMMENT ON COLUMN user_dashboard_jobs.file_bytes     IS 'Bytes of the file';
COMMENT ON COLUMN user_dashboard_jobs.created_at     IS 'When it was made';
-- @fold
-- A user's numbers change by what their jobs are after the events less what they were before: no job counts twice,
-- however often it failed and was resumed. A job without an owner is kept, and counts once its owner is known.
WITH told AS (
    SELECT tenant_id, stream_id AS job_id,
           (array_agg((payload->>'owner_id')::uuid ORDER BY position)
               FILTER (WHERE event_type = 'job.created' AND payload->>'owner_id' IS NOT NULL))[1] AS user_id,
           last(CASE event_type WHEN 'job.created' THEN 'created' WHEN 'job.started' THEN 'running'
                WHEN 'job.resumed' THEN 'running' WHEN 'job.paused' THEN 'paused' WHEN 'job.cancelled' THEN 'cancelled'
                WHEN 'job.failed' THEN 'failed' WHEN 'job.completed' THEN 'completed' END ORDER BY position) AS status,
           coalesce(sum((payload->>'rows')::bigint) FILTER (WHERE event_type = 'job.rows_processed'), 0) AS processed_rows,
           coalesce(sum((payload->>'accepted')::bigint) FILTER (WHERE event_type IN ('job.rows_processed', 'job.rows_fixed')), 0) AS accepted_rows,
           -- A row that is fixed was rejected and has a new result.
           coalesce(sum((payload->>'rejected')::bigint) FILTER (WHERE event_type IN ('job.rows_processed', 'job.rows_fixed')), 0)
               - coalesce(sum((payload->>'rows')::bigint) FILTER (WHERE event_type = 'job.rows_fixed'), 0) AS rejected_rows,
           coalesce(sum((payload->>'skipped')::bigint) FILTER (WHERE event_type IN ('job.rows_processed', 'job.rows_fixed')), 0) AS skipped_rows,
           last((payload->>'file_size')::bigint ORDER BY position) FILTER (WHERE event_type = 'job.created') AS file_bytes,
           min(recorded_at) FILTER (WHERE event_type = 'job.created') AS created_at
    FROM events GROUP BY tenant_id, stream_id
), before AS (
    SELECT j.* FROM user_dashboard_jobs j JOIN told t ON j.tenant_id = t.tenant_id AND j.job_id = t.job_id
), after AS (
    INSERT INTO user_dashboard_jobs AS j (tenant_id, job_id, user_id, status, processed_rows, accepted_rows, rejected_rows,
        skipped_rows, file_bytes, created_at)
    SELECT * FROM told
    ON CONFLICT (tenant_id, job_id) DO UPDATE SET
        user_id = coalesce(j.user_id, excluded.user_id), status = coalesce(excluded.status, j.status),
        processed_rows = j.processed_rows + excluded.processed_rows,
        accepted_rows = j.accepted_rows + excluded.accepted_rows,
        rejected_rows = j.rejected_rows + excluded.rejected_rows,
        skipped_rows = j.skipped_rows + excluded.skipped_rows,
        file_bytes = coalesce(excluded.file_bytes, j.file_bytes), created_at = coalesce(j.created_at, excluded.created_at)
    RETURNING j.*
)
INSERT INTO user_dashboard_stats AS s (tenant_id, user_id, total_jobs, active_jobs, completed_jobs, failed_jobs,
    cancelled_jobs, processed_rows, accepted_rows, rejected_rows, skipped_rows, file_bytes,
    last_job_at)
SELECT tenant_id, user_id, sum(sign), coalesce(sum(sign) FILTER (WHERE status IN ('created', 'running', 'paused')), 0),
       coalesce(sum(sign) FILTER (WHERE status = 'completed'), 0), coalesce(sum(sign) FILTER (WHERE status = 'failed'), 0),
       coalesce(sum(sign) FILTER (WHERE status = 'cancelled'), 0), sum(sign * processed_rows), sum(sign * accepted_rows),
       sum(sign * rejected_rows), sum(sign * skipped_rows), coalesce(sum(sign * file_bytes), 0), max(created_at)
FROM (SELECT 1 AS sign, a.* FROM after a UNION ALL SELECT -1, b.* FROM before b) AS j
WHERE user_id IS NOT NULL GROUP BY tenant_id, user_id
ON CONFLICT (tenant_id, user_id) DO UPDATE SET
    total_jobs = s.total_jobs + excluded.total_jobs, active_jobs = s.active_jobs + excluded.active_jobs,
    completed_jobs = s.completed_jobs + excluded.completed_jobs, failed_jobs = s.failed_jobs + excluded.failed_jobs,
    cancelled_jobs = s.cancelled_jobs + excluded.cancelled_jobs,
    processed_rows = s.processed_rows + excluded.processed_rows,
    accepted_rows = s.accepted_rows + excluded.accepted_rows, rejected_rows = s.rejected_rows + excluded.rejected_rows,
    skipped_rows = s.skipped_rows + excluded.skipped_rows,
    file_bytes = s.file_bytes + excluded.file_bytes,
    last_job_at = greatest(s.last_job_at, excluded.last_job_at);
