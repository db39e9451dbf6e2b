-- The only way to take something out of the log: empties the erasable parts of events, or replaces them by what is left
-- of them, and appends one event `<stream type>.erased` to each stream that lost something, all in one transaction.
-- What stays has to be provable: of result rows and of lines of files that is what the payload states a root for. Any other
-- attachment goes or stays whole, and a personal part can only lose members.
--   positions  ranges [first, last] of the events that were emptied: personal part, attachment and salt are gone
--   replaced   the events that keep something, each with the hash that its new parts must have: {position, erasable_hash}
--   types      the event types that lost something, each with the members that their personal parts lost
--   basis      why it had to be, as a code (gdpr-17, contract, mistake); p_personal says it in words, and who asked
-- The payload is written as RFC 8785 has it, because it is hashed as it stands.
-- Leaf hashes, commitments and erasable hashes stay, and with them every proof. What is empty already is passed over; a
-- call that erases nothing appends nothing. A retry with the same p_command returns the events of the first try.
-- Returns the erasure events, in order. Raises where a legal hold refuses (restrict_violation), where an event was changed
-- since it was read (serialization_failure: read it again), and for what is no erasure; then nothing was erased.
CREATE OR REPLACE FUNCTION audit_erase(
    p_tenant uuid, p_command uuid, p_basis text, p_personal json, p_erasures audit_erasure[])
