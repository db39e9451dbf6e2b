-- Tables that an earlier version made count skipped rows too, as none, so that what reads them works until
-- atlas2 projections rebuild makes them anew. Running it again changes nothing.
-- By hand: psql -v ON_ERROR_STOP=1 -d atlas2 -f database/migrations/010_skipped_rows.sql

SET ROLE atlas2_owner;

ALTER TABLE IF EXISTS processing_jobs ADD COLUMN IF NOT EXISTS skipped_rows bigint NOT NULL DEFAULT 0;
ALTER TABLE IF EXISTS job_statistics ADD COLUMN IF NOT EXISTS skipped_rows bigint NOT NULL DEFAULT 0;
ALTER TABLE IF EXISTS user_dashboard_stats ADD COLUMN IF NOT EXISTS skipped_rows bigint NOT NULL DEFAULT 0;
ALTER TABLE IF EXISTS user_dashboard_jobs ADD COLUMN IF NOT EXISTS skipped_rows bigint NOT NULL DEFAULT 0;

INSERT INTO schema_migrations (version, name) VALUES (10, 'skipped_rows') ON CONFLICT DO NOTHING;
RESET ROLE;
