import AuditLog
import FoundationEssentials
import Postgres
import Projections
import TestSupport
import Testing

extension LawTests {
    @Suite("audit_append")
    struct AppendTests {
        @Test("every outcome can occur in one call, and each append counts on those before it")
        func mixed() async throws {
            try await TestTemplate.schema.withCopy { database in
                let old = Probe.event(payload: #"{"a":1}"#)
                try await database.log.append([old], as: Probe.scope)
                var changed = old
                changed.payload = JSON(#"{"a":2}"#)
                let outcomes = try await database.log.append(
                    [
                        [Probe.event(expecting: 1)], [old], [Probe.event(expecting: 1)], [changed],
                        [Probe.event(expecting: 2), Probe.event(expecting: 3)], [Probe.event(), old],
                    ], as: Probe.scope)
                #expect(
                    outcomes.map { AppendModel.Outcome($0) } == [
                        .appended(1...1), .known(0...0), .conflict, .mismatch, .appended(2...3), .mismatch,
                    ])
                #expect(
                    outcomes[2] == .conflict("probe/\(UUID(named: "probe").text) is at version 2, expected 1"))
            }
        }

        @Test(
            "what cannot be folded or hashed the same everywhere is refused, and nothing of the call is appended",
            arguments: [
                (Probe.event(payload: #"{"a":"\u0000"}"#), "22P05"),
                (Probe.event(payload: #"{"a":"\ud800"}"#), "22P02"),
                (Probe.event(payload: #"{"\udc00":1}"#), "22P02"),
                (Probe.event(personal: #"{"a":"\u0000"}"#), "22P05"),
                (Probe.event(payload: "[]"), "23514"), (Probe.event(payload: "1"), "23514"),
                (Probe.event(payload: "null"), "23514"), (Probe.event(payload: "{"), "22P02"),
                (Probe.event(personal: "[]"), "23514"), (Probe.event(type: "seen"), "23514"),
                (Probe.event(type: "Probe.seen"), "23514"), (Probe.event(type: "probe.seen.twice"), "23514"),
                (Probe.event(type: "probe.\"seen"), "23514"), (Probe.event(type: "probe.seen\n"), "23514"),
                (Probe.event(type: "probe."), "23514"), (Probe.event(type: ""), "23514"),
            ])
        func refused(event: NewEvent, sqlstate: String) async throws {
            try await TestTemplate.schema.withCopy { database in
                let error = await postgresError {
                    _ = try await database.log.append([[Probe.event()], [event]], as: Probe.scope)
                }
                #expect(error?.sqlstate == sqlstate, "\(String(reflecting: error))")
                let size = try await database.log.size(as: Probe.scope)
                #expect(size == 0)
            }
        }

        @Test(
            "a stream's type and a salt that no entry can hold are refused",
            arguments: [("Probe", nil), ("pro/be", nil), ("", nil), ("probe", [1]), ("probe", [])]
                as [(String, [UInt8]?)])
        func refusedHeader(streamType: String, salt: [UInt8]?) async throws {
            try await TestTemplate.schema.withCopy { database in
                var event = Probe.event()
                event.stream.type = streamType
                event.salt = salt
                let error = await postgresError { _ = try await database.log.append([[event]], as: Probe.scope) }
                #expect(error?.sqlstate == "23514")
                let size = try await database.log.size(as: Probe.scope)
                #expect(size == 0)
            }
        }

        @Test("law 9: when an inline projection refuses, nothing of the call is appended")
        func failClosed() async throws {
            try await TestTemplate.schema.withCopy { database in
                let tenant = try await database.createTenant("one")
                let scope = Scope.system(tenant)
                let command = Command(scope: scope)
                func user(_ email: String) throws -> NewEvent {
                    try command.event(UserCreated(email: email, name: nil, role: "user"), on: UUID(), expecting: 0)
                }
                try await database.log.append([user("ada@example.org")], as: scope)
                let error = await postgresError {
                    _ = try await database.log.append(
                        [[try user("bob@example.org")], [try user("ada@example.org")], [Probe.event()]], as: scope)
                }
                #expect(error?.constraint == "users_email_key")
                #expect(error?.isConstraintViolation ?? false)
                #expect(try await database.log.size(as: scope) == 2)
                #expect(try await database.column("SELECT count(*) FROM users", as: Int64.self) == [1])
                #expect(
                    try await database.column("SELECT sum(version)::bigint FROM audit_streams", as: Int64.self) == [2])
                #expect(try await database.verifier.verify().isEqual)
                // The same address is free in another tenant.
                let other = try await database.createTenant("two")
                try await database.log.append([user("ada@example.org")], as: .system(other))
            }
        }

        @Test("law 9: an action whose projection table is gone does not happen")
        func failClosedWithoutTable() async throws {
            try await TestTemplate.schema.withCopy { database in
                let tenant = try await database.createTenant("one")
                try await database.tamper("DROP TABLE users CASCADE")
                let event = try Command(scope: .system(tenant)).event(
                    UserCreated(email: "ada@example.org", name: nil, role: "user"), on: UUID())
                let error = await postgresError { _ = try await database.log.append([event], as: .system(tenant)) }
                #expect(error?.sqlstate == "42P01")
                #expect(try await database.log.size(as: .system(tenant)) == 1)
            }
        }

        @Test(
            "a session that is not set to the tenant appends nothing",
            arguments: [Scope.system(UUID(named: "tenant", "other")), Scope(tenant: nil, role: .admin)])
        func otherTenant(scope: Scope) async throws {
            try await TestTemplate.schema.withCopy { database in
                let statement = EventLog.statement(appending: [[Probe.event()]], to: Probe.tenant)
                let error = await postgresError {
                    try await database.app.transaction(scope.transaction()) { _ = try $0.execute(statement) }
                }
                #expect(error?.sqlstate == "42501")
                let events: [Int64] = try await database.column("SELECT count(*) FROM audit_logs")
                #expect(events == [0])
            }
        }

        @Test("large bodies come back byte for byte, and an empty call does nothing")
        func bodies() async throws {
            try await TestTemplate.schema.withCopy { database in
                #expect(try await database.log.append([[NewEvent]](), as: Probe.scope).isEmpty)
                let attachment = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
                let payload = "{ \"b\":1.50,\n \"a\" : \"\\u00e4\" , \"b\":2 }"
                try await database.log.append([Probe.event(payload: payload, attachment: attachment)], as: Probe.scope)
                let event = try await database.log.read(as: Probe.scope).first
                #expect(event?.payload.text == payload)
                #expect(event?.attachment == attachment)
                #expect(try await database.log.verify(as: Probe.scope).isSound)
            }
        }
    }
}
