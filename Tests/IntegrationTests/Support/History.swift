import AuditLog
import FoundationEssentials
import Postgres
import TestSupport

/// A tenant's history: valid appends of every event type, the same ones for the same seed.
///
/// Each append is valid when all before it are in the log.
struct History {
    let tenant: UUID
    private(set) var random: SplitMix64
    /// Which rows are skipped, apart, so that all else is the same whether there are such rows or not.
    private var dropping: SplitMix64
    /// Likewise which rows are fixed.
    private var fixing: SplitMix64
    private var users: [UUID] = []
    private var active: Set<UUID> = []
    private var apis: [(id: UUID, name: String)] = []
    private var mappings: [(id: UUID, name: String, api: UUID, version: Int)] = []
    private var jobs: [Job] = []
    private var holds: [UUID] = []
    private var disclosures: [UUID] = []
    private var counter = 0

    struct Job {
        enum State { case created, running, paused }
        var id: UUID
        var owner: UUID
        var reference: JobReference
        var state = State.created
        var chunks = 0
        var rows = 0
        var accepted = 0
        var skipped = 0
        /// The rows that were rejected, by number.
        var rejectedRows: [Int] = []
    }

    init(tenant: UUID, seed: UInt64) {
        self.tenant = tenant
        random = SplitMix64(seed: seed)
        dropping = SplitMix64(seed: ~seed)
        fixing = SplitMix64(seed: seed ^ 0x5555)
    }

