-- Takes back what 006 changed: functions are those of the program that installs them.
SET ROLE atlas2_owner;
DELETE FROM schema_migrations WHERE version = 6;
RESET ROLE;
