-- The event types of this version of Atlas2, each with the version of what it says now: what projections that read all
-- events of a kind (user.*) know. Kinds that do not stand here are an embedder's own, and are taken as they come.
CREATE OR REPLACE FUNCTION event_types() RETURNS TABLE (event_type text, version integer)
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = public, pg_temp
AS $$ VALUES
    ('api.erased', 1),
    ('api.fields_defined', 1),
    ('api.registered', 1),
    ('hold.erased', 1),
    ('hold.placed', 1),
    ('hold.released', 1),
    ('job.cancelled', 1),
    ('job.completed', 1),
    ('job.created', 1),
    ('job.erased', 1),
    ('job.failed', 1),
    ('job.file_chunk_stored', 2),
    ('job.paused', 1),
    ('job.resumed', 1),
    ('job.rows_processed', 2),
    ('job.started', 1),
    ('log.erased', 1),
    ('log.key_added', 1),
    ('log.witness_added', 1),
    ('log.witness_removed', 1),
    ('mapping.erased', 1),
    ('mapping.version_added', 1),
    ('projection.erased', 1),
    ('projection.event_skipped', 1),
    ('projection.rebuilt', 1),
    ('projection.retried', 1),
    ('setting.changed', 1),
    ('setting.erased', 1),
    ('tenant.created', 1),
    ('tenant.erased', 1),
    ('user.created', 1),
    ('user.deactivated', 1),
    ('user.erased', 1),
    ('user.reactivated', 1),
    ('user.renamed', 1),
    ('user.role_changed', 1)
$$;
COMMENT ON FUNCTION event_types() IS 'The event types that this version knows, and the version of each';
