-- What erasures need: the type in which they are handed over, and the one change that the log's triggers let through.
-- Running it again changes nothing.
-- By hand: psql -v ON_ERROR_STOP=1 -d atlas2 -f database/migrations/004_erasure.sql

SET ROLE atlas2_owner;

DO $$
BEGIN
    IF to_regtype('audit_erasure') IS NULL THEN
        CREATE TYPE audit_erasure AS (
            "position"       bigint,
            replaces         bytea,
            salt             bytea,
            personal         json,
            attachment       bytea,
            keeps_attachment boolean
        );
    END IF;
END $$;
COMMENT ON TYPE   audit_erasure                  IS 'What audit_erase is to do to one event: empty it, or, where a salt is given, replace its erasable parts';
COMMENT ON COLUMN audit_erasure."position"       IS 'The event';
COMMENT ON COLUMN audit_erasure.replaces         IS 'The salt that the event had when its new parts were made: it must still have it';
COMMENT ON COLUMN audit_erasure.salt             IS '16 fresh random bytes; null: the event is emptied';
COMMENT ON COLUMN audit_erasure.personal         IS 'What stays of the personal part, or null';
COMMENT ON COLUMN audit_erasure.attachment       IS 'What stays of the attachment, or null';
COMMENT ON COLUMN audit_erasure.keeps_attachment IS 'The attachment stays as it is';

-- audit_erase, and nothing else, switches atlas2.erasing on, for one statement.
CREATE OR REPLACE FUNCTION audit_logs_refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    kept audit_logs;
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('atlas2.erasing', true) = 'on' THEN
        kept := NEW;
        kept.personal := OLD.personal; kept.attachment := OLD.attachment; kept.salt := OLD.salt;
        -- Byte by byte: json knows no equality.
        IF kept *= OLD THEN RETURN NEW; END IF;
    END IF;
    RAISE EXCEPTION 'audit_logs is append only: % is refused', TG_OP
        USING ERRCODE = 'insufficient_privilege', HINT = 'Append an event that says what changed.';
END $$;
COMMENT ON FUNCTION audit_logs_refuse_change() IS 'Stops UPDATE, DELETE and TRUNCATE of the log, the owner''s too; lets audit_erase take erasable parts away';

INSERT INTO schema_migrations (version, name) VALUES (4, 'erasure') ON CONFLICT DO NOTHING;
RESET ROLE;
