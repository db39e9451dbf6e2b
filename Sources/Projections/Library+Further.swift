import Foundation

extension Library {
    /// The product's own projections. Its commands need them: they must be right, and cannot be removed.
    package static let product: Set = [
        "api_configurations", "api_fields", "disclosures", "file_data", "job_statistics", "legal_holds",
        "log_witnesses",
        "mapping_configurations", "processing_jobs", "system_settings", "tenants", "transformation_rules",
        "user_dashboard_stats", "users",
    ]

    /// A file of a further projection that cannot be used.
    package struct FaultyFile: Sendable, Equatable {
        package var path: String
        /// What it would define; nil where it does not even say that.
        package var projection: String?
        package var findings: [Finding]
        private var reason: String?

        /// A projection whose file is fine, and which is left out all the same.
        package init(missing projection: String, _ reason: String) {
            self.init(path: projection, projection: projection, findings: [])
            self.reason = reason
        }

        package init(path: String, projection: String?, findings: [Finding]) {
            self.path = path
            self.projection = projection
            self.findings = findings
        }

        /// One line: the first thing that is wrong, and how many more there are.
        package var summary: String {
            if let reason { return reason }
            let errors = findings.filter { $0.severity == .error }
            let more = errors.count > 1 ? " (and \(errors.count - 1) more)" : ""
            return "\(errors.first.map(String.init(describing:)) ?? path)\(more)"
        }
    }

    /// The further projections that can be used.
    package var further: [Definition] { projections.filter { !Self.product.contains($0.name) } }

    /// Names that a further projection cannot give its tables.
    package var takenNames: TakenNames {
        TakenNames(
            projections: Dictionary(projections.map { ($0.name, $0.tables) }) { one, _ in one },
            views: Set(views.map { String($0.stem) }),
            log: Set(migrations.flatMap { Statement.split($0.up.text).compactMap(\.createdTable) }))
    }

    /// A file read and checked as a further projection: its definition, and what there is to say of it.
    ///
    /// - Returns: no definition where the file cannot be read as one.
    package func check(path: String) -> (definition: Definition?, findings: [Finding]) {
        let file = path.split(separator: "/").last.map(String.init) ?? path
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            let finding = Finding(
                file: file, line: 1, column: nil, severity: .error, message: "the file cannot be read as UTF-8 text",
                advice: "look at \(path)")
            return (nil, [finding])
        }
        do {
            let definition = try definition(parsing: text, file: file)
            var findings = FileCheck(definition, names: takenNames).findings()
            if Self.product.contains(definition.name) {
                findings.append(
                    definition.finding(
                        "\(definition.name) is a projection of Atlas2 itself", "choose another name", on: "projection"))
            }
            return (definition, findings)
        } catch {
            return (nil, [Finding(error)])
        }
    }

    /// Puts further projections that the database refuses among the faulty ones.
    package mutating func leaveOut(_ files: [FaultyFile]) {
        projections.removeAll { definition in files.contains { $0.projection == definition.name } }
        faulty += files
    }

    /// Takes further projections in, whatever the order in which they refer to each other, or puts them among the faulty
    /// ones.
    mutating func add(_ paths: [String]) {
        var waiting = paths
        var count = -1
        while count != waiting.count {
            count = waiting.count
            waiting.removeAll { path in
                let isReady = !check(path: path).findings.contains { $0.severity == .error }
                if isReady { add(path) }
                return isReady
            }
        }
        for path in waiting { add(path) }
    }

    /// Takes a further projection in, or puts it among the faulty ones.
    private mutating func add(_ path: String) {
        var (definition, findings) = check(path: path)
        if let definition, let other = further.first(where: { $0.name == definition.name }) {
            findings.append(
                definition.finding(
                    "two files define the projection \(definition.name)", "the other is \(other.file): rename one",
                    on: "projection"))
        }
        if let definition, !findings.contains(where: { $0.severity == .error }) {
            projections.append(definition)
        } else {
            let name = definition?.name ?? Self.name(in: path)
            faulty.append(FaultyFile(path: path, projection: name, findings: findings))
        }
    }

    /// What a file that cannot be read as a projection says that it is called; nil where it says nothing.
    private static func name(in path: String) -> String? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        let key = "-- projection:"
        let line = text.split(whereSeparator: \.isNewline).first { $0.hasPrefix(key) }
        let name = line.map { String($0.dropFirst(key.count)).trimmingSpaces }
        return name.flatMap { $0.isIdentifier ? $0 : nil }
    }
}
