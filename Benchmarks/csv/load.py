"""dlt loads a file into PostgreSQL as its documentation shows: the filesystem source and its reader of CSV, default settings.
Arguments: the file's folder and name, the server's folder, port and database. Prints the seconds."""
import sys
import tempfile
import time

import dlt
from dlt.destinations import postgres
from dlt.destinations.impl.postgres.configuration import PostgresCredentials
from dlt.sources.filesystem import filesystem, read_csv

folder, name, host, port, database = sys.argv[1:]
credentials = PostgresCredentials(f"postgresql://postgres:none@localhost:{port}/{database}")
credentials.query = {"host": host}
with tempfile.TemporaryDirectory() as state:
    pipeline = dlt.pipeline("bench", pipelines_dir=state, destination=postgres(credentials), dataset_name="dlt_peer",
                            dev_mode=False)
    start = time.monotonic()
    reader = filesystem(bucket_url=f"file://{folder}", file_glob=name) | read_csv()
    pipeline.run(reader.with_name("sheet"), write_disposition="replace")
    print(time.monotonic() - start)
