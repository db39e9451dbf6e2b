package import AuditLog
import Foundation
package import Mapping
import Postgres

/// The mappings of a tenant, and the APIs that they map for.
package struct Mappings: Sendable {
    package let log: EventLog

    package init(_ log: EventLog) {
        self.log = log
    }

    /// The latest version of every mapping, by name.
    package func list(as scope: Scope) async throws -> [StoredMapping] {
        try await log.database.transaction(scope.transaction(readOnly: true)) { session in
            try session.query(
                """
                SELECT DISTINCT ON (m.name) \(raw: StoredMapping.columns) FROM \(raw: StoredMapping.tables)
                ORDER BY m.name, m.version DESC
                """
            ) { try StoredMapping($0) }
        }
    }

    /// A mapping by name; its latest version, or the one that `name@version` says.
    package func find(_ name: String, as scope: Scope) async throws -> StoredMapping {
        let parts = name.split(separator: "@", maxSplits: 1)
        let version = parts.count == 2 ? Int32(parts[1]) : nil
        guard let base = parts.first, parts.count == 1 || version != nil else {
            throw Failure(.value, "\"\(name)\" is no mapping: write its name, or name@version")
        }
        let found = try await log.database.transaction(scope.transaction(readOnly: true)) { session in
            try session.first(
                """
                SELECT \(raw: StoredMapping.columns) FROM \(raw: StoredMapping.tables)
                WHERE m.name = \(String(base)) AND (m.version = \(version) OR \(version) IS NULL)
                ORDER BY m.version DESC LIMIT 1
                """
            ) { try StoredMapping($0) }
        }
        guard let found else {
            throw Failure(
                .unknown, "there is no mapping \(name): give a file, or a name that atlas2 map list shows")
        }
        return found
    }

    /// The version of a mapping that a job pinned.
    func find(_ id: UUID, version: Int, as scope: Scope) async throws -> StoredMapping {
        let found = try await log.database.transaction(scope.transaction(readOnly: true)) { session in
            try session.first(
                """
                SELECT \(raw: StoredMapping.columns) FROM \(raw: StoredMapping.tables)
                WHERE m.id = \(id) AND m.version = \(Int32(version))
                """
            ) { try StoredMapping($0) }
        }
        guard let found else { throw Failure(.unknown, "there is no mapping \(id.text)@\(version)") }
        return found
    }

    /// The fields that a document's rows are checked against: its own, or those of the API that it names.
    package func fields(of document: Document, as scope: Scope) async throws -> [Field] {
        if let fields = document.api.fields { return fields }
        let name = document.api.name
        if let fields = try await APIs(log).fields(of: name, as: scope) { return fields }
        throw Failure(
            .unknown,
            """
            \(document.api.location): there is no API \(name): write it out in the mapping, with name, type and fields, \
            or take it from its description: atlas2 apis import
            """)
    }

    /// Stores a document: registers its API on first use, and makes a new version where document or fields changed.
    ///
    /// - Returns: the version that says what the document says, new or not.
    package func register(_ document: Document, text: String, as command: Command) async throws -> StoredMapping {
        let fields = try await fields(of: document, as: command.scope)
        let descriptions = StoredFields.descriptions(of: fields)
        let sha256 = Hashes.sha256(Array(text.utf8) + [0] + Array(try StoredFields.json(descriptions).utf8)).hexadecimal
        for _ in 0..<5 {
            let latest = try? await find(document.name, as: command.scope)
            if let latest, latest.sha256 == sha256 { return latest }
            do {
                return try await add(document, text, descriptions, sha256, after: latest, command)
            } catch let error as AppendError where error.code == .conflict {
                continue
            }
        }
        throw Failure(.conflict, "the mapping \(document.name) is being changed by somebody else: try again")
    }

    private func add(
        _ document: Document, _ text: String, _ fields: [FieldDescription], _ sha256: String,
        after latest: StoredMapping?,
        _ command: Command
    ) async throws -> StoredMapping {
        let tenant = command.scope.tenant?.text ?? ""
        let id = UUID(named: "mapping", tenant, document.name)
        let api = UUID(named: "api", tenant, document.api.name)
        var events = try await APIs(log).events(for: document.api, command)
        let rules = try document.ruleDescriptions(fields: StoredFields.fields(fields, of: document.api.name)).map {
            rule in
            MappingVersionAdded.Rule(
                targetField: rule.target, kind: rule.kind.rawValue, rule: rule.function,
                arguments: try JSONDecoder().decode(JSONValue.self, from: Data(rule.arguments.utf8)),
                sourceColumns: rule.columns)
        }
        let version = (latest?.version ?? 0) + 1
        events.append(
            try command.event(
                MappingVersionAdded(
                    name: document.name, version: version, api: api, document: text, fields: fields, sha256: sha256,
                    rules: rules),
                on: id, expecting: try await log.version(of: StreamID(type: "mapping", id: id), as: command.scope)))
        try await log.append(
            events, as: command.scope,
            checkedAgainst: ["api_configurations", "api_fields", "mapping_configurations", "transformation_rules"])
        return try await find(id, version: version, as: command.scope)
    }
}
