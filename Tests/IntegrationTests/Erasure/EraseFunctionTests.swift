import AuditLog
import FoundationEssentials
import Postgres
import Projections
import TestSupport
import Testing

/// Erasure, against a real PostgreSQL.
@Suite("Erasure")
enum ErasureTests {
    /// For files with the columns Id and Name.
    static let mapping = """
        name: people
        api:
          name: crm
          type: rest_api
          fields:
            - {name: id, type: integer, required: true}
            - {name: name, type: string, required: true}
        mappings:
          id: $Id | to_integer
          name: $Name
        """
}

extension ErasureTests {
    @Suite("The function that erases", .timeLimit(.minutes(20)))
    struct EraseFunctionTests {
        private static let salt: [UInt8] = Array(repeating: 9, count: 16)

        /// A tenant with three users (positions 1, 2 and 3), the second renamed (4).
        private func withUsers(_ body: (TestDatabase, Scope) async throws -> Void) async throws {
            try await TestTemplate.schema.withCopy { database in
                let tenant = try await database.createTenant("one")
                let scope = Scope(tenant: tenant, user: Self.user(1), role: .admin, login: "ada@host")
                let command = Command(scope: scope)
                for number in 1...3 {
                    let created = UserCreated(email: "u\(number)@example.org", name: "Name \(number)", role: "user")
                    try await database.log.append(
                        [command.event(created, on: Self.user(number), expecting: 0)], as: scope)
                }
                try await database.log.append(
                    [command.event(UserRenamed(name: "Other"), on: Self.user(2))], as: scope)
                try await body(database, scope)
            }
        }

        private static func user(_ number: Int) -> UUID { UUID(named: "user", String(number)) }

        private func salt(_ position: Int64, _ database: TestDatabase) async throws -> [UInt8] {
            try await database.column("SELECT salt FROM audit_logs WHERE position = \(position)")[0]
        }

        @Test(
            "what is emptied is gone; leaves, hashes and root stay; an event of each stream says what, why and by whom")
        func empties() async throws {
            try await withUsers { database, scope in
                let log = database.log
                let root = try await log.verify(as: scope).root
                let kept =
                    "SELECT md5(string_agg((l.position, l.leaf_hash, l.commitment, l.erasable_hash, l.payload::text)::text, '' ORDER BY position)) FROM audit_logs l WHERE position < 5"
                let before: [String] = try await database.column(SQL(raw: kept))
                let command = UUID()
                let found = try await log.erase(
                    [1, 2, 4].map { EventErasure($0) }, command: command, basis: "gdpr-17", reason: "they asked",
                    as: scope)
                #expect(found.map(\.emptied).sorted() == [1, 2])
                #expect(found.map(\.replaced) == [0, 0])
                #expect(Set(found.map(\.position)) == [5, 6])
                let left: [Int64] = try await database.column(
                    "SELECT position FROM audit_logs WHERE salt IS NULL AND personal IS NULL AND attachment IS NULL ORDER BY 1"
                )
                #expect(left == [1, 2, 4])
                #expect(try await database.column(SQL(raw: kept)) == before)
                let second = try #require(found.first { $0.emptied == 2 })
                let event = try #require(
                    try await log.read(EventFilter(from: second.position), limit: 1, as: scope).first)
                #expect(event.type == "user.erased")
                #expect(event.stream.id == Self.user(2))
                #expect(event.actor == Self.user(1))
                #expect(event.correlation == command)
                #expect(event.personal?.text == #"{"login":"ada@host","reason":"they asked"}"#)
                #expect(
                    Erasure(event)
                        == Erasure(
                            basis: "gdpr-17", positions: [[2, 2], [4, 4]], replaced: [],
                            types: ["user.created": ["email", "login", "name"], "user.renamed": ["login", "name"]]))
                let verification = try await log.verify(as: scope)
                #expect(verification.isSound, "\(verification.problems)")
                #expect([verification.erased, verification.redacted, verification.restored] == [3, 0, 0])
                // The tree of before is the beginning of the tree of now.
                var tree = MerkleTree()
                try await log.forEach(EventFilter(to: 5), as: scope) {
                    tree.append(leaf: try #require(MerkleHash($0.leafHash)))
                }
                #expect(tree.root == root)
            }
        }

