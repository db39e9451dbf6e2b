-- What a commitment keeps of the parts that may be erased. An absent part counts as zero bytes, whose hash is written out.
CREATE OR REPLACE FUNCTION audit_erasable_hash(salt bytea, personal json, attachment bytea) RETURNS bytea
LANGUAGE sql STABLE
RETURN sha256('atlas2/erasable/v1\012'::bytea || salt
    || coalesce(sha256(convert_to(personal::text, 'UTF8')),
                '\xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'::bytea)
    || coalesce(sha256(attachment), '\xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'::bytea));
COMMENT ON FUNCTION audit_erasable_hash(bytea, json, bytea) IS 'SHA-256("atlas2/erasable/v1\n" || salt || SHA-256(personal) || SHA-256(attachment))';
