-- Removes everything that Atlas2 made in this database, the log too. The roles stay: other databases may use them.
DROP OWNED BY atlas2_owner CASCADE;
