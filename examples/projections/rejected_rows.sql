-- projection: rejected_rows
-- version: 1
-- mode: async
-- events: job.rows_processed
-- key: aggregate
-- @schema
CREATE TABLE rejected_rows (
    tenant_id uuid   NOT NULL,
    week      date   NOT NULL,
    rule      text   COLLATE "C" NOT NULL,
    code      text   COLLATE "C" NOT NULL,
    field     text   COLLATE "C" NOT NULL,
    errors    bigint NOT NULL,
    PRIMARY KEY (tenant_id, week, rule, code, field)
);
COMMENT ON TABLE  rejected_rows           IS 'Why rows were rejected, by week';
COMMENT ON COLUMN rejected_rows.tenant_id IS 'The tenant';
COMMENT ON COLUMN rejected_rows.week      IS 'Monday of the week (UTC) in which the rows were processed';
COMMENT ON COLUMN rejected_rows.rule      IS 'Function or check that refused a value';
COMMENT ON COLUMN rejected_rows.code      IS 'What was wrong, as a code';
COMMENT ON COLUMN rejected_rows.field     IS 'Target field; empty for checks on whole rows';
COMMENT ON COLUMN rejected_rows.errors    IS 'How often';
-- @fold
-- Each result chunk says in its payload how often rows were rejected for which reason.
INSERT INTO rejected_rows AS r (tenant_id, week, rule, code, field, errors)
SELECT e.tenant_id, date_trunc('week', e.recorded_at AT TIME ZONE 'UTC')::date, x.value->>'rule', x.value->>'code',
       coalesce(x.value->>'field', ''), sum((x.value->>'count')::bigint)
FROM events e CROSS JOIN LATERAL jsonb_array_elements(e.payload->'errors') x
GROUP BY 1, 2, 3, 4, 5
ON CONFLICT (tenant_id, week, rule, code, field) DO UPDATE SET errors = r.errors + excluded.errors;
