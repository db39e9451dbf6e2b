"""Folds the events of users with the PyPI package eventsourcing: reads its notification log page by page and upserts a row
of a table like `users` for each event, a page a transaction. Prints "events seconds"."""
import json
import sys
import time

import psycopg
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore

folder, port, database, limit = sys.argv[1:]
PAGE = 1000
UPSERT = """
INSERT INTO peer.users AS u (tenant_id, id, email, name, role, status, created_at, updated_at)
VALUES (%(tenant)s, %(id)s, %(email)s, %(name)s, %(role)s, %(status)s, %(created_at)s, %(at)s)
ON CONFLICT (tenant_id, id) DO UPDATE SET
    email = coalesce(excluded.email, u.email), name = coalesce(excluded.name, u.name),
    role = coalesce(excluded.role, u.role), status = coalesce(excluded.status, u.status),
    created_at = coalesce(u.created_at, excluded.created_at), updated_at = excluded.updated_at
"""
STATUS = {"user.created": "active", "user.reactivated": "active", "user.deactivated": "inactive"}

conninfo = f"host={folder} port={port} dbname={database} user=postgres"
with psycopg.connect(conninfo, autocommit=True) as connection:
    connection.execute("DROP SCHEMA IF EXISTS peer CASCADE")
    connection.execute("CREATE SCHEMA peer")
    connection.execute("CREATE TABLE peer.users (LIKE users INCLUDING ALL)")
datastore = PostgresDatastore(
    dbname=database, host=folder, port=port, user="postgres", password="", schema="peer", pool_size=1, max_overflow=0
)
recorder = PostgresApplicationRecorder(datastore, events_table_name="events")
recorder.create_table()
with psycopg.connect(conninfo, autocommit=True) as connection:
    connection.execute(
        """
        INSERT INTO peer.events (originator_id, originator_version, topic, state)
        SELECT stream_id, stream_version, event_type,
               convert_to(json_build_object('tenant', tenant_id, 'at', recorded_at, 'role', payload->>'role',
                   'email', personal->>'email', 'name', personal->>'name')::text, 'UTF8')
        FROM audit_logs WHERE stream_type = 'user' ORDER BY position LIMIT %s
        """,
        [int(limit)],
    )
    connection.execute("ANALYZE peer.events")

folded = 0
start = time.monotonic()
with psycopg.connect(conninfo, autocommit=True) as connection:
    while notifications := recorder.select_notifications(start=folded + 1, limit=PAGE):
        rows = []
        for notification in notifications:
            event = json.loads(notification.state)
            event["id"] = notification.originator_id
            event["status"] = STATUS.get(notification.topic)
            event["created_at"] = event["at"] if notification.topic == "user.created" else None
            rows.append(event)
        with connection.transaction():
            connection.cursor().executemany(UPSERT, rows)
        folded = notifications[-1].id
print(folded, time.monotonic() - start, flush=True)
datastore.close()
