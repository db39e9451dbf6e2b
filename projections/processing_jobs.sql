-- projection: processing_jobs
-- version: 2
-- mode: inline
-- events: job.*
-- key: stream
-- owner: user_id
-- references: processing_jobs (tenant_id, mapping_id, mapping_version) -> mapping_configurations (tenant_id, id, version)
-- @schema
CREATE TABLE processing_jobs (
    tenant_id       uuid NOT NULL,
    id              uuid NOT NULL,
    user_id         uuid,
    mapping_id      uuid,
    mapping_version integer,
    status          text COLLATE "C",
    file_name       text,
    file_sha256     text COLLATE "C",
    file_size       bigint,
    source          jsonb,
    processed_rows  bigint NOT NULL,
    accepted_rows   bigint NOT NULL,
    rejected_rows   bigint NOT NULL,
    skipped_rows    bigint NOT NULL,
    attempts        integer NOT NULL,
    reason          text COLLATE "C",
    message         text,
    created_at      timestamptz,
    started_at      timestamptz,
    finished_at     timestamptz,
    updated_at      timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT processing_jobs_status_check
        CHECK (status IN ('created', 'running', 'paused', 'cancelled', 'failed', 'completed')),
    CONSTRAINT processing_jobs_rows_check CHECK (accepted_rows >= 0 AND rejected_rows >= 0
        AND skipped_rows >= 0 AND processed_rows = accepted_rows + rejected_rows + skipped_rows)
);
COMMENT ON TABLE  processing_jobs                 IS 'One run of a file through a mapping';
COMMENT ON COLUMN processing_jobs.tenant_id       IS 'The tenant';
COMMENT ON COLUMN processing_jobs.id              IS 'The job';
COMMENT ON COLUMN processing_jobs.user_id         IS 'User whose job it is';
COMMENT ON COLUMN processing_jobs.mapping_id      IS 'The mapping';
COMMENT ON COLUMN processing_jobs.mapping_version IS 'The version of it that the job pins';
COMMENT ON COLUMN processing_jobs.status          IS 'created, running, paused, cancelled, failed or completed';
COMMENT ON COLUMN processing_jobs.file_name       IS 'Name of the file; null once erased';
COMMENT ON COLUMN processing_jobs.file_sha256     IS 'SHA-256 of the file, hexadecimal; null once erased';
COMMENT ON COLUMN processing_jobs.file_size       IS 'Bytes of the file';
COMMENT ON COLUMN processing_jobs.source          IS 'How the file was read: delimiter, quote, escape, encoding, header';
COMMENT ON COLUMN processing_jobs.processed_rows  IS 'Rows that have a result';
COMMENT ON COLUMN processing_jobs.accepted_rows   IS 'Rows that were accepted';
COMMENT ON COLUMN processing_jobs.rejected_rows   IS 'Rows that were rejected';
COMMENT ON COLUMN processing_jobs.skipped_rows    IS 'Rows that the mapping leaves out';
COMMENT ON COLUMN processing_jobs.attempts        IS 'How often it was started or resumed';
COMMENT ON COLUMN processing_jobs.reason          IS 'Why it was paused, cancelled or failed, as a code';
COMMENT ON COLUMN processing_jobs.message         IS 'The same for people; null once erased';
COMMENT ON COLUMN processing_jobs.created_at      IS 'When it was made';
COMMENT ON COLUMN processing_jobs.started_at      IS 'When rows were first processed';
COMMENT ON COLUMN processing_jobs.finished_at     IS 'When it was completed, failed or cancelled';
COMMENT ON COLUMN processing_jobs.updated_at      IS 'Time of its last event';
-- @fold
INSERT INTO processing_jobs AS j (tenant_id, id, user_id, mapping_id, mapping_version, status, file_name, file_sha256,
    file_size, source, processed_rows, accepted_rows, rejected_rows, skipped_rows, attempts, reason, message,
    created_at, started_at, finished_at, updated_at)
