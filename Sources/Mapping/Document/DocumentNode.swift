private import Yams

/// A node of the document: a scalar, a sequence or a mapping, with its place.
struct DocumentNode {
    indirect enum Content {
        case scalar(String, isPlain: Bool)
        case sequence([DocumentNode])
        case mapping([(key: DocumentNode, value: DocumentNode)])
    }

    let content: Content
    let origin: TextOrigin

    var location: Location { origin.start }

    /// What the node is, for messages.
    var label: String {
        switch content {
        case .scalar(let text, _): text.isEmpty ? "nothing" : "'\(text.prefix(40))'"
        case .sequence: "a list"
        case .mapping: "a group of keys"
        }
    }

    var isMissing: Bool {
        if case .scalar(let text, isPlain: true) = content { return text.isEmpty || text == "null" || text == "~" }
        return false
    }
}

extension DocumentNode {
    /// What is refused because of its size, and what to do about it.
    struct SizeLimit {
        /// In MiB.
        let size: Int
        let advice: String

        static let mapping = SizeLimit(size: 1, advice: "split it into several mappings")
    }

    /// Reads JSON or YAML; one document, without aliases.
    static func parse(
        _ text: String, file: String, limit: SizeLimit = .mapping
    ) throws(MappingError) -> DocumentNode {
        let start = Location(file: file, line: 1, column: 1)
        func failure(_ location: Location, _ message: String, _ advice: String) -> MappingError {
            MappingError([Diagnostic(.syntax, at: location, message, advice)])
        }
        var text = text
        if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
        if text.utf8.count > limit.size << 20 {
            throw failure(start, "the document is larger than \(limit.size) MiB", limit.advice)
        }
        if let node = JSONNodeReader.parse(text, file: file) { return node }
        let lines = Lines(text)
        if let alias = lines.alias {
            let location = Location(file: file, line: alias.line, column: alias.column)
            throw failure(location, "aliases (*\(alias.name)) are not supported", "write the value out")
        }
        do {
            let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
            guard let root = try parser.singleRoot() else {
                throw failure(start, "the document is empty", "write at least name, api and mappings")
            }
            return DocumentNode(root, lines, file)
        } catch let error as MappingError {
            throw error
        } catch let error as YamlError {
            let (mark, message) = error.placed
            let line = min(max(1, mark?.line ?? 1), lines.count)
            throw failure(
                Location(file: file, line: line, column: max(1, mark?.column ?? 1)),
                "the document is not valid YAML or JSON: \(message)", error.advice(lines, line))
        } catch {
            throw failure(start, "the document cannot be read", "check that it is YAML or JSON in UTF-8")
        }
    }

    private init(_ node: Node, _ lines: Lines, _ file: String) {
        let start = Location(file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
        switch node {
        case .scalar(let scalar):
            content = .scalar(scalar.string, isPlain: scalar.style == .plain)
            // Behind the quote, if there is one and the text stands there as it is.
            let offset = scalar.style == .singleQuoted || scalar.style == .doubleQuoted ? 1 : 0
            let isExact = lines.has(scalar.string, line: start.line, column: start.column + offset)
            let text = Location(file: file, line: start.line, column: start.column + (isExact ? offset : 0))
            origin = TextOrigin(start: text, isExact: isExact)
        case .sequence(let sequence):
            content = .sequence(sequence.map { DocumentNode($0, lines, file) })
            origin = TextOrigin(start: start, isExact: false)
        case .mapping(let mapping):
            content = .mapping(
                mapping.map { (DocumentNode($0.key, lines, file), DocumentNode($0.value, lines, file)) })
            origin = TextOrigin(start: start, isExact: false)
        case .alias:
            content = .scalar("", isPlain: true)
            origin = TextOrigin(start: start, isExact: false)
        }
    }
}

/// The lines of a document as Unicode scalars, which is what YAML counts columns in.
private struct Lines {
    private let lines: [[Unicode.Scalar]]

    init(_ text: String) {
        var lines: [[Unicode.Scalar]] = [[]]
        var isBehindReturn = false
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n" where isBehindReturn: break
            case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": lines.append([])
            default: lines[lines.count - 1].append(scalar)
            }
            isBehindReturn = scalar == "\r"
        }
        self.lines = lines
    }

    var count: Int { lines.count }

    /// Whether the text stands at a place, in one line and letter by letter.
    func has(_ text: String, line: Int, column: Int) -> Bool {
        guard lines.indices.contains(line - 1), column - 1 <= lines[line - 1].count else { return false }
        return lines[line - 1][(column - 1)...].starts(with: text.unicodeScalars)
    }

    /// Whether the value on a line starts with a quote, which ends it at the next one for YAML.
    func hasValueStartingWithQuote(line: Int) -> Bool {
        guard lines.indices.contains(line - 1), let colon = lines[line - 1].firstIndex(of: ":") else { return false }
        let value = lines[line - 1][(colon + 1)...].drop { $0 == " " }
        return value.first == "\"" || value.first == "'"
    }

    /// The first alias of an anchor; documents made of aliases of aliases could grow without limit.
    var alias: (line: Int, column: Int, name: String)? {
        let anchors = Set(marked("&").map(\.name))
        return anchors.isEmpty ? nil : marked("*").first { anchors.contains($0.name) }
    }

    private func marked(_ mark: Unicode.Scalar) -> [(line: Int, column: Int, name: String)] {
        var found: [(line: Int, column: Int, name: String)] = []
        for (number, line) in lines.enumerated() {
            for (index, scalar) in line.enumerated() where scalar == mark {
                let name = line[(index + 1)...].prefix { !" \t,[]{}".unicodeScalars.contains($0) }
                if !name.isEmpty { found.append((number + 1, index + 1, String(String.UnicodeScalarView(name)))) }
            }
        }
        return found
    }
}

extension YamlError {
    fileprivate var placed: (mark: Mark?, message: String) {
        switch self {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            (mark, problem)
        case .duplicatedKeysInMapping(let duplicates, let context):
            (context.mark, "the key \(duplicates.sorted().joined(separator: ", ")) occurs twice")
        case .reader(let problem, _, _, _): (nil, problem)
        default: (nil, "it cannot be read")
        }
    }

    fileprivate func advice(_ lines: Lines, _ line: Int) -> String {
        if case .duplicatedKeysInMapping = self { return "remove one of the two" }
        if lines.hasValueStartingWithQuote(line: line) {
            return "an expression that starts with a quote goes between single quotes as a whole: '\"a\" | upper'"
        }
        return "check indentation, and put quotes around a value that holds \": \" or \" #\""
    }
}
