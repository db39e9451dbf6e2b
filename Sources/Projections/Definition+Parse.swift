import Crypto

extension Definition {
    /// Reads a projection file.
    ///
    /// - Parameters:
    ///   - text: the file's text.
    ///   - file: its name, for errors and findings.
    /// - Throws: `DefinitionError` with the line that cannot be understood.
    package init(parsing text: String, file: String) throws(DefinitionError) {
        var header: [String: (value: String, line: Int)] = [:]
        var references: [Reference] = []
        var sections: [String: String] = [:]
        var section: String?
        var lines: [String: Int] = [:]
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.hasPrefix("-- @") {
                let name = String(line.dropFirst(4)).trimmingSpaces
                guard ["schema", "fold", "indexes"].contains(name), sections[name] == nil else {
                    throw DefinitionError(
                        file: file, line: index + 1,
                        message: "section @\(name) is unknown or stands twice; there are @schema, @fold and @indexes")
                }
                section = name
                sections[name] = ""
                lines[name] = index + 2
            } else if let section {
                sections[section]! += line + "\n"
            } else if line.hasPrefix("-- "), let colon = line.firstIndex(of: ":") {
                let key = String(line[line.index(line.startIndex, offsetBy: 3)..<colon])
                let value = String(line[line.index(after: colon)...]).trimmingSpaces
                lines[key] = index + 1
                if key == "references" {
                    references.append(try Reference(parsing: value, file: file, line: index + 1))
                } else {
                    header[key] = (value, index + 1)
                }
            }
        }
        func required(_ key: String) throws(DefinitionError) -> (value: String, line: Int) {
            guard let entry = header[key], !entry.value.isEmpty else {
                throw DefinitionError(file: file, line: 1, message: "the header needs a line \"-- \(key): …\"")
            }
            return entry
        }
        let name = try required("projection")
        guard name.value.isIdentifier else {
            throw DefinitionError(
                file: file, line: name.line,
                message: "\"\(name.value)\" is no name for a projection: use a-z, 0-9 and _, a letter first")
        }
        let version = try required("version")
        guard let number = Int(version.value), number > 0 else {
            throw DefinitionError(file: file, line: version.line, message: "the version must be a whole number from 1")
        }
        let mode = try required("mode")
        guard let parsedMode = Mode(rawValue: mode.value) else {
            throw DefinitionError(file: file, line: mode.line, message: "the mode must be inline or async")
        }
        let events = try required("events")
        var patterns: [String] = []
        var understood: [String: Int] = [:]
        for entry in events.value.split(separator: ",").map({ String($0).trimmingSpaces }) {
            let parts = entry.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts[0].isEventPattern, parts.count == 1 || Int(parts[1]).map({ $0 > 0 }) == true else {
                throw DefinitionError(
                    file: file, line: events.line,
                    message: "events must be event types such as job.completed, or job.* for all of a kind;"
                        + " invoice.sent@2 for the version that is understood")
            }
            patterns.append(parts[0])
            if parts.count == 2 { understood[parts[0]] = Int(parts[1]) }
        }
        let key = try required("key")
        guard ["stream", "aggregate"].contains(key.value) else {
            throw DefinitionError(file: file, line: key.line, message: "the key must be stream or aggregate")
        }
        let poison = header["poison"] ?? ("stop", 1)
        guard let parsedPoison = Poison(rawValue: poison.value) else {
            throw DefinitionError(file: file, line: poison.line, message: "poison must be stop or set-aside")
        }
        if let owner = header["owner"], !owner.value.isIdentifier {
            throw DefinitionError(
                file: file, line: owner.line, message: "the owner must be the name of a column: use a-z, 0-9 and _")
        }
        guard let schema = sections["schema"], let fold = sections["fold"] else {
            throw DefinitionError(file: file, line: 1, message: "the sections @schema and @fold are both needed")
        }
        let tables = Statement.split(schema).compactMap(\.createdTable)
        guard !tables.isEmpty, !Statement.split(fold).isEmpty else {
            throw DefinitionError(file: file, line: 1, message: "@schema must create a table and @fold must fill it")
        }
        // What one stream does must not depend on whether another waits.
        let isUnique = (Statement.split(schema) + Statement.split(sections["indexes"] ?? "")).contains {
            $0.text.contains(/\b(unique|exclude)\b/.ignoresCase())
        }
        guard parsedPoison == .stop || key.value == "stream" && !isUnique else {
            throw DefinitionError(
                file: file, line: poison.line,
                message: "set-aside needs rows of one stream each: key: stream, and nothing UNIQUE but the primary key")
        }
        self.init(
            name: name.value, version: number, mode: parsedMode, events: patterns, understood: understood,
            key: key.value, poison: parsedPoison, owner: header["owner"]?.value, references: references, tables: tables,
            schema: schema, indexes: sections["indexes"] ?? "", fold: fold,
            sha256: SHA256.hash(data: Array(text.utf8)).hexadecimal, file: file, lines: lines)
    }
}

extension Definition.Reference {
    /// Reads `table (columns) -> target (columns)`.
    init(parsing text: String, file: String, line: Int) throws(DefinitionError) {
        let parts = text.split(whereSeparator: { "()".contains($0) }).map { String($0).trimmingSpaces }
        guard parts.count == 4, parts[2].hasPrefix("-> ") else {
            throw DefinitionError(
                file: file, line: line, message: "write references as: table (columns) -> target (columns)")
        }
        let (target, lists) = (String(parts[2].dropFirst(3)).trimmingSpaces, [parts[1], parts[3]])
        let names = [parts[0], target] + lists.flatMap { $0.split(separator: ",").map { String($0).trimmingSpaces } }
        if let other = names.first(where: { !$0.isIdentifier }) {
            throw DefinitionError(
                file: file, line: line, message: "\"\(other)\" is no name of a table or column: use a-z, 0-9 and _")
        }
        self.init(table: parts[0], columns: lists[0], target: target, targetColumns: lists[1])
    }
}

extension Digest {
    /// The digest in lower-case hexadecimal.
    var hexadecimal: String {
        var text = ""
        for byte in self {
            text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return text
    }
}

extension String {
    var trimmingSpaces: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }

    /// Letters a-z, digits and `_`, a letter first; at most 58 bytes, so that `fold_` fits before it.
    var isIdentifier: Bool {
        let bytes = Array(utf8)
        return (1...58).contains(bytes.count) && (97...122).contains(bytes[0])
            && bytes.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }
    }

    var isEventPattern: Bool {
        let parts = split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        return parts.count == 2 && parts[0].isIdentifier && (parts[1] == "*" || parts[1].isIdentifier)
    }
}