        @Test("a retry returns the events of the first try, also after a hold; another erasure under its id is refused")
        func retried() async throws {
            try await withUsers { database, scope in
                let command = UUID()
                func erase(_ positions: [Int64]) async throws -> [RecordedErasure] {
                    try await database.log.erase(
                        positions.map { EventErasure($0) }, command: command, basis: "mistake", reason: "r", as: scope)
                }
                let first = try await erase([2, 3])
                let size = try await database.log.size(as: scope)
                #expect(try await erase([2, 3]) == first)
                let hold = HoldPlaced(stream: nil, matter: nil, reason: "suit")
                try await database.log.append([Command(scope: scope).event(hold, on: UUID(), expecting: 0)], as: scope)
                #expect(try await erase([2, 3]) == first)
                #expect(try await database.log.size(as: scope) == size + 1)
                let error = await postgresError { _ = try await erase([2, 4]) }
                #expect(error?.sqlstate == "22023")
                #expect(try await database.log.size(as: scope) == size + 1)
            }
        }

        @Test("what is empty already is passed over, and nothing is appended for nothing")
        func twice() async throws {
            try await withUsers { database, scope in
                func erase(_ positions: [Int64]) async throws -> [RecordedErasure] {
                    try await database.log.erase(
                        positions.map { EventErasure($0) }, command: UUID(), basis: "mistake", reason: "r", as: scope)
                }
                #expect(try await erase([2]).map(\.emptied) == [1])
                let size = try await database.log.size(as: scope)
                #expect(try await erase([2]).isEmpty)
                #expect(try await database.log.size(as: scope) == size)
                #expect(try await erase([2, 4]).map(\.emptied) == [1])
                #expect(try await database.log.size(as: scope) == size + 1)
            }
        }

