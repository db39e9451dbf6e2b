"""DuckDB maps a file as the benchmark's mapping does, with one thread, to JSON lines. Prints the seconds of each of three
times, and how many rows were written."""
import sys
import time

import duckdb

(file, output) = sys.argv[1:]
names = ["id", "full name", "signup", "amount", "country", "email", "notes"]
columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
database = duckdb.connect(config={"threads": 1})
query = f"""
COPY (
    SELECT * FROM (
        SELECT try_cast(id AS BIGINT) AS id,
               regexp_replace(trim("full name"), '\\s+', ' ', 'g') AS name,
               try_strptime(signup, '%d/%m/%Y')::DATE AS signed_up,
               try_cast(replace(amount, ',', '') AS DECIMAL(18, 2)) AS amount,
               upper(country) AS country,
               lower(trim(email)) AS email
        FROM read_csv('{file}', columns={{{columns}}}, delim=',', quote='"', escape='"', header=true))
    WHERE id IS NOT NULL AND name <> '' AND length(name) <= 80 AND signed_up IS NOT NULL AND amount IS NOT NULL
      AND (country IS NULL OR regexp_full_match(country, '[A-Z]{{2}}'))
      AND regexp_full_match(email, '[^@\\s]+@[^@\\s.]+([.][^@\\s.]+)+')
) TO '{output}' (FORMAT json)
"""
for _ in range(3):
    start = time.monotonic()
    (rows,) = database.execute(query).fetchone()
    print(time.monotonic() - start)
print(rows)
