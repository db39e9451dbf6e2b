import CSV

/// Turns the nodes of a mapping document into a `Document`.
struct DocumentParser {
    private static let keys = [
        "name", "api", "source", "mappings", "checks", "examples", "on_reject", "max_rejects",
    ]
    private static let sourceKeys = [
        "delimiter", "quote", "escape", "header", "header_rows", "preamble_lines", "footer_lines", "encoding",
        "columns",
        "nulls",
    ]

    private var reader = DocumentReader()
    private let file: String

    static func parse(_ text: String, file: String) throws(MappingError) -> Document {
        let root = try DocumentNode.parse(text, file: file)
        var parser = DocumentParser(file: file)
        let document = parser.document(root)
        if let document { parser.reader.check(document.examples, of: document) }
        guard let document, parser.reader.diagnostics.isEmpty else { throw MappingError(parser.reader.diagnostics) }
        return document
    }

    /// An API that is written out, in a mapping document or alone.
    static func parseAPI(_ text: String, file: String) throws(MappingError) -> API {
        let root = try DocumentNode.parse(text, file: file)
        var node = root
        if case .mapping(let pairs) = root.content {
            let isAPI = { (node: DocumentNode) in if case .scalar("api", _) = node.content { true } else { false } }
            node = pairs.first { isAPI($0.key) }?.value ?? root
        }
        var parser = DocumentParser(file: file)
        let api = parser.api(node, in: root)
        if let api, api.fields == nil, parser.reader.diagnostics.isEmpty {
            parser.reader.note(
                .missingKey, node.location, "the fields of the API '\(api.name)' are not written out",
                "add 'fields', or name the API with --api if it is registered")
        }
        guard let api, parser.reader.diagnostics.isEmpty else { throw MappingError(parser.reader.diagnostics) }
        return api
    }

    private init(file: String) {
        self.file = file
    }

    private mutating func document(_ root: DocumentNode) -> Document? {
        let group = reader.group(root, "a mapping", keys: Self.keys)
        let name = reader.requiredText(group["name"], "the mapping's 'name'", in: root)
        let api = api(group["api"], in: root)
        let source = group["source"].map { self.source($0) } ?? SourceOptions()
        let mappings = mappings(group["mappings"], in: root)
        let checks = reader.checks(group["checks"])
        let examples = reader.examples(group["examples"])
        let onReject = reader.choice(group["on_reject"], "'on_reject'", OnReject.self) ?? .skip
        let rejectLimit = rejectLimit(group["max_rejects"])
        guard let name, let api else { return nil }
        return Document(
            name: name, file: file, api: api, source: source, mappings: mappings, checks: checks,
            examples: examples, onReject: onReject, rejectLimit: rejectLimit)
    }

    private mutating func api(_ node: DocumentNode?, in root: DocumentNode) -> API? {
        guard let node else {
            reader.note(
                .missingKey, root.location, "the mapping's 'api' is missing",
                "name an API, or write one out with its fields")
            return nil
        }
        if case .scalar = node.content {
            return reader.requiredText(node, "'api'", in: root).map { API(name: $0, location: node.location) }
        }
        let group = reader.group(node, "'api'", keys: ["name", "type", "base_url", "auth_type", "fields"])
        guard let name = reader.requiredText(group["name"], "the API's 'name'", in: node) else { return nil }
        var api = API(name: name, location: node.location)
        api.kind = reader.choice(group["type"], "the API's 'type'", API.Kind.self)
        api.baseURL = reader.text(group["base_url"], "'base_url'")
        api.authentication = reader.choice(group["auth_type"], "'auth_type'", API.Authentication.self)
        api.fields = reader.fields(group["fields"])
        return api
    }

    private mutating func source(_ node: DocumentNode) -> SourceOptions {
        let group = reader.group(node, "'source'", keys: Self.sourceKeys)
        var source = SourceOptions()
        source.delimiter = character(
            group["delimiter"], "'delimiter'", atMost: 2, words: ["tab": "\t", "\\t": "\t"])
        source.quote = character(group["quote"], "'quote'", atMost: 1, words: ["none": "none"])
        source.escape = reader.choice(group["escape"], "'escape'", among: ["double", "backslash", "none"])
        source.hasHeader = reader.boolean(group["header"], "'header'")
        source.headerRows = reader.count(group["header_rows"], "'header_rows'")
        source.preambleLines = reader.count(group["preamble_lines"], "'preamble_lines'")
        source.footerLines = reader.count(group["footer_lines"], "'footer_lines'")
        if let header = source.hasHeader, let rows = source.headerRows, header != (rows > 0) {
            reader.note(
                .wrongValue, group["header_rows"]?.location ?? node.location,
                "'header_rows' is \(rows), and 'header' is \(header)", "leave one of the two out")
        }
        source.encoding = encoding(group["encoding"])
        source.columns = reader.texts(group["columns"], "'columns'")
        source.nulls = reader.texts(group["nulls"], "'nulls'") ?? []
        return source
    }

