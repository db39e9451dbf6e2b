import AuditLog
import FoundationEssentials
import Postgres
import TestSupport
import Testing

extension LawTests {
    @Suite("Who may append what")
    struct AuthorityTests {
        private static func event(_ type: String) -> NewEvent {
            let stream = String(type.prefix { $0 != "." })
            return NewEvent(
                stream: StreamID(type: stream, id: UUID(named: type)), type: type,
                payload: JSON(#"{"key":"k","url":"u"}"#))
        }

        private static func scope(_ role: String, _ tenant: UUID = Probe.tenant) -> Scope {
            Scope(tenant: tenant, role: Scope.Role(name: role))
        }

        @Test(
            "erasure events come from audit_erase alone, whoever asks, and whatever the session says of itself",
            arguments: ["user.erased", "job.erased", "hold.erased", "log.erased", "probe.erased"],
            ["user", "auditor", "admin", "system"])
        func erasures(type: String, role: String) async throws {
            try await TestTemplate.schema.withCopy { database in
                let statement = EventLog.statement(
                    appending: [[Probe.event()], [Self.event(type)]], to: Probe.tenant)
                let error = await postgresError {
                    try await database.app.transaction(Self.scope(role).transaction()) { session in
                        try session.script("SET LOCAL atlas2.erasing = 'on'")
                        _ = try session.execute(statement)
                    }
                }
                #expect(error?.sqlstate == "42501")
                #expect(error?.message == "\(type) comes from audit_erase alone")
                let size = try await database.log.size(as: Probe.scope)
                #expect(size == 0)
            }
        }

        @Test("the function behind both is nobody's to call")
        func inner() async throws {
            try await TestTemplate.schema.withCopy { database in
                for login in [TestDatabase.Login.app, .readonly] {
                    let client = try database.client(login)
                    let error = await postgresError {
                        try await client.transaction(Probe.scope.transaction()) { session in
                            try session.script("SELECT audit_write('\(Probe.tenant.text)', '{}', true)")
                        }
                    }
                    #expect(error?.sqlstate == "42501")
                    await client.close()
                }
            }
        }

        @Test(
            "events about the log and about legal holds need an admin or the system",
            arguments: ["log.key_added", "log.witness_removed", "hold.placed", "hold.released"],
            [("user", false), ("auditor", false), ("", false), ("admins", false), ("admin", true), ("system", true)])
        func roles(type: String, role: (name: String, may: Bool)) async throws {
            try await TestTemplate.schema.withCopy { database in
                let tenant = try await database.createTenant("one")
                let statement = EventLog.statement(appending: [[Self.event(type)]], to: tenant)
                let error = await postgresError {
                    try await database.app.transaction(Self.scope(role.name, tenant).transaction()) {
                        _ = try $0.execute(statement)
                    }
                }
                #expect(error?.sqlstate == (role.may ? nil : "42501"))
                #expect(error.map { $0.message.hasPrefix("only an admin may append \(type)") } ?? role.may)
                let size = try await database.log.size(as: .system(tenant))
                #expect(size == (role.may ? 2 : 1))
                // Nor is a retry answered to who may not do it.
                if role.may {
                    let again = await postgresError {
                        try await database.app.transaction(Self.scope("user", tenant).transaction()) {
                            _ = try $0.execute(statement)
                        }
                    }
                    #expect(again?.sqlstate == "42501")
                }
            }
        }

        @Test("through EventLog the role is the caller's, and others at the same time get theirs appended")
        func throughTheLog() async throws {
            try await TestTemplate.schema.withCopy { database in
                let tenant = try await database.createTenant("one")
                let log = database.log
                let refused = await withTaskGroup(of: (Int, String?).self) { group in
                    for number in 0..<60 {
                        group.addTask {
                            let (event, role) =
                                switch number % 6 {
                                case 0: (Self.event("hold.placed"), "admin")
                                case 1: (Self.event("hold.placed"), "user")
                                case 2: (Self.event("user.erased"), "admin")
                                default: (Probe.event(), "user")
                                }
                            var fresh = event
                            fresh.stream.id = UUID()
                            let error = await postgresError {
                                [fresh] in try await log.append([fresh], as: Self.scope(role, tenant))
                            }
                            return (number, error?.sqlstate)
                        }
                    }
                    return await group.reduce(into: [Int: String]()) { if let code = $1.1 { $0[$1.0] = code } }
                }
                #expect(Set(refused.keys) == Set((0..<60).filter { [1, 2].contains($0 % 6) }))
                #expect(Set(refused.values) == ["42501"])
                #expect(try await log.size(as: .system(tenant)) == 41)
            }
        }
    }
}
