-- A role of its own for who seals: what is signed, and what witnesses signed of it, is written by members of
-- atlas2_sealer alone (see the grants of the functions). Running it again changes nothing.
-- By hand: psql -v ON_ERROR_STOP=1 -d atlas2 -f database/migrations/007_sealer_role.sql

DO $$
BEGIN
    -- Roles belong to the server, not to the database: two databases may share them.
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'atlas2_sealer') THEN
        CREATE ROLE atlas2_sealer NOLOGIN;
    END IF;
    -- It reads and appends as the application does: what it recomputes, and the events that announce its keys.
    IF NOT pg_has_role('atlas2_sealer', 'atlas2_app', 'MEMBER') THEN
        GRANT atlas2_app TO atlas2_sealer;
    END IF;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE EXCEPTION 'the role atlas2_sealer is missing, and % may not make it', current_user
        USING ERRCODE = 'insufficient_privilege',
              HINT = 'Let an administrator run CREATE ROLE atlas2_sealer NOLOGIN; GRANT atlas2_app TO atlas2_sealer.';
END $$;

SET ROLE atlas2_owner;
INSERT INTO schema_migrations (version, name) VALUES (7, 'sealer_role') ON CONFLICT DO NOTHING;
RESET ROLE;
