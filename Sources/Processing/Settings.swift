package import AuditLog
package import FoundationEssentials
package import Postgres

/// A setting that every tenant has.
package struct Setting: Sendable {
    package enum Kind: Sendable {
        /// A whole number in a range, of this unit.
        case count(ClosedRange<Int64>, unit: String)
        /// Endings of file names, without dots, in lower case.
        case fileTypes
    }

    package var key: String
    package var standard: SettingValue
    package var kind: Kind
    package var description: String

    /// The settings, in the order in which they are shown.
    package static let all: [Setting] = [
        Setting(
            key: "max_file_size", standard: .integer(52_428_800), kind: .count(1...(1 << 50), unit: "bytes"),
            description: "Largest file that is taken in"),
        Setting(
            key: "allowed_file_types", standard: .list(["csv", "tsv", "txt", "dat"]), kind: .fileTypes,
            description: "Endings of the names of files that are taken in"),
        Setting(
            key: "max_cell_bytes", standard: .integer(1_048_576), kind: .count(1...(1 << 26), unit: "bytes"),
            description: "Longest cell that is read"),
        Setting(
            key: "max_record_bytes", standard: .integer(16_777_216), kind: .count(1...(1 << 27), unit: "bytes"),
            description: "Longest record that is read"),
        Setting(
            key: "max_columns", standard: .integer(10_000), kind: .count(1...1_000_000, unit: "columns"),
            description: "Most cells of a record that are read"),
        Setting(
            key: "max_concurrent_jobs", standard: .integer(3), kind: .count(1...1000, unit: "jobs"),
            description: "Jobs that run at the same time"),
        Setting(
            key: "job_timeout", standard: .integer(3600), kind: .count(1...2_592_000, unit: "seconds"),
            description: "Longest time that a job may run"),
        Setting(
            key: "max_lookup_bytes", standard: .integer(67_108_864), kind: .count((1 << 20)...(1 << 40), unit: "bytes"),
            description: "Memory that the lookup tables of a job may take"),
        Setting(
            key: "audit_log_retention_days", standard: .integer(2555), kind: .count(1...36_500, unit: "days"),
            description: "How long events are kept"),
        Setting(
            key: "processing_results_retention_days", standard: .integer(365), kind: .count(1...36_500, unit: "days"),
            description: "How long results of rows are kept"),
        Setting(
            key: "jobs_retention_days", standard: .integer(365), kind: .count(1...36_500, unit: "days"),
            description: "How long finished jobs are kept"),
        Setting(
            key: "witness_quorum", standard: .integer(0), kind: .count(0...100, unit: "witnesses"),
            description: "Witnesses that must have cosigned a checkpoint for it to count as witnessed"),
    ]

    /// The setting with this key.
    ///
    /// - Throws: `Failure` that lists the keys there are.
    package static func named(_ key: String) throws -> Setting {
        guard let setting = all.first(where: { $0.key == key }) else {
            throw Failure(.unknown, "there is no setting \(key): there are \(all.map(\.key).joined(separator: ", "))")
        }
        return setting
    }

    /// The stream of its changes.
    package func streamID(tenant: UUID) -> UUID { UUID(named: "setting", tenant.text, key) }

    /// Reads a value as people write it: a whole number, or words with commas between.
    package func value(_ text: String) throws -> SettingValue {
        switch kind {
        case .count(_, let unit):
            guard let number = Int64(text.filter { $0 != "_" && $0 != "," }) else {
                throw Failure(.value, "\(key) must be a whole number of \(unit), not \"\(text)\"")
            }
            return try check(.integer(number))
        case .fileTypes:
            let words = text.split(separator: ",").map { word in
                word.lowercased().filter { !$0.isWhitespace }.drop { $0 == "." }
            }
            return try check(.list(words.map(String.init)))
        }
    }

    /// The value, if it is one that the setting can have.
    package func check(_ value: SettingValue) throws -> SettingValue {
        switch (kind, value) {
        case (.count(let range, let unit), .integer(let number)):
            guard range.contains(number) else {
                throw Failure(
                    .value, "\(key) must be from \(range.lowerBound) to \(range.upperBound) \(unit), not \(number)")
            }
            return value
        case (.fileTypes, .list(let words)):
            let isPlain = words.allSatisfy { word in
                !word.isEmpty && word.utf8.count <= 16
                    && word.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) }
            }
            guard isPlain, !words.isEmpty else {
                throw Failure(.value, "\(key) must be endings of file names with commas between, such as csv,txt")
            }
            return .list(words.reduce(into: []) { if !$0.contains($1) { $0.append($1) } })
        case (.count(_, let unit), .list): throw Failure(.value, "\(key) must be a whole number of \(unit)")
        case (.fileTypes, .integer): throw Failure(.value, "\(key) must be a list of endings of file names")
        }
    }
}

