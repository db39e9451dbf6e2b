-- Folds the positions from p_from up to, not including, p_to into the projection's tables in p_schema: the one way for
-- who follows, replays or rebuilds.
--
-- Where the fold fails on what an event says, the range is halved until that event is found, and everything before it is
-- folded. A projection that sets aside (`-- poison: set-aside`) goes on without the event's stream; any other stops.
-- Both stand in p_schema.projection_stops: a schema beside the live one has a table of its own, made when it is needed,
-- from which projection_placed takes them over. A foreign key that does not hold (23503) stops a projection only until
-- the other one has caught up.
--
-- Returns the position that it came to, and whether it stopped there. Raises what is no event's fault: conflicts with
-- other transactions, missing resources, cancellation.
--
-- p_new: the events are being appended. What is wrong with them is raised, so that the append is refused; only what is
-- not understood stops the projection. The caller sees to the constraints.
-- p_stream: only events of this stream, which was set aside.
CREATE OR REPLACE FUNCTION projection_fold(p_schema text, p_projection text, p_tenant uuid, p_from bigint, p_to bigint,
    p_new boolean DEFAULT false, p_stream uuid DEFAULT NULL, OUT reached bigint, OUT stopped boolean)
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    stops   text := format('%I.projection_stops', p_schema);
    parks   boolean := projection_sets_aside(p_schema, p_projection);
    waiting uuid[] := '{}';
    until   bigint;
    failing bigint;
    step    bigint := p_to - p_from;
    code    text;
    message text;
    stream  uuid;
BEGIN
    reached := p_from;
    stopped := false;
    IF p_stream IS NOT NULL THEN
        waiting := ARRAY[p_stream];
    ELSIF to_regclass(stops) IS NOT NULL THEN
        EXECUTE format('DELETE FROM %s WHERE tenant_id = $1 AND projection = $2 AND NOT set_aside', stops) USING p_tenant, p_projection;
        IF parks THEN
            EXECUTE format('SELECT coalesce(array_agg(stream_id), ''{}'') FROM %s WHERE tenant_id = $1 AND projection = $2', stops)
            INTO waiting USING p_tenant, p_projection;
        END IF;
    END IF;
    WHILE reached < p_to LOOP
        until := CASE WHEN failing > reached THEN reached + greatest((failing - reached) / 2, 1) ELSE least(reached + step, p_to) END;
        code := NULL;
        BEGIN
            PERFORM projection_fold_range(p_schema, p_projection, p_tenant, reached, until, p_new, waiting, p_stream IS NOT NULL);
            reached := until;
            step := least(step * 2, p_to - p_from);
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
            IF code !~ '^(21|22|23|42|P0|AT)' OR p_new AND code <> 'AT001' THEN RAISE; END IF;
        END;
        CONTINUE WHEN code IS NULL;
        IF until - reached > 1 THEN
            failing := until;
            CONTINUE;
        END IF;

        -- A fold that cannot run at all (42) and a row that another projection owes (23503) are not the stream's fault.
        stopped := p_stream IS NOT NULL OR NOT parks OR code LIKE '42%' OR code = '23503';
        IF p_schema <> 'public' AND to_regclass(stops) IS NULL THEN
            EXECUTE format('CREATE TABLE %s (LIKE public.projection_stops INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES)', stops);
        END IF;
        EXECUTE format($sql$
            INSERT INTO %s (tenant_id, projection, position, stream_type, stream_id, event_id, event_type, set_aside, sqlstate, error, stopped_at)
            SELECT tenant_id, $2, position, stream_type, stream_id, event_id, event_type, $4, $5, left($6, 1000), audit_clock()
            FROM audit_logs WHERE tenant_id = $1 AND position = $3
            RETURNING stream_id $sql$, stops)
        INTO stream USING p_tenant, p_projection, reached, p_stream IS NOT NULL OR NOT stopped, code, message;
        EXIT WHEN stopped;
        -- On with the others, in steps that grow: where one event fails, more may.
        waiting := waiting || stream;
        failing := NULL;
        step := 1;
    END LOOP;
END $$;
COMMENT ON FUNCTION projection_fold(text, text, uuid, bigint, bigint, boolean, uuid) IS 'Folds a range of positions into a projection, as far as it can; returns how far it came and whether it stopped there';
REVOKE ALL ON FUNCTION projection_fold(text, text, uuid, bigint, bigint, boolean, uuid) FROM PUBLIC;
