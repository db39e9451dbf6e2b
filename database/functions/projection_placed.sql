-- Says that a projection's live tables are now those of the events below p_position: where it stopped before is
-- forgotten. Where they came from p_schema, what was stopped or set aside there comes with them.
CREATE OR REPLACE FUNCTION projection_placed(p_projection text, p_tenant uuid, p_position bigint, p_schema text DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO projection_checkpoints (tenant_id, projection, position) VALUES (p_tenant, p_projection, p_position)
    ON CONFLICT (tenant_id, projection) DO UPDATE SET position = excluded.position;
    DELETE FROM projection_stops WHERE tenant_id = p_tenant AND projection = p_projection;
    IF to_regclass(quote_ident(p_schema) || '.projection_stops') IS NOT NULL THEN
        EXECUTE format('INSERT INTO projection_stops SELECT * FROM %I.projection_stops WHERE tenant_id = $1 AND projection = $2', p_schema)
        USING p_tenant, p_projection;
    END IF;
END $$;
COMMENT ON FUNCTION projection_placed(text, uuid, bigint, text) IS 'Sets a projection''s checkpoint after its tables were replaced, with what stopped or was set aside';
REVOKE ALL ON FUNCTION projection_placed(text, uuid, bigint, text) FROM PUBLIC;
