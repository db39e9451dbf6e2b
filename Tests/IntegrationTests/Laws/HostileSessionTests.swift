import AuditLog
import Foundation
import Postgres
import Projections
import TestSupport
import Testing

extension LawTests {
    @Suite("Laws 1, 3 and 7: what a hostile session of the application may bring about")
    struct HostileSessionTests {
        /// A deferred trigger that says in whose name it runs, and has something to run for.
        private static let trap = """
            CREATE TEMP TABLE bait (x integer);
            CREATE TEMP TABLE heard (who text);
            GRANT ALL ON heard TO PUBLIC;
            CREATE FUNCTION pg_temp.spring() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN INSERT INTO pg_temp.heard VALUES (current_user); RETURN NULL; END $$;
            CREATE CONSTRAINT TRIGGER trap AFTER INSERT ON bait DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION pg_temp.spring();
            INSERT INTO bait VALUES (1);
            """

        /// Sets the trap, calls, and tells who fell into it by the end of the call.
        private func caught(by call: SQL, in database: TestDatabase) async throws -> [String] {
            let client = try database.client(.app)
            let names = try await client.transaction(Scope.system(HistoryTenants.first).transaction()) { session in
                try session.script(Self.trap)
                try session.execute(call)
                return try session.query("SELECT who FROM heard") { try $0.decode(0, as: String.self) }
            }
            await client.close()
            return names
        }

        @Test("a deferred trigger of the caller does not run with the owner's rights inside an append")
        func appendFiresNothing() async throws {
            try await TestTemplate.history.withCopy { database in
                let event = NewEvent(
                    stream: StreamID(type: "probe", id: UUID()), type: "probe.made", payload: JSON("{}"))
                let call = EventLog.statement(appending: [[event]], to: HistoryTenants.first)
                let names = try await caught(by: call, in: database)
                #expect(names.isEmpty)
            }
        }

        @Test("a deferred trigger of the caller does not run with the owner's rights while a projection follows")
        func advanceFiresNothing() async throws {
            try await TestTemplate.history.withCopy { database in
                try await database.administrator.session {
                    try $0.script(
                        "DELETE FROM job_statistics; UPDATE projection_checkpoints SET position = 0 WHERE projection = 'job_statistics'"
                    )
                }
                let call: SQL = "SELECT projection_advance('job_statistics', \(HistoryTenants.first))"
                let names = try await caught(by: call, in: database)
                #expect(names.isEmpty)
            }
        }

        @Test("a projection cannot be told to read backwards", arguments: [-17, 0] as [Int64])
        func noStepBack(limit: Int64) async throws {
            try await TestTemplate.history.withCopy { database in
                let error = await postgresError {
                    _ = try await database.app.transaction(Scope.system(HistoryTenants.first).transaction()) {
                        try $0.execute("SELECT projection_advance('job_statistics', \(HistoryTenants.first), \(limit))")
                    }
                }
                #expect(error?.sqlstate == "22023")
            }
        }

        @Test("a notification tells a listener of another tenant nothing")
        func notificationsAreEmpty() async throws {
            try await TestTemplate.history.withCopy { database in
                let listener = try database.client(.app)
                for try await notification in listener.listen(["atlas2_log"]) {
                    if case .received(_, let payload) = notification {
                        #expect(payload.isEmpty)
                        break
                    }
                    let event = NewEvent(
                        stream: StreamID(type: "probe", id: UUID()), type: "probe.made", payload: JSON("{}"))
                    try await database.log.append([event], as: .system(HistoryTenants.first))
                }
                await listener.close()
            }
        }

        @Test("a verification names an inline projection that was emptied and set back")
        func setBack() async throws {
            try await TestTemplate.history.withCopy { database in
                try await database.administrator.session {
                    try $0.script(
                        "DELETE FROM system_settings; UPDATE projection_checkpoints SET position = 0 WHERE projection = 'system_settings'"
                    )
                }
                let report = try await database.verifier.verify()
                let settings = report.projections.first { $0.name == "system_settings" }
                #expect(
                    settings?.differences.contains { $0.table == "projection_checkpoints" && $0.found == "0" } == true)
                #expect(settings?.differences.contains { $0.table == "system_settings" && $0.kind == .missing } == true)
            }
        }
    }
}