    /// The next append; its events are taken all or none.
    mutating func next() throws -> [NewEvent] {
        counter += 1
        if counter == 1 {
            return [
                try command().event(TenantCreated(slug: slug, name: "Tenant \(slug)"), on: tenant, id: random.uuid())
            ]
        }
        if users.count < 3 { return [try createUser()] }
        if apis.isEmpty { return try registerAPI() }
        if mappings.isEmpty { return [try addMappingVersion()] }
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<5: return [try createUser()]
        case 5..<14: return [try changeUser()]
        case 14..<20: return [try changeSetting()]
        case 20..<24: return try registerAPI()
        case 24..<32: return [try addMappingVersion()]
        case 32: return [try changeWitness()]
        case 33:
            return [
                try event(
                    ProjectionRebuilt(name: "users", version: 1, events: 1, differences: 0), on: random.uuid(), by: nil)
            ]
        case 34..<37: return [try changeHold()]
        case 37..<40: return [try disclose()]
        case 40..<50: return try createJob()
        default: return try advanceJob() ?? [try createUser()]
        }
    }

    private var slug: String { "t" + String(tenant.text.prefix(8)) }

    private func command(_ user: UUID? = nil) -> Command {
        let scope = Scope(tenant: tenant, user: user, role: .admin, login: user == nil ? nil : "login@host")
        return Command(scope: scope, correlation: UUID(named: tenant.text, String(counter)))
    }

    private mutating func event<E: Event>(_ event: E, on stream: UUID, by user: UUID?, expecting: Int64? = nil) throws
        -> NewEvent
    {
        try command(user).event(event, on: stream, id: random.uuid(), expecting: expecting)
    }

    private mutating func someone() -> UUID? { users.randomElement(using: &random) }

    private mutating func text() -> String {
        let texts = ["plain", "Änne 🙂", "O'Hara \"quoted\"", "back\\slash", "tab\tand\nline", "", "null", "日本"]
        return texts.randomElement(using: &random) ?? ""
    }

    /// Text that is somebody's: no other text of the history has the sign that it ends on.
    private mutating func personalText() -> String { text() + " \(Self.personalSign)" }

    static let personalSign = "§"

    // MARK: Users and settings

    private mutating func createUser() throws -> NewEvent {
        let id = random.uuid()
        let actor = someone()
        users.append(id)
        active.insert(id)
        let role = ["admin", "auditor", "user", "user"].randomElement(using: &random) ?? "user"
        let name = random.chance(80) ? personalText() : nil
        return try event(
            UserCreated(email: "\(id.text)@example.org", name: name, role: role), on: id, by: actor, expecting: 0)
    }

    private mutating func changeUser() throws -> NewEvent {
        let id = someone() ?? tenant
        let actor = someone()
        switch Int.random(in: 0..<3, using: &random) {
        case 0:
            let role = ["admin", "auditor", "user"].randomElement(using: &random) ?? "user"
            return try event(UserRoleChanged(role: role), on: id, by: actor)
        case 1:
            return try event(UserRenamed(name: personalText()), on: id, by: actor)
        default:
            if active.remove(id) != nil { return try event(UserDeactivated(), on: id, by: actor) }
            active.insert(id)
            return try event(UserReactivated(), on: id, by: actor)
        }
    }

    private mutating func changeSetting() throws -> NewEvent {
        let keys = [
            "audit_log_retention_days", "processing_results_retention_days", "jobs_retention_days",
            "delivery_allowed_hosts",
        ]
        let key = keys.randomElement(using: &random) ?? keys[0]
        let value: SettingValue =
            key == "delivery_allowed_hosts" ? .list([text()]) : .integer(Int64.random(in: 1...1000, using: &random))
        return try event(SettingChanged(key: key, value: value), on: UUID(named: "setting", key), by: someone())
    }

    private mutating func changeWitness() throws -> NewEvent {
        let key = "witness.example/w\(Int.random(in: 1...3, using: &random))"
        let stream = LogKeyAdded.streamID(tenant: tenant)
        // One that was never added may be removed: whoever writes events decides.
        if random.chance(40) { return try event(LogWitnessRemoved(key: key), on: stream, by: someone()) }
        return try event(LogWitnessAdded(url: "https://example.org/\(counter)", key: key), on: stream, by: someone())
    }

    /// A hold on some user or job, or the end of one; seldom more than two hold at once.
    private mutating func changeHold() throws -> NewEvent {
        if let hold = holds.randomElement(using: &random), random.chance(holds.count * 40) {
            holds.removeAll { $0 == hold }
            return try event(HoldReleased(reason: random.chance(50) ? personalText() : nil), on: hold, by: someone())
        }
        let hold = random.uuid()
        holds.append(hold)
        let user = someone().map { StreamID(type: "user", id: $0) }
        let stream = jobs.randomElement(using: &random).map { StreamID(type: "job", id: $0.id) }
        return try event(
            HoldPlaced(stream: random.chance(50) ? stream : user, matter: "matter-\(counter)", reason: personalText()),
            on: hold,
            by: someone(), expecting: 0)
    }

    /// A report or an export is begun, or ends; some never do.
    private mutating func disclose() throws -> NewEvent {
        let amount = DisclosedAmount(
            rows: Int64.random(in: 0...10_000, using: &random),
            bytes: Int64.random(in: 0...5_000_000_000, using: &random))
        let sha256 = Hashes.sha256("disclosed \(counter)".utf8).hexadecimal
        if let disclosure = disclosures.randomElement(using: &random), random.chance(60) {
            disclosures.removeAll { $0 == disclosure }
            return random.chance(70)
                ? try event(DisclosureCompleted(amount, sha256: sha256), on: disclosure, by: someone())
                : try event(
                    DisclosureFailed(reason: "reader_gone", amount, sha256: sha256), on: disclosure, by: someone())
        }
        let id = random.uuid()
        disclosures.append(id)
        let isReport = random.chance(50)
        let whats = isReport ? ["audit", "activity", "jobs", "access"] : ["results", "errors", "events"]
        var made = DisclosureMade.Payload(
            isReport ? .report : .export, whats.randomElement(using: &random) ?? "audit",
            format: random.chance(50) ? "csv" : "json", head: Int64(counter))
        if isReport {
            made.since = random.chance(50) ? "2026-01-01T00:00:00.000000Z" : nil
            made.until = random.chance(50) ? "2026-02-01T00:00:00.000000Z" : nil
            made.userID = random.chance(30) ? someone()?.text : nil
        } else {
            made.stream = jobs.randomElement(using: &random).map { "job/\($0.id.text)" }
        }
        let fileName = random.chance(70) ? personalText() + ".out" : nil
        return try event(DisclosureMade(made, fileName: fileName), on: id, by: someone(), expecting: 0)
    }

    // MARK: APIs and mappings

    private mutating func registerAPI() throws -> [NewEvent] {
        let actor = someone()
        let types = ["rest_api", "webhook", "database"]
        let auths = ["none", "api_key", "bearer_token", "basic_auth", "oauth2"]
        var api = (id: random.uuid(), name: "api \(apis.count)")
        if let known = apis.randomElement(using: &random), random.chance(50) { api = known } else { apis.append(api) }
        let registered = APIRegistered(
            name: api.name, type: types.randomElement(using: &random) ?? "webhook",
            baseURL: random.chance(70) ? "https://example.org/\(counter)" : nil,
            authType: auths.randomElement(using: &random) ?? "none")
        return [
            try event(registered, on: api.id, by: actor),
            try event(APIFieldsDefined(fields: fields()), on: api.id, by: actor),
        ]
    }

    private mutating func fields() -> [FieldDescription] {
        let types = ["string", "number", "integer", "boolean", "email", "date", "uuid"]
        return (0..<Int.random(in: 1...5, using: &random)).map { index in
            [
                "name": .text("field_\(index)"), "type": .text(types.randomElement(using: &random) ?? "string"),
                "required": .boolean(random.chance(50)), "max_length": .integer(Int64(counter)),
            ]
        }
    }

    private mutating func addMappingVersion() throws -> NewEvent {
        var mapping = (id: random.uuid(), name: "mapping \(mappings.count)", api: apis[0].id, version: 0)
        if let index = mappings.indices.randomElement(using: &random), random.chance(60) {
            mappings[index].version += 1
            mapping = mappings[index]
        } else {
            mapping.api = apis.randomElement(using: &random)?.id ?? mapping.api
            mapping.version = 1
            mappings.append(mapping)
        }
        let kinds = ["format", "validation", "transformation", "lookup"]
        let rules = (0..<Int.random(in: 0...4, using: &random)).map { index in
            MappingVersionAdded.Rule(
                targetField: index == 3 ? nil : "field_\(index)", kind: kinds[index], rule: "rule_\(index)",
                arguments: .array([.integer(Int64(index)), .text(text())]), sourceColumns: ["Column \(index)"])
        }
        let added = MappingVersionAdded(
            name: mapping.name, version: mapping.version, api: mapping.api, document: "name: \(text())",
            fields: fields(), sha256: Hashes.sha256("\(counter)".utf8).hexadecimal, rules: rules)
        return try event(added, on: mapping.id, by: someone(), expecting: mapping.version == 1 ? 0 : nil)
    }

    // MARK: Jobs

    private mutating func createJob() throws -> [NewEvent] {
        let mapping = mappings.randomElement(using: &random) ?? mappings[0]
        let owner = someone() ?? tenant
        let job = Job(id: random.uuid(), owner: owner, reference: JobReference(owner: owner, mapping: mapping.id))
        let source = JobSource(
            encoding: "utf-8", delimiter: ";", quote: "\"", escape: "doubled", header: true,
            confidence: ["delimiter": Int.random(in: 0...100, using: &random)])
        let created = JobCreated(
            job.reference, mappingVersion: Int.random(in: 1...mapping.version, using: &random),
            fileSize: Int64.random(in: 0...5_000_000_000, using: &random), source: source,
            file: .init(
                fileName: personalText() + ".csv", filePath: "/files/\(counter).csv",
                fileSHA256: Hashes.sha256("file \(counter)".utf8).hexadecimal, columns: ["a", personalText()]))
        jobs.append(job)
        return [try event(created, on: job.id, by: owner, expecting: 0)]
    }

    /// What happens next to some job that is not at its end; nil if there is none.
    private mutating func advanceJob() throws -> [NewEvent]? {
        guard let index = jobs.indices.randomElement(using: &random) else { return nil }
        var job = jobs[index]
        let actor: UUID? = random.chance(80) ? job.owner : nil
        let isOver = random.chance(15)
        var events: [NewEvent]
        switch (job.state, isOver) {
        case (.created, false) where random.chance(60):
            let lines = Int.random(in: 1...20, using: &random)
            let bytes = (0..<lines).flatMap { Array("\(1_000_000 + $0)\n".utf8) }
            let salt = Array(Hashes.sha256("piece \(counter)".utf8).prefix(16))
            let piece = FileLines(bytes, starts: HistoryPiece.starts(bytes), salt: salt)
            let stored = JobFileChunkStored(
                index: job.chunks, offset: Int64(job.chunks) << 20, size: bytes.count, lines: lines,
                linesRoot: piece.root.hexadecimal, compressed: bytes, salt: salt)
            job.chunks += 1
            events = [try event(stored, on: job.id, by: actor)]
        case (.created, false):
            job.state = .running
            events = [try event(JobStarted(), on: job.id, by: actor)]
        case (.running, false) where random.chance(80): events = [try processRows(&job, by: actor)]
        case (.running, false):
            job.state = .paused
            let message = random.chance(50) ? personalText() : nil
            events = [try event(JobPaused(reason: "user", message: message), on: job.id, by: actor)]
        case (.paused, false):
            job.state = .running
            events = [try event(JobResumed(), on: job.id, by: actor)]
        case (.running, true) where random.chance(60):
            let totals = JobCompleted.Totals(
                rows: job.rows, rejected: job.rows - job.accepted - job.skipped, skipped: job.skipped, blank: 0)
            events = [
                try processRows(&job, by: actor), try event(JobCompleted(job.reference, totals), on: job.id, by: actor),
            ]
            if job.rejectedRows.count > 1 { events.append(try fixRows(&job, by: actor)) }
            if job.rejectedRows.count > 1, fixing.chance(30) { events.append(try fixRows(&job, by: actor)) }
        case (_, true) where random.chance(50):
            let failed = JobFailed(job.reference, reason: "too_many_rejects", message: personalText())
            events = [try event(failed, on: job.id, by: actor)]
        default: events = [try event(JobCancelled(job.reference, reason: "user"), on: job.id, by: actor)]
        }
        jobs[index] = job
        if isOver { jobs.remove(at: index) }
        return events
    }

    private mutating func processRows(_ job: inout Job, by actor: UUID?) throws -> NewEvent {
        let rows = Int.random(in: 1...6, using: &random)
        var (accepted, skipped) = (0, 0)
        var body: [JSONValue] = (0..<rows).map { row in
            if random.chance(70) {
                accepted += 1
                return .array([.integer(Int64(row)), .text(personalText())])
            }
            job.rejectedRows.append(job.rows + 1 + row)
            let error: JSONValue = .object([
                "row": .integer(Int64(row)), "field": .text("field_0"), "column": .text("a"),
                "rule": .text("to_integer"),
                "code": .text("type"), "value": .text(personalText()), "message": .text("no number"),
            ])
            return .object([
                "line": .integer(Int64(row + 2)), "cells": .array([.text(personalText())]), "errors": .array([error]),
            ])
        }
        for row in 0..<rows where dropping.chance(10) {
            if case .array = body[row] { accepted -= 1 }
            job.rejectedRows.removeAll { $0 == job.rows + 1 + row }
            skipped += 1
            let reason: JSONValue = .object([
                "line": .integer(Int64(row + 2)), "field": .text("field_0"), "rule": .text("drop_row_if"),
            ])
            body[row] = .object(["skipped": reason])
        }
        let attachment = JSONValue.object([
            "fields": .array([.text("field_0"), .text("field_1")]), "rows": .array(body),
        ])
        let errors = [
            JobRowsProcessed.Rejections(
                field: "field_0", rule: "to_integer", code: "type", count: rows - accepted - skipped)
        ]
        let bytes = try attachment.encoded()
        let salt = Array(Hashes.sha256("salt \(counter)".utf8).prefix(16))
        let root = ResultRows(bytes)?.root(salt: salt, firstRow: job.rows + 1)
        let processed = JobRowsProcessed(
            job.reference, rows: (job.rows + 1)...(job.rows + rows), accepted: accepted,
            skipped: skipped, errors: accepted + skipped == rows ? [] : errors, rowsRoot: root?.hexadecimal ?? "",
            fields: ["field_0", "field_1"], body: bytes, salt: salt)
        job.rows += rows
        job.accepted += accepted
        job.skipped += skipped
        return try event(processed, on: job.id, by: actor)
    }
}

