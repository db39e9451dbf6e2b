-- A moment as entries spell it: 2026-11-23T16:40:12.123456Z.
CREATE OR REPLACE FUNCTION audit_time(at timestamptz) RETURNS text
LANGUAGE sql STABLE
RETURN to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
COMMENT ON FUNCTION audit_time(timestamptz) IS 'A moment as entries spell it: UTC, with six decimals';
