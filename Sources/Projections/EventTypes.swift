/// What this version knows of events: their types, the version of what each says now, and how earlier ones become that.
package struct EventTypes: Sendable, Equatable {
    /// The version of each type that `database/functions/event_types.sql` lists.
    package var versions: [String: Int] = [:]
    package var upcasters: [Upcaster] = []

    /// A kind that is not listed is an embedder's own.
    func isKnown(kind: Substring) -> Bool {
        versions.keys.contains { $0.hasPrefix(kind + ".") }
    }

    /// Whether the list says which versions of a type, or of all types of a kind, there are.
    func lists(_ pattern: String) -> Bool {
        pattern.hasSuffix(".*") ? isKnown(kind: pattern.dropLast(2)) : versions[pattern] != nil
    }

    /// Reads the list out of the file that defines `event_types()`.
    ///
    /// - Throws: `DefinitionError` for a type that stands there twice.
    static func versions(in file: Library.File) throws(DefinitionError) -> [String: Int] {
        var versions: [String: Int] = [:]
        for (index, line) in file.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            // ('job.created', 1),
            let parts = line.split(separator: "'", omittingEmptySubsequences: false)
            guard parts.count == 3, String(parts[0]).trimmingSpaces == "(",
                let version = Int(parts[2].filter { $0.isNumber })
            else { continue }
            guard versions.updateValue(version, forKey: String(parts[1])) == nil else {
                throw DefinitionError(file: file.name, line: index + 1, message: "\(parts[1]) stands there twice")
            }
        }
        return versions
    }

    /// Refuses upcasters that leave a gap between version 1 of their type and the version that it has now.
    func checkUpcasters() throws(DefinitionError) {
        for upcaster in upcasters {
            let count = upcasters.count { $0.type == upcaster.type }
            let last = versions[upcaster.type].map { $0 - 1 } ?? count
            let given = upcasters.filter { $0.type == upcaster.type }.map(\.version).sorted()
            guard given == Array(1...max(last, 1)), last > 0 else {
                throw DefinitionError(
                    file: upcaster.file.name, line: 1,
                    message: last > 0
                        ? "\(upcaster.type) needs an upcaster for each of the versions 1 to \(last), and no other; given are \(given)"
                        : "\(upcaster.type) is at version 1, as event_types.sql says: there is nothing to bring it to")
            }
        }
    }

    /// Whether some event that fits one of the patterns has an upcaster.
    func upcastsAny(of patterns: [String]) -> Bool {
        upcasters.contains { upcaster in
            patterns.contains { $0.hasSuffix("*") ? upcaster.type.hasPrefix($0.dropLast()) : upcaster.type == $0 }
        }
    }

    /// The upcasters, and the function that brings what an event says to the version that its type has now.
    var upcast: String {
        let steps = upcasters.sorted { ($0.type, $0.version) < ($1.type, $1.version) }.map { upcaster in
            """
                IF event_type = '\(upcaster.type)' AND schema_version = \(upcaster.version) THEN
                    SELECT u.payload, u.personal INTO payload, personal FROM fold.\(upcaster.function)(payload, personal) u;
                    schema_version := \(upcaster.version + 1);
                END IF;

            """
        }
        let body =
            steps.isEmpty
            ? "LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT schema_version, payload, personal $$"
            : """
            LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = fold, pg_temp AS $$
            #variable_conflict use_variable
            BEGIN
            \(steps.joined())END $$
            """
        return """
            \(upcasters.map(\.file.text).joined(separator: "\n"))
            CREATE OR REPLACE FUNCTION fold.upcast(event_type text, INOUT schema_version integer, INOUT payload jsonb, INOUT personal jsonb)
            \(body);
            COMMENT ON FUNCTION fold.upcast(text, integer, jsonb, jsonb) IS 'What an event says, in the version that its type has now; written from database/upcasters';
            """
    }
}

/// An SQL function that brings what an event of one version says to the next: `database/upcasters/TYPE.VERSION.sql`.
package struct Upcaster: Sendable, Equatable {
    package var type: String
    package var version: Int
    var file: Library.File

    /// The function's name in the schema `fold`.
    var function: String { "upcast_" + type.replacing(".", with: "_") + "_\(version)" }

    /// - Throws: `DefinitionError` where the file's name is none, or it does not make the function of that name.
    init(_ file: Library.File) throws(DefinitionError) {
        let parts = file.name.split(separator: ".").map(String.init)
        guard parts.count == 4, (parts[0] + "." + parts[1]).isEventPattern, parts[1] != "*",
            let version = Int(parts[2]), version > 0, String(version) == parts[2]
        else {
            throw DefinitionError(
                file: file.name, line: 1, message: "upcasters are named TYPE.VERSION.sql, such as job.created.1.sql")
        }
        type = parts[0] + "." + parts[1]
        self.version = version
        self.file = file
        guard function.utf8.count <= 63 else {
            throw DefinitionError(file: file.name, line: 1, message: "the name \(function) has more than 63 letters")
        }
        let head = "FUNCTION fold.\(function)(INOUT payload jsonb, INOUT personal jsonb)"
        guard file.text.contains(head) else {
            throw DefinitionError(file: file.name, line: 1, message: "the file must make the \(head)")
        }
    }
}
