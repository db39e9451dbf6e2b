-- projection: transformation_rules
-- version: 1
-- mode: inline
-- events: mapping.version_added
-- key: stream
-- references: transformation_rules (tenant_id, mapping_id, mapping_version) -> mapping_configurations (tenant_id, id, version)
-- @schema
CREATE TABLE transformation_rules (
    tenant_id       uuid    NOT NULL,
    mapping_id      uuid    NOT NULL,
    mapping_version integer NOT NULL,
    ordinal         integer NOT NULL,
    target_field    text    COLLATE "C",
    kind            text    COLLATE "C" NOT NULL,
    rule            text    COLLATE "C" NOT NULL,
    arguments       jsonb   NOT NULL,
    source_columns  jsonb   NOT NULL,
    PRIMARY KEY (tenant_id, mapping_id, mapping_version, ordinal),
    CONSTRAINT transformation_rules_ordinal_check CHECK (ordinal >= 1),
    CONSTRAINT transformation_rules_kind_check CHECK (kind IN ('format', 'validation', 'transformation', 'lookup'))
);
COMMENT ON TABLE  transformation_rules                 IS 'The steps that each mapping version applies, in order';
COMMENT ON COLUMN transformation_rules.tenant_id       IS 'The tenant';
COMMENT ON COLUMN transformation_rules.mapping_id      IS 'The mapping';
COMMENT ON COLUMN transformation_rules.mapping_version IS 'Version of the mapping';
COMMENT ON COLUMN transformation_rules.ordinal         IS 'Place among the mapping''s steps, from 1';
COMMENT ON COLUMN transformation_rules.target_field    IS 'Field that the step feeds; null for checks on whole rows';
COMMENT ON COLUMN transformation_rules.kind            IS 'format, validation, transformation or lookup';
COMMENT ON COLUMN transformation_rules.rule            IS 'Function or check';
COMMENT ON COLUMN transformation_rules.arguments       IS 'Its arguments, a JSON array';
COMMENT ON COLUMN transformation_rules.source_columns  IS 'Source columns that it reads, a JSON array';
-- @fold
INSERT INTO transformation_rules
    (tenant_id, mapping_id, mapping_version, ordinal, target_field, kind, rule, arguments, source_columns)
SELECT e.tenant_id, e.stream_id, (e.payload->>'version')::integer, r.ordinality, r.value->>'target_field',
       r.value->>'kind', r.value->>'rule', r.value->'arguments', r.value->'source_columns'
FROM events e, jsonb_array_elements(e.payload->'rules') WITH ORDINALITY r;
