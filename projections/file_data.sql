-- projection: file_data
-- version: 1
-- mode: inline
-- events: job.created, job.file_chunk_stored, job.erased
-- key: stream
-- owner: user_id
-- references: file_data (tenant_id, job_id) -> processing_jobs (tenant_id, id)
-- @schema
CREATE TABLE file_data (
    tenant_id       uuid NOT NULL,
    job_id          uuid NOT NULL,
    user_id         uuid,
    file_name       text,
    sha256          text COLLATE "C",
    size            bigint,
    stored_size     bigint NOT NULL,
    compressed_size bigint NOT NULL,
    chunks          integer NOT NULL,
    created_at      timestamptz,
    PRIMARY KEY (tenant_id, job_id),
    CONSTRAINT file_data_sizes_check CHECK (size >= 0 AND stored_size >= 0 AND compressed_size >= 0 AND chunks >= 0)
);
COMMENT ON TABLE  file_data                 IS 'The files of jobs; their bytes are in the log, as attachments';
COMMENT ON COLUMN file_data.tenant_id       IS 'The tenant';
COMMENT ON COLUMN file_data.job_id          IS 'The job that the file belongs to';
COMMENT ON COLUMN file_data.user_id         IS 'User whose file it is';
COMMENT ON COLUMN file_data.file_name       IS 'Name of the file; null once erased';
COMMENT ON COLUMN file_data.sha256          IS 'SHA-256 of the file, hexadecimal; null once erased';
COMMENT ON COLUMN file_data.size            IS 'Bytes of the whole file';
COMMENT ON COLUMN file_data.stored_size     IS 'Bytes of it that the log holds; equal to size once it is complete';
COMMENT ON COLUMN file_data.compressed_size IS 'Bytes that these take after LZ4';
COMMENT ON COLUMN file_data.chunks          IS 'Events that hold them';
COMMENT ON COLUMN file_data.created_at      IS 'When storing began';
-- @fold
INSERT INTO file_data AS f (tenant_id, job_id, user_id, file_name, sha256, size, stored_size, compressed_size, chunks, created_at)
SELECT tenant_id, stream_id, last((payload->>'owner_id')::uuid ORDER BY position) FILTER (WHERE event_type = 'job.created'),
       last(personal->>'file_name' ORDER BY position), last(personal->>'file_sha256' ORDER BY position),
       last((payload->>'file_size')::bigint ORDER BY position),
       coalesce(sum((payload->>'size')::bigint) FILTER (WHERE event_type = 'job.file_chunk_stored'), 0),
       coalesce(sum((payload->>'compressed_size')::bigint) FILTER (WHERE event_type = 'job.file_chunk_stored'), 0),
       count(*) FILTER (WHERE event_type = 'job.file_chunk_stored'),
       min(recorded_at) FILTER (WHERE event_type = 'job.created')
FROM events GROUP BY tenant_id, stream_id
ON CONFLICT (tenant_id, job_id) DO UPDATE SET
    user_id = coalesce(excluded.user_id, f.user_id),
    file_name = coalesce(excluded.file_name, f.file_name), sha256 = coalesce(excluded.sha256, f.sha256),
    size = coalesce(excluded.size, f.size), stored_size = f.stored_size + excluded.stored_size,
    compressed_size = f.compressed_size + excluded.compressed_size, chunks = f.chunks + excluded.chunks,
    created_at = coalesce(f.created_at, excluded.created_at);
-- What an erasure names is forgotten, up to there.
UPDATE file_data f SET file_name = CASE WHEN e.file_name THEN NULL ELSE f.file_name END,
    sha256 = CASE WHEN e.sha256 THEN NULL ELSE f.sha256 END
FROM (SELECT tenant_id, stream_id, forgotten(event_type, payload, personal, 'file_name' ORDER BY position) AS file_name,
             forgotten(event_type, payload, personal, 'file_sha256' ORDER BY position) AS sha256
      FROM events WHERE stream_id IN (SELECT stream_id FROM events WHERE event_type = 'job.erased')
      GROUP BY tenant_id, stream_id) e
WHERE f.tenant_id = e.tenant_id AND f.job_id = e.stream_id;
