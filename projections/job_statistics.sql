-- projection: job_statistics
-- version: 3
-- mode: inline
-- events: job.created, job.rows_processed, job.rows_fixed, job.completed, job.failed, job.cancelled
-- key: aggregate
-- owner: user_id
-- @schema
CREATE TABLE job_statistics (
    tenant_id      uuid NOT NULL,
    day            date NOT NULL,
    user_id        uuid NOT NULL,
    mapping_id     uuid NOT NULL,
    jobs_created   bigint NOT NULL,
    jobs_completed bigint NOT NULL,
    jobs_failed    bigint NOT NULL,
    jobs_cancelled bigint NOT NULL,
    processed_rows bigint NOT NULL,
    accepted_rows  bigint NOT NULL,
    rejected_rows  bigint NOT NULL,
    skipped_rows   bigint NOT NULL,
    PRIMARY KEY (tenant_id, day, user_id, mapping_id),
    CONSTRAINT job_statistics_counts_check CHECK (jobs_created >= 0 AND jobs_completed >= 0 AND jobs_failed >= 0
        AND jobs_cancelled >= 0 AND accepted_rows >= 0 AND rejected_rows >= 0 AND skipped_rows >= 0
        AND processed_rows = accepted_rows + rejected_rows + skipped_rows)
);
COMMENT ON TABLE  job_statistics                IS 'What happened on each day, by user and mapping';
COMMENT ON COLUMN job_statistics.tenant_id      IS 'The tenant';
COMMENT ON COLUMN job_statistics.day            IS 'The day (UTC) on which it happened';
COMMENT ON COLUMN job_statistics.user_id        IS 'User whose jobs they are';
COMMENT ON COLUMN job_statistics.mapping_id     IS 'The mapping that they use';
COMMENT ON COLUMN job_statistics.jobs_created   IS 'How often a job was made';
COMMENT ON COLUMN job_statistics.jobs_completed IS 'How often a job was completed';
COMMENT ON COLUMN job_statistics.jobs_failed    IS 'How often a job failed; one that is resumed can fail again';
COMMENT ON COLUMN job_statistics.jobs_cancelled IS 'How often a job was cancelled';
COMMENT ON COLUMN job_statistics.processed_rows IS 'Rows that got a result on that day; one that was fixed got another';
COMMENT ON COLUMN job_statistics.accepted_rows  IS 'Rows accepted on that day';
COMMENT ON COLUMN job_statistics.rejected_rows  IS 'Rows rejected on that day';
COMMENT ON COLUMN job_statistics.skipped_rows   IS 'Rows that a mapping left out on that day';
-- @fold
INSERT INTO job_statistics AS s (tenant_id, day, user_id, mapping_id, jobs_created, jobs_completed, jobs_failed,
    jobs_cancelled, processed_rows, accepted_rows, rejected_rows, skipped_rows)
SELECT tenant_id, (recorded_at AT TIME ZONE 'UTC')::date, (payload->>'owner_id')::uuid, (payload->>'mapping_id')::uuid,
       count(*) FILTER (WHERE event_type = 'job.created'), count(*) FILTER (WHERE event_type = 'job.completed'),
       count(*) FILTER (WHERE event_type = 'job.failed'), count(*) FILTER (WHERE event_type = 'job.cancelled'),
       coalesce(sum((payload->>'rows')::bigint) FILTER (WHERE event_type IN ('job.rows_processed', 'job.rows_fixed')), 0),
       coalesce(sum((payload->>'accepted')::bigint) FILTER (WHERE event_type IN ('job.rows_processed', 'job.rows_fixed')), 0),
       coalesce(sum((payload->>'rejected')::bigint) FILTER (WHERE event_type IN ('job.rows_processed', 'job.rows_fixed')), 0),
       coalesce(sum((payload->>'skipped')::bigint) FILTER (WHERE event_type IN ('job.rows_processed', 'job.rows_fixed')), 0)
-- An event that does not say whose job it is and what it uses has no row to be counted in.
FROM events WHERE payload->>'owner_id' IS NOT NULL AND payload->>'mapping_id' IS NOT NULL
GROUP BY 1, 2, 3, 4
ON CONFLICT (tenant_id, day, user_id, mapping_id) DO UPDATE SET
    jobs_created = s.jobs_created + excluded.jobs_created, jobs_completed = s.jobs_completed + excluded.jobs_completed,
    jobs_failed = s.jobs_failed + excluded.jobs_failed, jobs_cancelled = s.jobs_cancelled + excluded.jobs_cancelled,
    processed_rows = s.processed_rows + excluded.processed_rows,
    accepted_rows = s.accepted_rows + excluded.accepted_rows, rejected_rows = s.rejected_rows + excluded.rejected_rows,
    skipped_rows = s.skipped_rows + excluded.skipped_rows;
