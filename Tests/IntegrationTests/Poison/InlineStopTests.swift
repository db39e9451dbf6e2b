import AuditLog
import FoundationEssentials
import Postgres
import Processing
import Projections
import TestSupport
import Testing

extension PoisonTests {
    @Suite("An inline projection that stops", .timeLimit(.minutes(20)))
    struct InlineStopTests {
        private static func event(_ type: String, version: Int32 = 1) -> NewEvent {
            NewEvent(
                stream: StreamID(type: String(type.prefix { $0 != "." }), id: UUID(named: type)), type: type,
                schemaVersion: version, payload: JSON(#"{"role":"user"}"#))
        }

        private func withTenant(_ body: (TestDatabase, Command) async throws -> Void) async throws {
            try await TestTemplate.schema.withCopy { database in
                let tenants = Tenants(database.log)
                try await tenants.add(
                    slug: "one", name: "One", admin: FirstAdmin(email: "ada@example.org"), login: nil)
                try await body(database, Command(scope: .system(Tenants.id(of: "one"))))
            }
        }

        @Test(
            "an event that it does not understand is appended and stops it alone; what needs its constraints refuses, until an admin skips it",
            arguments: [("user.teleported", 1), ("user.created", 2)] as [(String, Int32)])
        func stops(type: String, version: Int32) async throws {
            try await withTenant { database, command in
                let (log, scope) = (database.log, command.scope)
                let size = try await log.size(as: scope)
                try await log.append([Self.event(type, version: version)], as: scope)
                let users = Users(log)
                try await log.append(
                    [command.event(UserRenamed(name: "Ada"), on: users.list(as: scope)[0].id), Probe.event()], as: scope
                )
                let status = try await database.projections.status(as: scope)
                #expect(status.filter { $0.mode == "inline" && $0.lag > 0 }.map(\.name) == ["users"])
                let stop = try #require(status.first { $0.name == "users" }?.stop)
                #expect(stop.position == size && stop.eventType == type && stop.sqlstate == "AT001")
                #expect(status.first { $0.name == "users" }?.lag == 3)
                #expect(try await users.list(as: scope).map(\.name) == [nil])

                let refused = await postgresError {
                    _ = try await users.add(email: "ada@example.org", name: nil, role: "user", as: command)
                }
                #expect(refused?.sqlstate == "55000")
                #expect(
                    refused?.message.contains(
                        "the projection users, which this is checked against, stopped at position \(size) (\(type))")
                        == true)
                #expect(refused?.hint?.contains("atlas2 projections retry users") == true)
                let ada = try await users.list(as: scope)[0]
                let rename = await postgresError { try await users.rename(ada, to: "Grace", as: command) }
                #expect(rename?.sqlstate == "55000")
                #expect(try await log.size(as: scope) == size + 3)
                // What does not need it goes on.
                try await Settings.set("max_file_size", to: "1000", in: log, as: command)

                try await database.projections.skip(stop, reason: "not ours", as: command)
                #expect(try await database.projections.catchUp(as: scope).stops == [])
                #expect(try await users.list(as: scope).map(\.name) == ["Ada"])
                _ = try await users.add(email: "grace@example.org", name: nil, role: "user", as: command)
                #expect(try await database.verifier.verify().isEqual)
            }
        }

        @Test("an append that stops it takes everything before in, and other projections take all of it")
        func oneAppend() async throws {
            try await withTenant { database, command in
                let size = try await database.log.size(as: command.scope)
                try await database.log.append(
                    [
                        command.event(UserCreated(email: "b@example.org", name: nil, role: "user"), on: UUID()),
                        Self.event("user.teleported"),
                        command.event(UserCreated(email: "b@example.org", name: nil, role: "user"), on: UUID()),
                        command.event(SettingChanged(key: "jobs_retention_days", value: .integer(5)), on: UUID()),
                    ], as: command.scope)
                let status = try await database.projections.status(as: command.scope)
                #expect(status.first { $0.name == "users" }?.position == size + 1)
                #expect(status.filter { $0.mode == "inline" && $0.name != "users" }.allSatisfy { $0.lag == 0 })
                let emails: [String] = try await database.column("SELECT email FROM users ORDER BY email")
                #expect(emails == ["ada@example.org", "b@example.org"])
                let setting: [String] = try await database.column(
                    "SELECT value::text FROM system_settings WHERE key = 'jobs_retention_days'")
                #expect(setting == ["5"])
            }
        }

        @Test("a new event that it cannot fold is refused, alone or beside one that it does not understand")
        func refused() async throws {
            try await withTenant { database, command in
                let size = try await database.log.size(as: command.scope)
                let taken = try command.event(
                    UserCreated(email: "ada@example.org", name: nil, role: "user"), on: UUID())
                let wrong = NewEvent(
                    stream: StreamID(type: "user", id: UUID()), type: "user.role_changed",
                    payload: JSON(#"{"role":"emperor"}"#))
                for (event, constraint) in [(taken, "users_email_key"), (wrong, "users_role_check")] {
                    for append in [[event], [event, Self.event("job.teleported")]] {
                        let error = await postgresError { try await database.log.append(append, as: command.scope) }
                        #expect(error?.constraint == constraint)
                    }
                }
                #expect(try await database.log.size(as: command.scope) == size)
                #expect(try await database.projections.status(as: command.scope).allSatisfy { $0.stops == [] })
            }
        }

        @Test("a job begins only where its tables have read everything")
        func jobs() async throws {
            try await withTenant { database, command in
                try await database.log.append([Self.event("job.teleported")], as: command.scope)
                let error = await postgresError {
                    try await database.app.transaction(command.scope.transaction()) {
                        _ = try $0.execute(
                            "SELECT projection_required(\(command.scope.tenant), '{file_data,processing_jobs}')")
                    }
                }
                #expect(error?.message.contains("processing_jobs") == true && error?.sqlstate == "55000")
            }
        }

        @Test("one that is merely behind is brought to the head by the command that needs it")
        func behind() async throws {
            try await withTenant { database, command in
                try await database.tamper(
                    "DELETE FROM users; UPDATE projection_checkpoints SET position = 0 WHERE projection = 'users'")
                _ = try await Users(database.log).add(email: "b@example.org", name: nil, role: "user", as: command)
                let taken = await #expect(throws: Failure.self) {
                    _ = try await Users(database.log).add(
                        email: "ada@example.org", name: nil, role: "user", as: command)
                }
                #expect(taken?.code == .conflict)
                #expect(try await database.verifier.verify().isEqual)
            }
        }
    }
}
