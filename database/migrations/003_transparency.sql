-- What makes the log provable to strangers: hash tiles, signed checkpoints, cosignatures. Running it again changes nothing.
-- By hand: psql -v ON_ERROR_STOP=1 -d atlas2 -f database/migrations/003_transparency.sql

SET ROLE atlas2_owner;

CREATE TABLE IF NOT EXISTS log_tiles (
    tenant_id uuid    NOT NULL,
    level     integer NOT NULL,
    index     bigint  NOT NULL,
    hashes    bytea   NOT NULL,
    CONSTRAINT log_tiles_pkey         PRIMARY KEY (tenant_id, level, index),
    CONSTRAINT log_tiles_level_check  CHECK (level BETWEEN 0 AND 7),
    CONSTRAINT log_tiles_index_check  CHECK (index >= 0),
    CONSTRAINT log_tiles_hashes_check CHECK (length(hashes) BETWEEN 32 AND 8192 AND length(hashes) % 32 = 0)
);
-- Hashes do not compress.
ALTER TABLE log_tiles ALTER COLUMN hashes SET STORAGE EXTERNAL;
COMMENT ON TABLE  log_tiles           IS 'Hashes of the Merkle tree over each log, in tiles of height 8 (C2SP tlog-tiles); not trusted: a checkpoint authenticates them';
COMMENT ON COLUMN log_tiles.tenant_id IS 'The tenant whose log this is';
COMMENT ON COLUMN log_tiles.level     IS 'Level of the tile: its hashes are of subtrees of 256^level leaves';
COMMENT ON COLUMN log_tiles.index     IS 'Number of the tile in its level, from 0';
COMMENT ON COLUMN log_tiles.hashes    IS '1 to 256 hashes of 32 bytes, one after the other; only ever extended';

CREATE TABLE IF NOT EXISTS log_checkpoints (
    tenant_id uuid        NOT NULL,
    size      bigint      NOT NULL,
    root      bytea       NOT NULL,
    note      text        NOT NULL,
    sealed_at timestamptz NOT NULL,
    CONSTRAINT log_checkpoints_pkey       PRIMARY KEY (tenant_id, size),
    CONSTRAINT log_checkpoints_size_check CHECK (size >= 0),
    CONSTRAINT log_checkpoints_root_check CHECK (length(root) = 32)
);
COMMENT ON TABLE  log_checkpoints           IS 'Signed statements of each log''s size and root (C2SP tlog-checkpoint)';
COMMENT ON COLUMN log_checkpoints.tenant_id IS 'The tenant whose log this is';
COMMENT ON COLUMN log_checkpoints.size      IS 'Number of events that it covers';
COMMENT ON COLUMN log_checkpoints.root      IS 'Root of the Merkle tree over them, 32 bytes';
COMMENT ON COLUMN log_checkpoints.note      IS 'The checkpoint as it was signed (C2SP signed-note), with the log''s own signatures';
COMMENT ON COLUMN log_checkpoints.sealed_at IS 'When the database took it in';

CREATE TABLE IF NOT EXISTS log_cosignatures (
    tenant_id   uuid        NOT NULL,
    size        bigint      NOT NULL,
    witness     text        COLLATE "C" NOT NULL,
    signature   text        NOT NULL,
    received_at timestamptz NOT NULL,
    CONSTRAINT log_cosignatures_pkey PRIMARY KEY (tenant_id, size, witness),
    CONSTRAINT log_cosignatures_signature_check CHECK (signature ~ '^— [^\n]+$')
);
COMMENT ON TABLE  log_cosignatures             IS 'What witnesses signed (C2SP tlog-cosignature): each saw this checkpoint, and none that contradicts it';
COMMENT ON COLUMN log_cosignatures.tenant_id   IS 'The tenant whose log this is';
COMMENT ON COLUMN log_cosignatures.size        IS 'Size of the checkpoint that is cosigned';
COMMENT ON COLUMN log_cosignatures.witness     IS 'Verifier key of the witness: name, key id and public key';
COMMENT ON COLUMN log_cosignatures.signature   IS 'The signature line, without its end of line';
COMMENT ON COLUMN log_cosignatures.received_at IS 'When the database took it in';

DO $$
DECLARE
    relation text;
BEGIN
    IF to_regtype('log_tile') IS NULL THEN
        CREATE TYPE log_tile AS (level integer, index bigint, hashes bytea);
    END IF;
    IF EXISTS (SELECT FROM schema_migrations WHERE version = 3) THEN RETURN; END IF;
    FOREACH relation IN ARRAY ARRAY['log_tiles', 'log_checkpoints', 'log_cosignatures'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', relation);
        EXECUTE format('CREATE POLICY tenant_isolation ON %I FOR SELECT USING (tenant_id = (SELECT nullif(current_setting(''atlas2.tenant_id'', true), '''')::uuid))',
            relation);
    END LOOP;
END $$;
COMMENT ON TYPE   log_tile        IS 'A tile as it is handed to audit_seal';
COMMENT ON COLUMN log_tile.level  IS 'Level of the tile';
COMMENT ON COLUMN log_tile.index  IS 'Number of the tile in its level';
COMMENT ON COLUMN log_tile.hashes IS 'Its hashes, one after the other';

GRANT SELECT ON log_tiles, log_checkpoints, log_cosignatures TO atlas2_app, atlas2_readonly;

INSERT INTO schema_migrations (version, name) VALUES (3, 'transparency') ON CONFLICT DO NOTHING;
RESET ROLE;
