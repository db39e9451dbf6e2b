-- The root of the Merkle tree over these leaf hashes, in their order (RFC 6962, section 2.1).
CREATE OR REPLACE FUNCTION audit_tree_root(leaves bytea[]) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE SET search_path = public, pg_temp AS $$
DECLARE
    level bytea[] := leaves;
BEGIN
    -- Pairing from the left and carrying a last odd node up gives RFC 6962's tree.
    WHILE cardinality(level) > 1 LOOP
        SELECT array_agg(CASE WHEN p.second IS NULL THEN p.first ELSE sha256('\x01'::bytea || p.first || p.second) END ORDER BY p.n)
        INTO level
        FROM (SELECT u.hash AS first, lead(u.hash) OVER (ORDER BY u.n) AS second, u.n
              FROM unnest(level) WITH ORDINALITY u (hash, n)) p
        WHERE p.n % 2 = 1;
    END LOOP;
    RETURN coalesce(level[1], sha256(''));
END $$;
COMMENT ON FUNCTION audit_tree_root(bytea[]) IS 'The RFC 6962 root over leaf hashes';
REVOKE ALL ON FUNCTION audit_tree_root(bytea[]) FROM PUBLIC;