extension SettingValue: CustomStringConvertible {
    /// As people write it.
    package var description: String {
        switch self {
        case .integer(let value): String(value)
        case .list(let words): words.joined(separator: ",")
        }
    }
}

/// The settings of a tenant; those that were never set have their standard value.
package struct Settings: Sendable {
    private var values: [String: SettingValue]

    /// Bytes of the largest file that is taken in.
    package var maxFileSize: Int64 { number("max_file_size") }
    /// Endings of file names, without dots, in lower case.
    package var allowedFileTypes: [String] {
        if case .list(let words) = self["allowed_file_types"] { words } else { [] }
    }
    var maxCellBytes: Int { Int(clamping: number("max_cell_bytes")) }
    var maxRecordBytes: Int { Int(clamping: number("max_record_bytes")) }
    var maxColumns: Int { Int(clamping: number("max_columns")) }
    package var maxConcurrentJobs: Int { Int(clamping: number("max_concurrent_jobs")) }
    package var jobTimeout: Duration { .seconds(number("job_timeout")) }
    package var maxLookupBytes: Int { Int(clamping: number("max_lookup_bytes")) }
    package var auditLogRetentionDays: Int { Int(clamping: number("audit_log_retention_days")) }
    package var processingResultsRetentionDays: Int { Int(clamping: number("processing_results_retention_days")) }
    package var jobsRetentionDays: Int { Int(clamping: number("jobs_retention_days")) }
    package var witnessQuorum: Int { Int(clamping: number("witness_quorum")) }

    package init(_ values: [String: SettingValue] = [:]) {
        self.values = values
    }

    /// The value of a setting; nil for a key that is none.
    package subscript(key: String) -> SettingValue? {
        values[key] ?? Setting.all.first { $0.key == key }?.standard
    }

    private func number(_ key: String) -> Int64 {
        if case .integer(let value) = self[key] { value } else { 0 }
    }

    /// Reads all settings of the scope's tenant.
    ///
    /// - Throws: `Failure` for a value that its setting cannot have.
    package static func load(_ database: Database, as scope: Scope) async throws -> Settings {
        guard let tenant = scope.tenant else { return Settings() }
        let rows = try await database.transaction(scope.transaction(readOnly: true)) { session in
            try session.query("SELECT key, value FROM system_settings WHERE tenant_id = \(tenant)") {
                (key: try $0.decode(0, as: String.self), value: try $0.decode(1, as: JSON.self))
            }
        }
        var values: [String: SettingValue] = [:]
        for setting in Setting.all {
            guard let row = rows.first(where: { $0.key == setting.key }) else { continue }
            values[setting.key] = try setting.check(try decode(row.value, of: setting))
        }
        return Settings(values)
    }

    private static func decode(_ json: JSON, of setting: Setting) throws -> SettingValue {
        do {
            return try JSONDecoder().decode(SettingValue.self, from: Data(json.bytes))
        } catch is DecodingError {
            throw Failure(
                .value,
                "the value of \(setting.key) in the database, \(json.text), is none: atlas2 settings set \(setting.key) …"
            )
        }
    }

    /// Gives a setting a new value; one that it has already is no event.
    ///
    /// - Returns: the value, and whether it changed.
    @discardableResult
    package static func set(
        _ key: String, to text: String, in log: EventLog, as command: Command
    ) async throws -> (value: SettingValue, isNew: Bool) {
        try command.requireAdmin("change settings")
        let setting = try Setting.named(key)
        let value = try setting.value(text)
        guard let tenant = command.scope.tenant else { throw Failure(.value, "a setting belongs to a tenant") }
        // A value that cannot be read is no reason to keep it.
        guard (try? await load(log.database, as: command.scope))?[key] != value else { return (value, false) }
        let event = try command.event(SettingChanged(key: key, value: value), on: setting.streamID(tenant: tenant))
        try await log.append([event], as: command.scope, checkedAgainst: ["system_settings"])
        return (value, true)
    }
}
