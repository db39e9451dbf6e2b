-- The lines of a piece of a file of which some were blanked, in their order: 'atlas2/file-lines/v1\n', their number in 4
-- bytes, a head of 36 bytes for each (0, or 1 where it is blank; its length in 3 bytes; its nonce of 16 bytes and 16 zeros
-- or, where it is blank, its leaf hash), and the piece itself. No rows for what has another form; no leaf where a head has.
CREATE OR REPLACE FUNCTION audit_file_lines(p_attachment bytea)
RETURNS TABLE (number integer, is_blank boolean, leaf bytea, bytes bytea)
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE
    -- Without || each look at a byte would decompress all of them again.
    piece bytea := p_attachment || ''::bytea;
    lines bigint;
    start bigint;
BEGIN
    IF coalesce(length(piece), 0) < 25 OR substr(piece, 1, 21) <> 'atlas2/file-lines/v1\012'::bytea THEN RETURN; END IF;
    lines := ((get_byte(piece, 21)::bigint * 256 + get_byte(piece, 22)) * 256 + get_byte(piece, 23)) * 256 + get_byte(piece, 24);
    start := 25 + 36 * lines;
    IF start > length(piece) THEN RETURN; END IF;
    RETURN QUERY
        SELECT l.n, l.blank, CASE WHEN l.blank THEN l.opening
                                   WHEN l.flag = 0 AND substr(l.opening, 17) = decode(repeat('00', 16), 'hex')
                                       THEN sha256('\x00'::bytea || substr(l.opening, 1, 16) || b.bytes) END, b.bytes
        FROM (SELECT h.n, h.flag, h.flag = 1 AS blank, h.length, h.opening, (sum(h.length) OVER (ORDER BY h.n))::integer AS ends
              FROM (SELECT i AS n, get_byte(piece, 25 + 36 * i) AS flag,
                           (get_byte(piece, 26 + 36 * i) * 256 + get_byte(piece, 27 + 36 * i)) * 256 + get_byte(piece, 28 + 36 * i) AS length,
                           substr(piece, 30 + 36 * i, 32) AS opening
                    FROM generate_series(0, lines::integer - 1) i) h) l,
             LATERAL (SELECT substr(piece, (start + l.ends - l.length + 1)::integer, l.length) OFFSET 0) b (bytes)
        ORDER BY l.n;
END $$;
COMMENT ON FUNCTION audit_file_lines(bytea) IS 'The lines of a piece of a file of which some were blanked';
REVOKE ALL ON FUNCTION audit_file_lines(bytea) FROM PUBLIC;
