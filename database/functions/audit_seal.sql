-- Stores a checkpoint of a tenant's log and the tiles that changed since the one before; the only way to either.
-- Returns the size of the latest checkpoint: a greater one than p_size when another sealer was faster, and then only the
-- tiles were stored. The same size and root again changes nothing, unless the note brings more signatures.
-- It guards against accidents: a checkpoint behind the head, another root for a size, a tile that changes hashes which
-- are stored (with p_replace it puts tiles and note right). It does not guard against members of atlas2_sealer nor against
-- administrators, who can write the tables anyway: what they hold is believed only as far as signatures and
-- recomputation from the events bear it out.
CREATE OR REPLACE FUNCTION audit_seal(
    p_tenant uuid, p_size bigint, p_root bytea, p_note text, p_tiles log_tile[], p_replace boolean DEFAULT false
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    head   bigint;
    latest bigint;
    wrong  text;
BEGIN
    PERFORM audit_require_tenant(p_tenant);
    -- Sealers of one log take turns; appends are not kept waiting. It is the row of the first checkpoint, which stays for
    -- good, that they lock: nobody but them can, as anybody could an advisory lock. Two who seal a log for the first time
    -- meet in its primary key.
    PERFORM FROM log_checkpoints WHERE tenant_id = p_tenant ORDER BY size LIMIT 1 FOR UPDATE;
    SELECT size INTO head FROM audit_log_heads WHERE tenant_id = p_tenant;
    IF p_size IS NULL OR p_size > coalesce(head, 0) THEN
        RAISE EXCEPTION 'a checkpoint of size % is ahead of the log, which has % events', p_size, coalesce(head, 0)
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF length(p_note) > 65536 THEN
        RAISE EXCEPTION 'a note of % characters is no checkpoint', length(p_note) USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF EXISTS (SELECT FROM log_checkpoints WHERE tenant_id = p_tenant AND size = p_size AND root <> p_root) THEN
        RAISE EXCEPTION 'there is a checkpoint of size % with another root', p_size
            USING ERRCODE = 'data_corrupted', HINT = 'Run atlas2 log verify.';
    END IF;
    SELECT format('tile/%s/%s', g.level, g.index) INTO wrong
    FROM unnest(p_tiles) g LEFT JOIN log_tiles t ON t.tenant_id = p_tenant AND t.level = g.level AND t.index = g.index
    WHERE (g.index << 8) + length(g.hashes) / 32 > p_size >> (8 * g.level)
       OR NOT p_replace AND substr(t.hashes, 1, length(g.hashes)) <> substr(g.hashes, 1, length(t.hashes))
    LIMIT 1;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION '% is beyond the size, or is stored with other hashes', wrong
            USING ERRCODE = 'data_corrupted', HINT = 'Tiles are only ever extended; atlas2 log seal --all finds what is wrong.';
    END IF;
    INSERT INTO log_tiles AS t SELECT p_tenant, g.level, g.index, g.hashes FROM unnest(p_tiles) g
    ON CONFLICT (tenant_id, level, index) DO UPDATE SET hashes = excluded.hashes
        WHERE length(excluded.hashes) > length(t.hashes) OR p_replace;

    SELECT max(size) INTO latest FROM log_checkpoints WHERE tenant_id = p_tenant;
    IF p_size < latest THEN RETURN latest; END IF;
    INSERT INTO log_checkpoints AS c VALUES (p_tenant, p_size, p_root, p_note, audit_clock())
    ON CONFLICT (tenant_id, size) DO UPDATE SET note = excluded.note WHERE length(excluded.note) > length(c.note) OR p_replace;
    RETURN p_size;
END $$;
COMMENT ON FUNCTION audit_seal(uuid, bigint, bytea, text, log_tile[], boolean) IS 'Stores a signed checkpoint of a log, and its tiles';
REVOKE ALL ON FUNCTION audit_seal(uuid, bigint, bytea, text, log_tile[], boolean) FROM PUBLIC, atlas2_app;
GRANT EXECUTE ON FUNCTION audit_seal(uuid, bigint, bytea, text, log_tile[], boolean) TO atlas2_sealer;
