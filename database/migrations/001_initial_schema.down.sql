-- Removes everything that Atlas2 made in this database, the log too. The roles stay: other databases may use them.
-- Not by DROP OWNED, which would take the owner's rights in the server's other databases with it.
SET ROLE atlas2_owner;
DO $$
DECLARE
    owner   oid := 'atlas2_owner'::regrole;
    public  oid := 'public'::regnamespace;
    objects text[] := ARRAY(
        SELECT format('SCHEMA IF EXISTS %I', nspname) FROM pg_namespace WHERE nspowner = owner
        UNION ALL
        SELECT format('%s IF EXISTS %s', CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'c' THEN 'TYPE' ELSE 'TABLE' END, oid::regclass)
        FROM pg_class WHERE relowner = owner AND relnamespace = public AND relkind IN ('r', 'p', 'v', 'c') AND NOT relispartition
        UNION ALL
        SELECT format('ROUTINE IF EXISTS %s', oid::regprocedure) FROM pg_proc WHERE proowner = owner AND pronamespace = public);
    object  text;
BEGIN
    FOREACH object IN ARRAY objects LOOP
        EXECUTE 'DROP ' || object || ' CASCADE';
    END LOOP;
END $$;
RESET ROLE;
REVOKE ALL ON SCHEMA public FROM atlas2_owner, atlas2_app, atlas2_readonly;
DO $$ BEGIN EXECUTE format('REVOKE CREATE ON DATABASE %I FROM atlas2_owner', current_database()); END $$;