    private mutating func encoding(_ node: DocumentNode?) -> String? {
        guard let node, let name = reader.text(node, "'encoding'") else { return nil }
        if let encoding = Dialect.Encoding(named: name) { return encoding.rawValue }
        let known = Dialect.Encoding.allCases.map(\.rawValue)
        reader.note(
            .wrongValue, node.location, "'encoding' is '\(name)'",
            ["utf-16", "utf16", "unicode"].contains(name.lowercased())
                ? "write 'utf-16le' or 'utf-16be', or nothing where the file starts with a byte order mark"
                : Suggestion.advice(for: name, among: known) { "'\($0)'" })
        return nil
    }

    /// A text of one character, or of `most`.
    private mutating func character(
        _ node: DocumentNode?, _ what: String, atMost most: Int, words: [String: String]
    ) -> String? {
        guard let node, let text = reader.text(node, what) else { return nil }
        if let meaning = words[text] { return meaning }
        if (1...most).contains(text.utf8.count), text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
        let known = words.keys.sorted().joined(separator: " or ")
        reader.note(
            .wrongValue, node.location, "\(what) is '\(text)'",
            "write one ASCII character\(most > 1 ? " or two" : ""), or \(known)")
        return nil
    }

    private mutating func mappings(_ node: DocumentNode?, in root: DocumentNode) -> [TargetMapping] {
        guard let node else {
            reader.note(
                .missingKey, root.location, "the mapping's 'mappings' are missing", "add them: target: $column | trim")
            return []
        }
        guard case .mapping(let pairs) = node.content, !pairs.isEmpty else {
            reader.note(
                .wrongValue, node.location, "'mappings' is \(node.label)",
                "write a line for each target: name: $column | trim")
            return []
        }
        var result: [TargetMapping] = []
        for (key, value) in pairs {
            guard let target = reader.text(key, "a target") else { continue }
            if !TargetPath.isValid(target) {
                reader.note(
                    .wrongValue, key.location, "'\(target)' is not the name of a target field",
                    "write names joined by dots, with [0] for an item of a list: address.city, phones[0]")
            }
            guard let expression = reader.expression(value, "the expression of '\(target)'") else { continue }
            result.append(
                TargetMapping(
                    target: target, targetLocation: key.location, expression: expression,
                    text: reader.text(value, "the expression") ?? "", origin: value.origin))
        }
        return result
    }

    private mutating func rejectLimit(_ node: DocumentNode?) -> RejectLimit? {
        guard let node, let text = reader.text(node, "'max_rejects'") else { return nil }
        if let count = Int(text), count >= 0 { return .count(count) }
        if text.hasSuffix("%"), let percent = ExactDecimal(text.dropLast()), percent.mantissa >= 0,
            percent <= ExactDecimal(100)
        {
            return .percent(percent)
        }
        reader.note(.wrongValue, node.location, "'max_rejects' is '\(text)'", "write a number such as 1000, or 5%")
        return nil
    }
}

/// The name of a target: words joined by dots, each with any number of `[n]`.
enum TargetPath {
    static func isValid(_ path: String) -> Bool {
        let parts = path.split(separator: ".", omittingEmptySubsequences: false)
        return parts.allSatisfy { part in
            let name = part.prefix { $0 != "[" }
            guard !name.isEmpty, !name.contains("]"), !name.unicodeScalars.contains(where: { $0.value < 0x20 }) else {
                return false
            }
            var rest = part.dropFirst(name.count)
            while rest.first == "[" {
                let digits = rest.dropFirst().prefix { $0.isASCII && $0.isNumber }
                rest = rest.dropFirst(digits.count + 1)
                guard !digits.isEmpty, rest.first == "]" else { return false }
                rest = rest.dropFirst()
            }
            return rest.isEmpty
        }
    }

    enum Step {
        case name(String)
        case item(Int)
    }

    /// The steps to a target: `phones[0].number` is phones, item 0, number.
    static func steps(of path: String) -> [Step] {
        path.split(separator: ".").flatMap { part -> [Step] in
            let pieces = part.split(separator: "[")
            guard let name = pieces.first else { return [] }
            return [.name(String(name))] + pieces.dropFirst().map { .item(Int($0.dropLast()) ?? .max) }
        }
    }

    /// The first word: `address` of `address.city`, or `nil` for a name that is not nested.
    static func root(of path: String) -> String? {
        let root = path.prefix { $0 != "." && $0 != "[" }
        return root.count == path.count ? nil : String(root)
    }
}
