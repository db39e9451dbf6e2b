-- Takes back what 010 noted. The columns stay: the tables' own definitions have them.
SET ROLE atlas2_owner;
DELETE FROM schema_migrations WHERE version = 10;
RESET ROLE;
