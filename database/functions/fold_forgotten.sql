-- forgotten(event_type, payload, personal, member ORDER BY position): whether, after the last of the events, an erasure
-- has taken away what personal parts said under `member`, and none said it again since.
CREATE OR REPLACE FUNCTION fold.forgotten_step(state boolean, event_type text, payload jsonb, personal jsonb, member text)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT CASE WHEN event_type NOT LIKE '%.erased' THEN state AND personal->>member IS NULL
                  ELSE state OR jsonb_path_exists(payload, '$.types.*[*] ? (@ == $member)', jsonb_build_object('member', member)) END $$;
COMMENT ON FUNCTION fold.forgotten_step(boolean, text, jsonb, jsonb, text) IS 'Step of the aggregate forgotten';
CREATE OR REPLACE AGGREGATE fold.forgotten(text, jsonb, jsonb, text) (
    SFUNC = fold.forgotten_step, STYPE = boolean, INITCOND = 'false', PARALLEL = SAFE);
COMMENT ON AGGREGATE fold.forgotten(text, jsonb, jsonb, text) IS 'Whether an erasure took a personal member away and nothing brought it back; always with ORDER BY position';
