import Postgres

extension Schema {
    /// What came of the further projections of the library.
    package struct Further: Sendable {
        /// Those that were installed now.
        package var installed: [String] = []
        /// Those that the database refuses, and why.
        package var faulty: [Library.FaultyFile] = []
    }

    /// Names of further projections of the library that are not installed.
    package func missing() async throws -> [String] {
        let library = library
        guard !library.further.isEmpty else { return [] }
        return try await owner.transaction(TransactionOptions(readOnly: true)) { session in
            let installed = try Self.installed(session)
            return library.further.map(\.name).filter { installed[$0] == nil }
        }
    }

    /// Installs further projections that are not there yet, each after the database has checked it.
    ///
    /// One that the database refuses is left out, and the others are installed. One that is installed from another version
    /// of its file is checked and stays as it is.
    package func takeIn() async throws -> Further {
        let library = library
        var options = TransactionOptions(timeout: .none)
        options.settings = [("role", "atlas2_owner")]
        guard !library.further.isEmpty else { return Further() }
        return try await owner.transaction(options) { session in
            var installed = try Self.installed(session)
            func waiting() -> [Definition] { library.further.filter { installed[$0.name] != $0.sha256 } }
            guard !waiting().isEmpty else { return Further() }
            try lock(session)
            installed = try Self.installed(session)
            try session.script("SET LOCAL client_min_messages = warning")
            var further = Further()
            for definition in waiting() {
                let findings = try DatabaseCheck(definition).findings(session)
                if findings.contains(where: { $0.severity == .error }) {
                    further.faulty.append(
                        Library.FaultyFile(path: definition.file, projection: definition.name, findings: findings))
                } else if installed[definition.name] == nil {
                    try session.script("SET LOCAL search_path = public, pg_temp;\n" + definition.installation)
                    further.installed.append(definition.name)
                }
            }
            for definition in library.further where further.installed.contains(definition.name) {
                try session.script(definition.foreignKeys)
            }
            if !further.installed.isEmpty { try session.script("SELECT projections_register()") }
            return further
        }
    }

    /// Gives the folds of further projections what this version knows of events; their tables stay.
    func refreshFurther(_ session: Session) throws {
        let installed = try Self.installed(session)
        for definition in library.further where installed[definition.name] == definition.sha256 {
            try session.script("SET LOCAL ROLE atlas2_owner;\n\(definition.liveFold)\nRESET ROLE;")
        }
    }

    /// The digest of each installed projection's file.
    private static func installed(_ session: Session) throws -> [String: String] {
        Dictionary(
            uniqueKeysWithValues: try session.query("SELECT name, sha256 FROM public.projection_definitions()") {
                (try $0.decode(0, as: String.self), try $0.decode(1, as: String.self))
            })
    }
}