        @Test("what is replaced keeps the rest under a new salt, and its event states the new hash")
        func replaces() async throws {
            try await withUsers { database, scope in
                let rest = EventErasure.Remainder(
                    replacing: try await salt(2, database), salt: Self.salt,
                    personal: JSON(#"{"email":"u2@example.org","name":"Name 2"}"#), keepsAttachment: true)
                let found = try await database.log.erase(
                    [EventErasure(2, keeping: rest)], command: UUID(), basis: "gdpr-17", reason: "login", as: scope)
                #expect(found.map(\.replaced) == [1])
                #expect(found.map(\.emptied) == [0])
                let event = try #require(try await database.log.read(EventFilter(from: 5), limit: 1, as: scope).first)
                #expect(Erasure(event)?.types == ["user.created": ["login"]])
                #expect(Erasure(event)?.replaced.map(\.position) == [2])
                let result = try await database.log.verify(as: scope)
                #expect(result.isSound, "\(result.problems)")
                #expect([result.erased, result.redacted] == [0, 1])
                let names: [String?] = try await database.column("SELECT name FROM users ORDER BY name")
                #expect(names == ["Name 1", "Name 3", "Other"])
                // What was made of the event as it was before would bring the login back.
                let error = await postgresError {
                    _ = try await database.log.erase(
                        [EventErasure(2, keeping: rest)], command: UUID(), basis: "gdpr-17", reason: "login", as: scope)
                }
                #expect(error?.sqlstate == "40001")
                try await database.tamper(#"UPDATE audit_logs SET personal = '{"email":"x"}' WHERE position = 2"#)
                #expect(try await database.log.verify(as: scope).problems.map(\.position) == [2])
            }
        }

        struct Refusal: Sendable, CustomTestStringConvertible {
            var testDescription: String
            var sqlstate: String
            var role = "admin"
            var tenant: String?
            var call: String
        }

        @Test(
            "what is no erasure is refused, and nothing is changed",
            arguments: [
                Refusal(
                    testDescription: "a user", sqlstate: "42501", role: "user",
                    call: "'b', '{}', ARRAY[(2, NULL, NULL, NULL, NULL, NULL)]"),
                Refusal(
                    testDescription: "an auditor", sqlstate: "42501", role: "auditor",
                    call: "'b', '{}', ARRAY[(2, NULL, NULL, NULL, NULL, NULL)]"),
                Refusal(
                    testDescription: "no role", sqlstate: "42501", role: "",
                    call: "'b', '{}', ARRAY[(2, NULL, NULL, NULL, NULL, NULL)]"),
                Refusal(
                    testDescription: "another tenant", sqlstate: "42501", tenant: UUID(named: "x").text,
                    call: "'b', '{}', ARRAY[(2, NULL, NULL, NULL, NULL, NULL)]"),
                Refusal(
                    testDescription: "a basis in words", sqlstate: "22023",
                    call: "'Ada asked', '{}', ARRAY[(2, NULL, NULL, NULL, NULL, NULL)]"),
                Refusal(
                    testDescription: "no basis", sqlstate: "22023",
                    call: "NULL, '{}', ARRAY[(2, NULL, NULL, NULL, NULL, NULL)]"),
                Refusal(
                    testDescription: "a position that is not there", sqlstate: "22023",
                    call: "'b', '{}', ARRAY[(2, NULL, NULL, NULL, NULL, NULL), (77, NULL, NULL, NULL, NULL, NULL)]"),
                Refusal(
                    testDescription: "a position twice", sqlstate: "22023",
                    call: "'b', '{}', ARRAY[(2, NULL, NULL, NULL, NULL, NULL), (2, NULL, NULL, NULL, NULL, NULL)]"),
                Refusal(
                    testDescription: "emptied with something left", sqlstate: "22023",
                    call: #"'b', '{}', ARRAY[(2, NULL, NULL, '{"name":"x"}', NULL, NULL)]"#),
                Refusal(
                    testDescription: "other words", sqlstate: "22023",
                    call:
                        #"'b', '{}', ARRAY[(2, (SELECT salt FROM audit_logs WHERE position = 2), sha256('')::bytea, '{"name":"Another"}', NULL, NULL)]"#
                ),
                Refusal(
                    testDescription: "other words in front of the same ones", sqlstate: "22023",
                    call:
                        #"'b', '{}', ARRAY[(2, (SELECT salt FROM audit_logs WHERE position = 2), sha256('')::bytea, (SELECT replace(personal::text, '{', '{"name":"Another",') FROM audit_logs WHERE position = 2)::json, NULL, NULL)]"#
                ),
                Refusal(
                    testDescription: "an attachment where none was", sqlstate: "22023",
                    call:
                        #"'b', '{}', ARRAY[(2, (SELECT salt FROM audit_logs WHERE position = 2), '\x00', NULL, '\x01', NULL)]"#
                ),
                Refusal(
                    testDescription: "a salt that is none", sqlstate: "23514",
                    call:
                        #"'b', '{}', ARRAY[(2, (SELECT salt FROM audit_logs WHERE position = 2), '\x00', '{}', NULL, NULL)]"#
                ),
                Refusal(
                    testDescription: "the same salt", sqlstate: "40001",
                    call:
                        #"'b', '{}', ARRAY[(2, (SELECT salt FROM audit_logs WHERE position = 2), (SELECT salt FROM audit_logs WHERE position = 2), '{}', NULL, NULL)]"#
                ),
            ])
        func refused(refusal: Refusal) async throws {
            try await withUsers { database, scope in
                let state: SQL = "SELECT md5(string_agg(l::text, '' ORDER BY position)) FROM audit_logs l"
                let before: [String] = try await database.column(state)
                let tenant = refusal.tenant ?? scope.tenant?.text ?? ""
                let error = await postgresError {
                    var scope = scope
                    scope.role = Scope.Role(name: refusal.role)
                    // The app reads the salts as an admin would.
                    let call =
                        "SELECT * FROM audit_erase('\(tenant)', gen_random_uuid(), \(refusal.call)::audit_erasure[])"
                    _ = try await database.app.transaction(scope.transaction()) { try $0.script(call) }
                }
                #expect(error?.sqlstate == refusal.sqlstate, "\(String(describing: error))")
                #expect(try await database.column(state) == before)
            }
        }

        @Test("what is left of result rows is the same fields, and rows that rows_root proves, or null")
        func rowsLeft() async throws {
            let before = #"{"fields":["a","b"],"rows":[[1,2],[3,4],{"line":5}]}"#
            let whole = try #require(ResultRows(Array(before.utf8)))
            let payload = JSON(
                #"{"rows_root":"\#(whole.root(salt: Self.salt, firstRow: 7).hexadecimal)"}"#)
            func left(_ erased: Set<Int>) -> String {
                String(decoding: whole.redacted(erasing: erased, salt: Self.salt, firstRow: 7), as: UTF8.self)
            }
            let good = left([8])
            let cases: [(String, Bool)] = [
                (left([]), true), (good, true), (left([7, 8, 9]), true), (before, false),
                (good.replacing(#"["a","b"]"#, with: #"["b","a"]"#), false),
                (good.replacing("[1,2]", with: "[1,5]"), false),
                (good.replacing("[1,2]", with: "null"), false),
                (good.replacing(#""opening":[""#, with: #""opening":["0"#), false),
                (good.replacing(",null", with: ""), false),
                (good.replacing(#","opening""#, with: #","closing""#), false),
            ]
            try await TestTemplate.schema.withCopy { database in
                for (after, isLeft) in cases {
                    let found = try await database.administrator.session { session in
                        try session.first(
                            "SELECT audit_rows_left(\(payload), convert_to(\(before), 'UTF8'), convert_to(\(after), 'UTF8'))"
                        ) { try $0.decode(0, as: Bool.self) }
                    }
                    #expect(found == isLeft, "\(after)")
                }
            }
        }

        @Test("a legal hold refuses what it holds and nothing else, until it is released")
        func holds() async throws {
            try await withUsers { database, scope in
                let (hold, command) = (UUID(), Command(scope: scope))
                func erase(_ position: Int64) async -> PostgresError? {
                    await postgresError {
                        _ = try await database.log.erase(
                            [EventErasure(position)], command: UUID(), basis: "b", reason: "r", as: scope)
                    }
                }
                let stream = StreamID(type: "user", id: Self.user(2))
                try await database.log.append(
                    [
                        command.event(
                            HoldPlaced(stream: stream, matter: "2026-17", reason: "suit"), on: hold, expecting: 0)
                    ],
                    as: scope)
                #expect(await erase(1) == nil)
                for position in [2, 4] as [Int64] {
                    let error = await erase(position)
                    #expect(error?.sqlstate == "23001")
                    #expect(error?.message == "the legal hold \(hold.text) refuses to erase anything of \(stream)")
                }
                // A call that names something held does nothing else either.
                let mixed = await postgresError {
                    _ = try await database.log.erase(
                        [EventErasure(3), EventErasure(4)], command: UUID(), basis: "b", reason: "r", as: scope)
                }
                #expect(mixed?.sqlstate == "23001")
                try await database.log.append([command.event(HoldReleased(reason: nil), on: hold)], as: scope)
                #expect(await erase(2) == nil)
                let all = UUID()
                try await database.log.append(
                    [command.event(HoldPlaced(stream: nil, matter: nil, reason: "audit"), on: all, expecting: 0)],
                    as: scope)
                #expect(await erase(3)?.sqlstate == "23001")
                // The hold's own words too.
                #expect(await erase(try await database.log.size(as: scope) - 1)?.sqlstate == "23001")
            }
        }

        @Test("while the table of holds is behind the log, nothing is erased")
        func holdsBehind() async throws {
            try await withUsers { database, scope in
                try await database.tamper(
                    "UPDATE projection_checkpoints SET position = 3 WHERE projection = 'legal_holds'")
                func erase() async -> PostgresError? {
                    await postgresError {
                        _ = try await database.log.erase(
                            [EventErasure(2)], command: UUID(), basis: "b", reason: "r", as: scope)
                    }
                }
                #expect(await erase()?.sqlstate == "55000")
                try await database.catchUp()
                #expect(await erase() == nil)
            }
        }

        @Test(
            "the owner is stopped by the log's triggers, whatever the setting says, but for erasable parts",
            arguments: [
                ("UPDATE audit_logs SET personal = NULL, attachment = NULL, salt = NULL", "", false),
                ("UPDATE audit_logs SET personal = NULL, attachment = NULL, salt = NULL", "on", true),
                (#"UPDATE audit_logs SET personal = NULL, payload = '{"role":"admin"}'"#, "on", false),
                ("UPDATE audit_logs SET payload = (payload::text || ' ')::json", "on", false),
                ("UPDATE audit_logs SET erasable_hash = sha256(erasable_hash)", "on", false),
                ("UPDATE audit_logs SET position = position + 100", "on", false),
                ("DELETE FROM audit_logs", "on", false), ("TRUNCATE audit_logs", "on", false),
            ])
        func trigger(sql: String, setting: String, passes: Bool) async throws {
            try await withUsers { database, _ in
                let error = await postgresError {
                    try await database.owner.transaction { session in
                        try session.script("SET LOCAL ROLE atlas2_owner; SET LOCAL atlas2.erasing = '\(setting)'")
                        try session.script(sql)
                    }
                }
                #expect(error?.sqlstate == (passes ? nil : "42501"))
            }
        }

        @Test("the setting does not outlive the function")
        func settingEnds() async throws {
            try await withUsers { database, scope in
                let value = try await database.owner.transaction(scope.transaction()) { session -> String? in
                    try session.script(
                        """
                        SET LOCAL ROLE atlas2_owner;
                        SELECT * FROM audit_erase('\(scope.tenant?.text ?? "")', gen_random_uuid(), 'b', NULL, ARRAY[(2, NULL, NULL, NULL, NULL, NULL)]::audit_erasure[])
                        """)
                    return try session.first("SELECT current_setting('atlas2.erasing', true)") { try $0.decode(0) }
                }
                #expect(value ?? "" == "")
                let left: [Int64] = try await database.column("SELECT count(*) FROM audit_logs WHERE salt IS NULL")
                #expect(left == [1])
            }
        }

        @Test("the address of an erased user is free again, live and in a replay")
        func addressIsFree() async throws {
            try await withUsers { database, scope in
                _ = try await database.log.erase(
                    [EventErasure(2)], command: UUID(), basis: "gdpr-17", reason: "r", as: scope)
                let again = UserCreated(email: "u2@example.org", name: "Again", role: "user")
                try await database.log.append(
                    [Command(scope: scope).event(again, on: Self.user(9), expecting: 0)], as: scope)
                let report = try await database.verifier.verify()
                #expect(report.isEqual, "\(report.projections.flatMap(\.differences).prefix(3))")
                let users: [String] = try await database.column(
                    "SELECT concat_ws(' ', coalesce(email, '-'), coalesce(name, '-'), role) FROM users ORDER BY created_at"
                )
                // The erasure of the first event takes what later ones said in its place, too.
                #expect(
                    users == [
                        "u1@example.org Name 1 user", "- - user", "u3@example.org Name 3 user",
                        "u2@example.org Again user",
                    ])
            }
        }
    }
}
