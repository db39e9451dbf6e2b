-- The canonical bytes of an event (RFC 8785; the values' alphabets need no escaping), version 1. The time comes as text,
-- by audit_time, since one append spells it once for all its events.
CREATE OR REPLACE FUNCTION audit_entry(
    tenant_id uuid, "position" bigint, event_id uuid, at text, stream_type text, stream_id uuid,
    stream_version bigint, event_type text, schema_version integer, actor_id uuid, correlation_id uuid,
    causation_id uuid, commitment bytea
) RETURNS text
LANGUAGE sql STABLE
RETURN '{"actor":' || coalesce('"' || actor_id || '"', 'null')
    || ',"at":"' || at
    || '","causation":' || coalesce('"' || causation_id || '"', 'null')
    || ',"commitment":"' || encode(commitment, 'hex')
    || '","correlation":' || coalesce('"' || correlation_id || '"', 'null')
    || ',"id":"' || event_id
    || '","position":' || "position"
    || ',"schema":' || schema_version
    || ',"stream":"' || stream_type || '/' || stream_id
    || '","tenant":"' || tenant_id
    || '","type":"' || event_type
    || '","v":1,"version":' || stream_version || '}';
COMMENT ON FUNCTION audit_entry(uuid, bigint, uuid, text, text, uuid, bigint, text, integer, uuid, uuid, uuid, bytea)
    IS 'The canonical JSON of an event; its Merkle leaf is SHA-256(0x00 || entry)';