SELECT tenant_id, stream_id,
       last((payload->>'owner_id')::uuid ORDER BY position) FILTER (WHERE event_type = 'job.created'),
       last((payload->>'mapping_id')::uuid ORDER BY position) FILTER (WHERE event_type = 'job.created'),
       last((payload->>'mapping_version')::integer ORDER BY position) FILTER (WHERE event_type = 'job.created'),
       last(CASE event_type WHEN 'job.created' THEN 'created' WHEN 'job.started' THEN 'running'
            WHEN 'job.resumed' THEN 'running' WHEN 'job.paused' THEN 'paused' WHEN 'job.cancelled' THEN 'cancelled'
            WHEN 'job.failed' THEN 'failed' WHEN 'job.completed' THEN 'completed' END ORDER BY position),
       last(personal->>'file_name' ORDER BY position) FILTER (WHERE event_type = 'job.created'),
       last(personal->>'file_sha256' ORDER BY position) FILTER (WHERE event_type = 'job.created'),
       last((payload->>'file_size')::bigint ORDER BY position) FILTER (WHERE event_type = 'job.created'),
       last(payload->'source' ORDER BY position) FILTER (WHERE event_type = 'job.created'),
       coalesce(sum((payload->>'rows')::bigint) FILTER (WHERE event_type = 'job.rows_processed'), 0),
       coalesce(sum((payload->>'accepted')::bigint) FILTER (WHERE event_type = 'job.rows_processed'), 0),
       coalesce(sum((payload->>'rejected')::bigint) FILTER (WHERE event_type = 'job.rows_processed'), 0),
       coalesce(sum((payload->>'skipped')::bigint) FILTER (WHERE event_type = 'job.rows_processed'), 0),
       count(*) FILTER (WHERE event_type IN ('job.started', 'job.resumed')),
       -- Reason and message belong to the status and go with it; '' stands for none, which last() would skip.
       nullif(last(CASE WHEN event_type IN ('job.created', 'job.started', 'job.resumed', 'job.paused', 'job.cancelled',
            'job.failed', 'job.completed')
            THEN coalesce(payload->>'reason', '') END ORDER BY position), ''),
       nullif(last(CASE WHEN event_type IN ('job.created', 'job.started', 'job.resumed', 'job.paused', 'job.cancelled',
            'job.failed', 'job.completed')
            THEN coalesce(personal->>'message', '') END ORDER BY position), ''),
       min(recorded_at) FILTER (WHERE event_type = 'job.created'),
       min(recorded_at) FILTER (WHERE event_type = 'job.started'),
       max(recorded_at) FILTER (WHERE event_type IN ('job.completed', 'job.failed', 'job.cancelled')),
       max(recorded_at)
FROM events GROUP BY tenant_id, stream_id
ON CONFLICT (tenant_id, id) DO UPDATE SET
    user_id = coalesce(excluded.user_id, j.user_id), mapping_id = coalesce(excluded.mapping_id, j.mapping_id),
    mapping_version = coalesce(excluded.mapping_version, j.mapping_version),
    status = coalesce(excluded.status, j.status), file_name = coalesce(excluded.file_name, j.file_name),
    file_sha256 = coalesce(excluded.file_sha256, j.file_sha256), file_size = coalesce(excluded.file_size, j.file_size),
    source = coalesce(excluded.source, j.source),
    processed_rows = j.processed_rows + excluded.processed_rows,
    accepted_rows = j.accepted_rows + excluded.accepted_rows,
    rejected_rows = j.rejected_rows + excluded.rejected_rows,
    skipped_rows = j.skipped_rows + excluded.skipped_rows,
    attempts = j.attempts + excluded.attempts,
    reason = CASE WHEN excluded.status IS NULL THEN j.reason ELSE excluded.reason END,
    message = CASE WHEN excluded.status IS NULL THEN j.message ELSE excluded.message END,
    created_at = coalesce(j.created_at, excluded.created_at), started_at = coalesce(j.started_at, excluded.started_at),
    finished_at = coalesce(excluded.finished_at, j.finished_at), updated_at = excluded.updated_at;
-- A row that is fixed was rejected and has a new result. Apart, because no event alone may take rows away.
UPDATE processing_jobs j SET accepted_rows = j.accepted_rows + f.accepted,
    rejected_rows = j.rejected_rows + f.rejected - f.rows, skipped_rows = j.skipped_rows + f.skipped
FROM (SELECT tenant_id, stream_id, sum((payload->>'rows')::bigint) AS rows,
             coalesce(sum((payload->>'accepted')::bigint), 0) AS accepted,
             coalesce(sum((payload->>'rejected')::bigint), 0) AS rejected,
             coalesce(sum((payload->>'skipped')::bigint), 0) AS skipped
      FROM events WHERE event_type = 'job.rows_fixed' AND payload->>'rows' IS NOT NULL GROUP BY tenant_id, stream_id) f
WHERE j.tenant_id = f.tenant_id AND j.id = f.stream_id;
-- What an erasure names is forgotten, up to there.
UPDATE processing_jobs j SET file_name = CASE WHEN e.file_name THEN NULL ELSE j.file_name END,
    file_sha256 = CASE WHEN e.file_sha256 THEN NULL ELSE j.file_sha256 END,
    message = CASE WHEN e.message THEN NULL ELSE j.message END
FROM (SELECT tenant_id, stream_id,
             forgotten(event_type, payload, personal, 'file_name' ORDER BY position)
                 FILTER (WHERE event_type IN ('job.created', 'job.erased')) AS file_name,
             forgotten(event_type, payload, personal, 'file_sha256' ORDER BY position)
                 FILTER (WHERE event_type IN ('job.created', 'job.erased')) AS file_sha256,
             forgotten(event_type, payload, personal, 'message' ORDER BY position) AS message
      FROM events WHERE stream_id IN (SELECT stream_id FROM events WHERE event_type = 'job.erased')
      GROUP BY tenant_id, stream_id) e
WHERE j.tenant_id = e.tenant_id AND j.id = e.stream_id;
-- @indexes
CREATE INDEX processing_jobs_created_idx ON processing_jobs (tenant_id, created_at);
CREATE INDEX processing_jobs_file_idx ON processing_jobs (tenant_id, file_sha256);