extension History {
    /// Some of a job's rejected rows come back; of those that are rejected again some come back once more.
    private mutating func fixRows(_ job: inout Job, by actor: UUID?) throws -> NewEvent {
        swap(&random, &fixing)
        defer { swap(&random, &fixing) }
        let numbers = Array(job.rejectedRows.prefix(Int.random(in: 1...job.rejectedRows.count, using: &random)))
        var (accepted, skipped, rejected) = (0, 0, [Int]())
        let body: [JSONValue] = numbers.map { number in
            let cells: JSONValue = .array([.text(personalText())])
            let given: JSONValue = .object(["line": .integer(Int64(number + 1)), "cells": cells])
            if random.chance(60) {
                accepted += 1
                return .object([
                    "fixed": given, "result": .array([.integer(Int64(number)), .text(personalText())]),
                ])
            }
            if random.chance(20) {
                skipped += 1
                let reason: JSONValue = .object([
                    "line": .integer(Int64(number + 1)), "field": .text("field_0"), "rule": .text("drop_row_if"),
                ])
                return .object(["fixed": given, "result": .object(["skipped": reason])])
            }
            rejected.append(number)
            let error: JSONValue = .object([
                "field": .text("field_0"), "column": .text("a"), "rule": .text("to_integer"), "code": .text("type"),
                "value": .text(personalText()), "message": .text("no number"),
            ])
            return .object([
                "line": .integer(Int64(number + 1)), "cells": cells, "errors": .array([error]),
            ])
        }
        let bytes = try JSONValue.object([
            "fields": .array([.text("field_0"), .text("field_1")]), "rows": .array(body),
        ]).encoded()
        let salt = Array(Hashes.sha256("fix \(counter)".utf8).prefix(16))
        func reasons(_ count: Int) -> [JobRowsProcessed.Rejections] {
            count == 0 ? [] : [.init(field: "field_0", rule: "to_integer", code: "type", count: count)]
        }
        let details = JobRowsFixed.Details(
            of: numbers, rows: 1...numbers.count, accepted: accepted, skipped: skipped,
            errors: reasons(rejected.count), resolved: reasons(numbers.count),
            rowsRoot: ResultRows(bytes)?.root(salt: salt, firstRow: 1).hexadecimal ?? "",
            fields: ["field_0", "field_1"])
        job.rejectedRows.removeAll { numbers.contains($0) && !rejected.contains($0) }
        return try event(JobRowsFixed(job.reference, details, body: bytes, salt: salt), on: job.id, by: actor)
    }
}

/// A piece of a file as the history has it: not compressed, in lines of eight bytes.
enum HistoryPiece {
    static let lineLength = 8

    static func starts(_ content: [UInt8]) -> [Int] { Array(stride(from: 0, to: content.count, by: lineLength)) }

    static func lines(_ attachment: [UInt8], salt: [UInt8]) -> FileLines {
        FileLines(attachment) ?? FileLines(attachment, starts: starts(attachment), salt: salt)
    }
}
