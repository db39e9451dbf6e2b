-- Indexes, constraints, append-only triggers and row-level security of the log. Running it again changes nothing.
-- By hand: psql -v ON_ERROR_STOP=1 -d atlas2 -f database/migrations/002_add_indexes_and_constraints.sql

SET ROLE atlas2_owner;

CREATE INDEX IF NOT EXISTS audit_logs_event_idx  ON audit_logs (tenant_id, event_id);
CREATE INDEX IF NOT EXISTS audit_logs_stream_idx ON audit_logs (tenant_id, stream_type, stream_id, stream_version);
COMMENT ON INDEX audit_logs_event_idx  IS 'A retried append finds its first try';
COMMENT ON INDEX audit_logs_stream_idx IS 'The history of one resource';

-- Not a constraint trigger and not a rule: it must also stop the owner, and say why.
CREATE OR REPLACE FUNCTION audit_logs_refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'audit_logs is append only: % is refused', TG_OP
        USING ERRCODE = 'insufficient_privilege', HINT = 'Append an event that says what changed.';
END $$;
COMMENT ON FUNCTION audit_logs_refuse_change() IS 'Stops UPDATE, DELETE and TRUNCATE of the log, the owner''s too';

DO $$
DECLARE
    tenant   text := '(SELECT nullif(current_setting(''atlas2.tenant_id'', true), '''')::uuid)';
    reader   text := '(SELECT current_setting(''atlas2.role'', true))';
    self     text := '(SELECT nullif(current_setting(''atlas2.user_id'', true), '''')::uuid)';
    relation text;
BEGIN
    IF EXISTS (SELECT FROM schema_migrations WHERE version = 2) THEN RETURN; END IF;

    ALTER TABLE audit_logs
        ADD CONSTRAINT audit_logs_position_check       CHECK (position >= 0),
        ADD CONSTRAINT audit_logs_stream_version_check CHECK (stream_version >= 1),
        ADD CONSTRAINT audit_logs_schema_version_check CHECK (schema_version >= 1),
        ADD CONSTRAINT audit_logs_stream_type_check    CHECK (stream_type ~ '^[a-z][a-z0-9_]{0,62}$'),
        ADD CONSTRAINT audit_logs_event_type_check     CHECK (event_type ~ '^[a-z][a-z0-9_]{0,62}\.[a-z][a-z0-9_]{0,62}$'),
        ADD CONSTRAINT audit_logs_event_kind_check     CHECK (starts_with(event_type, stream_type || '.')),
        -- jsonb refuses what folds could not read: NUL and lone surrogates.
        ADD CONSTRAINT audit_logs_payload_check        CHECK (jsonb_typeof(payload::jsonb) = 'object'),
        ADD CONSTRAINT audit_logs_personal_check       CHECK (jsonb_typeof(personal::jsonb) = 'object'),
        ADD CONSTRAINT audit_logs_salt_check           CHECK (length(salt) = 16),
        ADD CONSTRAINT audit_logs_hashes_check
            CHECK (length(erasable_hash) = 32 AND length(commitment) = 32 AND length(leaf_hash) = 32);
    ALTER TABLE audit_log_heads        ADD CONSTRAINT audit_log_heads_size_check            CHECK (size >= 0);
    ALTER TABLE audit_streams          ADD CONSTRAINT audit_streams_version_check           CHECK (version >= 1);
    ALTER TABLE projection_checkpoints ADD CONSTRAINT projection_checkpoints_position_check CHECK (position >= 0);
    ALTER TABLE schema_migrations      ADD CONSTRAINT schema_migrations_version_check       CHECK (version >= 1);

    CREATE TRIGGER audit_logs_append_only BEFORE UPDATE OR DELETE ON audit_logs
        FOR EACH ROW EXECUTE FUNCTION audit_logs_refuse_change();
    CREATE TRIGGER audit_logs_no_truncate BEFORE TRUNCATE ON audit_logs
        FOR EACH STATEMENT EXECUTE FUNCTION audit_logs_refuse_change();
    -- TRUNCATE triggers are not inherited; partitions there are when this migration was taken back and comes again.
    FOR relation IN SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'audit_logs'::regclass LOOP
        EXECUTE format('CREATE TRIGGER audit_logs_no_truncate BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION audit_logs_refuse_change()',
            relation);
    END LOOP;

    -- Within a tenant users see what they did; admins, auditors and the system see all.
    EXECUTE format('CREATE POLICY tenant_isolation ON audit_logs FOR SELECT USING (tenant_id = %s AND (%s IN (''admin'', ''auditor'', ''system'') OR actor_id = %s))',
        tenant, reader, self);
    FOREACH relation IN ARRAY ARRAY['audit_streams', 'projection_checkpoints'] LOOP
        EXECUTE format('CREATE POLICY tenant_isolation ON %I FOR SELECT USING (tenant_id = %s)', relation, tenant);
    END LOOP;
    -- The system, set to no tenant, sees which tenants there are and how long their logs are: it serves them all.
    EXECUTE format('CREATE POLICY tenant_isolation ON audit_log_heads FOR SELECT USING (tenant_id = %s OR (%s IS NULL AND %s = ''system''))',
        tenant, tenant, reader);
END $$;
COMMENT ON TRIGGER audit_logs_append_only ON audit_logs IS 'Events are never changed or deleted';
COMMENT ON TRIGGER audit_logs_no_truncate ON audit_logs IS 'The log is never truncated';

INSERT INTO schema_migrations (version, name) VALUES (2, 'add_indexes_and_constraints') ON CONFLICT DO NOTHING;
RESET ROLE;
