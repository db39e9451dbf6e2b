-- projection: api_fields
-- version: 1
-- mode: inline
-- events: api.fields_defined
-- key: stream
-- references: api_fields (tenant_id, api_id) -> api_configurations (tenant_id, id)
-- @schema
CREATE TABLE api_fields (
    tenant_id   uuid    NOT NULL,
    api_id      uuid    NOT NULL,
    name        text    COLLATE "C" NOT NULL,
    ordinal     integer NOT NULL,
    type        text    COLLATE "C" NOT NULL,
    required    boolean NOT NULL,
    constraints jsonb   NOT NULL,
    defined_at  timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, api_id, name),
    CONSTRAINT api_fields_ordinal_check CHECK (ordinal >= 1),
    CONSTRAINT api_fields_type_check CHECK (type IN ('string', 'number', 'integer', 'boolean', 'email', 'phone',
        'date', 'datetime', 'url', 'uuid', 'object', 'array'))
);
COMMENT ON TABLE  api_fields             IS 'The fields that an API expects';
COMMENT ON COLUMN api_fields.tenant_id   IS 'The tenant';
COMMENT ON COLUMN api_fields.api_id      IS 'The API';
COMMENT ON COLUMN api_fields.name        IS 'Name of the field; nested ones dotted';
COMMENT ON COLUMN api_fields.ordinal     IS 'Place among the API''s fields, from 1';
COMMENT ON COLUMN api_fields.type        IS 'Type of its values';
COMMENT ON COLUMN api_fields.required    IS 'Whether a row without it is rejected';
COMMENT ON COLUMN api_fields.constraints IS 'Further limits: min, max, min_length, max_length, pattern, enum';
COMMENT ON COLUMN api_fields.defined_at  IS 'When it was defined so';
-- @fold
-- The last definition of an API's fields replaces those before it.
DELETE FROM api_fields f USING (SELECT DISTINCT tenant_id, stream_id FROM events) e
WHERE f.tenant_id = e.tenant_id AND f.api_id = e.stream_id;
INSERT INTO api_fields (tenant_id, api_id, name, ordinal, type, required, constraints, defined_at)
SELECT e.tenant_id, e.stream_id, f.value->>'name', f.ordinality, coalesce(f.value->>'type', 'string'),
       coalesce((f.value->>'required')::boolean, false), f.value - '{name,type,required}'::text[], e.recorded_at
FROM (SELECT DISTINCT ON (tenant_id, stream_id) * FROM events ORDER BY tenant_id, stream_id, position DESC) e,
     jsonb_array_elements(e.payload->'fields') WITH ORDINALITY f;
