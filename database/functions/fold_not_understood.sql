-- Raises: a fold met an event that its projection does not understand.
CREATE OR REPLACE FUNCTION fold.not_understood(event_type text, schema_version integer) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION '% in version % is not known here', event_type, schema_version
        USING ERRCODE = 'AT001', HINT = 'A newer Atlas2 wrote it: upgrade this one, then atlas2 projections retry.';
END $$;
COMMENT ON FUNCTION fold.not_understood(text, integer) IS 'Raises: the projection does not understand this event';
