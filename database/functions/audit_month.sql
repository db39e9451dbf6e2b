-- Makes the monthly partition that holds `p_at` where it is missing; returns its name.
CREATE OR REPLACE FUNCTION audit_month(p_at timestamptz) RETURNS text
LANGUAGE plpgsql SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    month     timestamptz := date_trunc('month', p_at);
    partition text := 'audit_logs_' || to_char(month, 'YYYY_MM');
BEGIN
    IF to_regclass(partition) IS NOT NULL THEN RETURN partition; END IF;
    -- Two appends may find it missing at once; the second then finds it made. It looks into the table itself: to_regclass
    -- remembers that there was none. The lock is one that attaching takes anyway: it stops neither readers nor appends, and
    -- nobody who may not change the table can take and keep it, as anybody could an advisory lock.
    LOCK TABLE audit_logs IN SHARE UPDATE EXCLUSIVE MODE;
    IF EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname = partition) THEN
        RETURN partition;
    END IF;
    -- Made beside and attached, which makes its indexes: PARTITION OF would lock readers of the whole log out.
    EXECUTE format('CREATE TABLE %I (LIKE audit_logs INCLUDING ALL EXCLUDING INDEXES)', partition);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', partition);
    EXECUTE format('ALTER TABLE audit_logs ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                   partition, month, month + interval '1 month');
    EXECUTE format('CREATE TRIGGER audit_logs_no_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION audit_logs_refuse_change()',
                   partition);
    EXECUTE format('COMMENT ON TABLE %I IS %L', partition, 'Events recorded in ' || to_char(month, 'YYYY-MM') || ' (UTC)');
    RETURN partition;
END $$;
COMMENT ON FUNCTION audit_month(timestamptz) IS 'Makes the partition of a month where it is missing';
REVOKE ALL ON FUNCTION audit_month(timestamptz) FROM PUBLIC;
