-- projection: bench_readings
-- version: 1
-- mode: async
-- events: reading.*
-- key: aggregate
-- @schema
CREATE TABLE bench_readings (
    tenant_id uuid   NOT NULL,
    sensor    bigint NOT NULL,
    readings  bigint NOT NULL,
    last_at   timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, sensor)
);
COMMENT ON TABLE  bench_readings           IS 'What the benchmark of asynchronous projections appends, by sensor';
COMMENT ON COLUMN bench_readings.tenant_id IS 'The tenant';
COMMENT ON COLUMN bench_readings.sensor    IS 'Number of the sensor';
COMMENT ON COLUMN bench_readings.readings  IS 'How many readings it has sent';
COMMENT ON COLUMN bench_readings.last_at   IS 'Time of its last one';
-- @fold
INSERT INTO bench_readings AS r (tenant_id, sensor, readings, last_at)
SELECT tenant_id, (payload->>'sensor')::bigint, count(*), max(recorded_at) FROM events GROUP BY 1, 2
ON CONFLICT (tenant_id, sensor) DO UPDATE SET readings = r.readings + excluded.readings, last_at = excluded.last_at;
