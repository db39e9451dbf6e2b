-- What an entry says of an event's contents.
CREATE OR REPLACE FUNCTION audit_commitment(payload json, erasable_hash bytea) RETURNS bytea
LANGUAGE sql STABLE
RETURN sha256('atlas2/payload/v1\012'::bytea || sha256(convert_to(payload::text, 'UTF8')) || erasable_hash);
COMMENT ON FUNCTION audit_commitment(json, bytea) IS 'SHA-256("atlas2/payload/v1\n" || SHA-256(payload) || erasable_hash)';