RETURNS TABLE (outcome text, "position" bigint, stream_type text, stream_id uuid, emptied bigint, replaced bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
SET timezone = 'UTC' SET standard_conforming_strings = on AS $$
#variable_conflict use_column
DECLARE
    head     audit_log_heads;
    events   audit_append_event[];
    ids      uuid[];
    wrong    record;
    reading  bigint;
BEGIN
    PERFORM audit_require_tenant(p_tenant);
    IF coalesce(current_setting('atlas2.role', true), '') NOT IN ('admin', 'system') THEN
        RAISE EXCEPTION 'only an admin may erase' USING ERRCODE = 'insufficient_privilege';
    ELSIF p_command IS NULL OR p_basis IS NULL OR p_basis !~ '^[a-z0-9][a-z0-9._-]{0,62}$' THEN
        RAISE EXCEPTION 'an erasure needs a command id, and a basis that is a code such as gdpr-17'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT * INTO head FROM audit_log_heads h WHERE h.tenant_id = p_tenant FOR UPDATE;

    -- What cannot be done to each event?
    SELECT e.position,
           CASE WHEN count(*) OVER (PARTITION BY e.position) > 1 THEN 'is named twice'
                WHEN l.position IS NULL THEN 'is not in the log'
                WHEN e.salt IS NULL AND (e.personal IS NOT NULL OR e.attachment IS NOT NULL OR e.keeps_attachment)
                    THEN 'cannot be emptied and keep something'
                WHEN e.salt IS NOT NULL AND e.attachment IS NOT NULL AND e.keeps_attachment
                    THEN 'cannot keep its attachment and get another'
                WHEN l.salt = e.replaces AND (NOT coalesce(l.personal, '{}')::jsonb @> coalesce(e.personal, '{}')::jsonb
                                              OR (SELECT count(*) > count(DISTINCT k) FROM json_object_keys(e.personal) k))
                    THEN 'can only lose what it says, not say something else'
                WHEN l.salt = e.replaces AND (e.attachment IS NOT NULL OR e.keeps_attachment AND l.attachment IS NOT NULL)
                     AND NOT audit_attachment_left(l.event_type, l.payload, l.attachment,
                                                   CASE WHEN e.keeps_attachment THEN l.attachment ELSE e.attachment END)
                    THEN 'can only keep of its attachment what the payload proves, or all where that proves nothing' END AS problem
    INTO wrong
    FROM unnest(p_erasures) e
    LEFT JOIN audit_logs l ON l.tenant_id = p_tenant AND l.position = e.position
    ORDER BY problem NULLS LAST, e.position LIMIT 1;
    SELECT coalesce(array_agg(x.id), '{}') INTO ids FROM (
        SELECT DISTINCT encode(substr(sha256(convert_to(
            format('atlas2 erasure %s %s/%s', p_command, l.stream_type, l.stream_id), 'UTF8')), 1, 16), 'hex')::uuid AS id
        FROM unnest(p_erasures) e JOIN audit_logs l ON l.tenant_id = p_tenant AND l.position = e.position) x;
    IF EXISTS (SELECT FROM audit_logs k WHERE k.tenant_id = p_tenant AND k.event_id = ANY (ids)) THEN
        IF EXISTS (SELECT FROM unnest(p_erasures) e JOIN audit_logs l ON l.tenant_id = p_tenant AND l.position = e.position
                   WHERE (l.personal IS NOT NULL OR l.attachment IS NOT NULL) AND (e.salt IS NULL OR l.salt = e.replaces)) THEN
            RAISE EXCEPTION 'the command % was used before, for another erasure', p_command
                USING ERRCODE = 'invalid_parameter_value';
        END IF;
        outcome := 'known';
    ELSIF wrong.problem IS NOT NULL THEN
        RAISE EXCEPTION 'position % %', wrong.position, wrong.problem USING ERRCODE = 'invalid_parameter_value';
    ELSE
        -- Holds are events too: a table of them that does not know the last ones must not let anything go.
        SELECT c.position INTO reading FROM projection_checkpoints c
        WHERE c.tenant_id = p_tenant AND c.projection = 'legal_holds';
        IF head.size > 0 AND reading IS DISTINCT FROM head.size THEN
            RAISE EXCEPTION 'legal holds are known up to position % only, of %', coalesce(reading, 0), head.size
                USING ERRCODE = 'object_not_in_prerequisite_state',
                      HINT = format('SELECT projection_advance(''legal_holds'', %L)', p_tenant);
        END IF;
        SELECT h.id, l.stream_type || '/' || l.stream_id AS stream INTO wrong
        FROM legal_holds h
        JOIN audit_logs l ON l.tenant_id = p_tenant AND (h.stream IS NULL OR h.stream = l.stream_type || '/' || l.stream_id)
        WHERE h.tenant_id = p_tenant AND h.placed_at IS NOT NULL AND h.released_at IS NULL
          AND l.position IN (SELECT e.position FROM unnest(p_erasures) e)
        ORDER BY h.placed_at, h.id LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'the legal hold % refuses to erase anything of %', wrong.id, wrong.stream
                USING ERRCODE = 'restrict_violation', HINT = 'When it no longer holds, release it.';
        END IF;
        SELECT e.position INTO wrong FROM unnest(p_erasures) e JOIN audit_logs l ON l.tenant_id = p_tenant AND l.position = e.position
        WHERE e.salt IS NOT NULL AND (l.salt IS DISTINCT FROM e.replaces OR e.salt = e.replaces) LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'position % was erased or changed since it was read', wrong.position
                USING ERRCODE = 'serialization_failure', HINT = 'Read it again and decide again.';
        END IF;

        -- Lets the log's triggers pass the one statement that follows; after an error it is undone with the rest.
        PERFORM set_config('atlas2.erasing', 'on', true);
        WITH target AS MATERIALIZED (
            SELECT e.*, l.recorded_at, l.personal AS said
            FROM unnest(p_erasures) e JOIN audit_logs l ON l.tenant_id = p_tenant AND l.position = e.position
            WHERE l.personal IS NOT NULL OR l.attachment IS NOT NULL
        ), changed AS (
            UPDATE audit_logs l
            SET salt = t.salt, personal = t.personal,
                attachment = CASE WHEN t.keeps_attachment THEN l.attachment ELSE t.attachment END
            FROM target t
            WHERE l.tenant_id = p_tenant AND l.position = t.position AND l.recorded_at = t.recorded_at
            RETURNING l.position, l.stream_type, l.stream_id, l.event_type, t.said, l.personal, l.salt,
                      audit_erasable_hash(l.salt, l.personal, l.attachment) AS erasable_hash
        ), ranges AS (
            SELECT r.stream_type, r.stream_id, string_agg(format('[%s,%s]', r.first, r.last), ',' ORDER BY r.first) AS positions
            FROM (SELECT c.stream_type, c.stream_id, min(c.position) AS first, max(c.position) AS last
                  FROM (SELECT c.*, c.position - row_number() OVER (PARTITION BY c.stream_type, c.stream_id ORDER BY c.position) AS island
                        FROM changed c WHERE c.salt IS NULL) c
                  GROUP BY c.stream_type, c.stream_id, c.island) r
            GROUP BY r.stream_type, r.stream_id
        ), lost AS (
            SELECT t.stream_type, t.stream_id,
                   string_agg(format('"%s":[%s]', t.event_type, t.members), ',' ORDER BY t.event_type COLLATE "C") AS types
            FROM (SELECT c.stream_type, c.stream_id, c.event_type,
                         string_agg(DISTINCT to_json(m.key)::text COLLATE "C", ',' ORDER BY to_json(m.key)::text COLLATE "C") AS members
                  FROM changed c
                  LEFT JOIN LATERAL (
                      SELECT p.key FROM jsonb_each(c.said::jsonb) p WHERE p.value IS DISTINCT FROM c.personal::jsonb -> p.key) m ON true
                  GROUP BY c.stream_type, c.stream_id, c.event_type) t
            GROUP BY t.stream_type, t.stream_id
        )
        SELECT array_agg(ROW(row_number, encode(substr(sha256(convert_to(
                   format('atlas2 erasure %s %s/%s', p_command, s.stream_type, s.stream_id), 'UTF8')), 1, 16), 'hex')::uuid,
                   s.stream_type, s.stream_id, NULL, s.stream_type || '.erased', 1,
                   nullif(current_setting('atlas2.user_id', true), '')::uuid, p_command, NULL,
                   format('{"basis":"%s","positions":[%s],"replaced":[%s],"types":{%s}}', p_basis, s.positions, s.replaced, s.types)::json,
                   p_personal, NULL, NULL)::audit_append_event ORDER BY row_number)
        INTO events
        FROM (
            SELECT row_number() OVER (ORDER BY l.stream_type, l.stream_id)::integer, l.stream_type, l.stream_id, l.types,
                   r.positions, k.replaced
            FROM lost l
            LEFT JOIN ranges r ON r.stream_type = l.stream_type AND r.stream_id = l.stream_id
            LEFT JOIN LATERAL (
                SELECT string_agg(format('{"erasable_hash":"%s","position":%s}', encode(c.erasable_hash, 'hex'), c.position), ',' ORDER BY c.position) AS replaced
                FROM changed c WHERE c.stream_type = l.stream_type AND c.stream_id = l.stream_id AND c.salt IS NOT NULL) k ON true
        ) s;
        PERFORM set_config('atlas2.erasing', '', true);
        IF events IS NULL THEN RETURN; END IF;
        SELECT a.append, a.outcome INTO wrong FROM audit_write(p_tenant, events, true) a WHERE a.outcome <> 'appended' LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'the erasure could not be recorded: %', wrong.outcome USING ERRCODE = 'internal_error';
        END IF;
        outcome := 'erased';
    END IF;

    RETURN QUERY
        SELECT outcome, k.position, k.stream_type, k.stream_id,
               (SELECT coalesce(sum((r->>1)::bigint - (r->>0)::bigint + 1), 0)::bigint FROM jsonb_array_elements(k.payload::jsonb->'positions') r),
               jsonb_array_length(k.payload::jsonb->'replaced')::bigint
        FROM audit_logs k WHERE k.tenant_id = p_tenant AND k.event_id = ANY (ids) ORDER BY k.position;
END $$;
COMMENT ON FUNCTION audit_erase(uuid, uuid, text, json, audit_erasure[]) IS 'Takes erasable parts of events out of a tenant''s log, and appends events that say so: the only way';
REVOKE ALL ON FUNCTION audit_erase(uuid, uuid, text, json, audit_erasure[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_erase(uuid, uuid, text, json, audit_erasure[]) TO atlas2_app;
