"""Saves single events with the PyPI package eventsourcing, by 1, 8 and 64 threads: "threads events-per-second"."""
import sys
import threading
import time
import uuid

from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore

folder, port, database, seconds = sys.argv[1:]
STATE = (
    b'{"sensor":1,"number":1,"unit":"mV","state":"recorded",'
    b'"operator":"Operator Number 1"}'
)

for threads in (1, 8, 64):
    datastore = PostgresDatastore(
        dbname=database, host=folder, port=port, user="postgres", password="",
        pool_size=threads, max_overflow=0, connect_timeout=120,
    )
    recorder = PostgresApplicationRecorder(datastore, events_table_name=f"events_{threads}")
    recorder.create_table()
    counts = [0] * threads
    end = time.monotonic() + float(seconds)

    def work(place):
        stream = uuid.uuid4()
        while time.monotonic() < end:
            event = StoredEvent(
                originator_id=stream, originator_version=counts[place] + 1, topic="reading.taken", state=STATE
            )
            recorder.insert_events([event])
            counts[place] += 1

    start = time.monotonic()
    workers = [threading.Thread(target=work, args=(place,)) for place in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(threads, sum(counts) / (time.monotonic() - start), flush=True)
    datastore.close()
