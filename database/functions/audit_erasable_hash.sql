-- What a commitment keeps of the parts that may be erased. An absent part counts as zero bytes.
CREATE OR REPLACE FUNCTION audit_erasable_hash(salt bytea, personal json, attachment bytea) RETURNS bytea
LANGUAGE sql STABLE
RETURN sha256('atlas2/erasable/v1\012'::bytea || salt
    || sha256(coalesce(convert_to(personal::text, 'UTF8'), ''::bytea))
    || sha256(coalesce(attachment, ''::bytea)));
COMMENT ON FUNCTION audit_erasable_hash(bytea, json, bytea) IS 'SHA-256("atlas2/erasable/v1\n" || salt || SHA-256(personal) || SHA-256(attachment))';
