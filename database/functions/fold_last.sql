-- last(value ORDER BY position): the last value that is not null.
CREATE OR REPLACE FUNCTION fold.last_step(state anyelement, value anyelement) RETURNS anyelement
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT value $$;
COMMENT ON FUNCTION fold.last_step(anyelement, anyelement) IS 'Step of the aggregate last';
CREATE OR REPLACE AGGREGATE fold.last(anyelement) (SFUNC = fold.last_step, STYPE = anyelement, PARALLEL = SAFE);
COMMENT ON AGGREGATE fold.last(anyelement) IS 'The last value that is not null; always with ORDER BY position';
