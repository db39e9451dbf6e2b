/// A mapping document made of suggestions, for a person to go over.
package struct SuggestedMapping {
    package let name: String
    package let api: String
    /// The API written out; `nil` where it is registered, and the document names it only.
    package let definition: API?
    /// Keys of `source` and their values, in YAML.
    package let source: [(key: String, value: String)]
    package let columns: [String]
    package let suggestions: [FieldSuggestion]

    package init(
        name: String, api: String, definition: API?, source: [(key: String, value: String)], columns: [String],
        suggestions: [FieldSuggestion]
    ) {
        self.name = name
        self.api = api
        self.definition = definition
        self.source = source
        self.columns = columns
        self.suggestions = suggestions
    }

    /// The columns that nothing taken reads.
    package var unusedColumns: [String] {
        let used = suggestions.compactMap(\.taken).flatMap(\.columns)
        return columns.filter { column in !used.contains { $0.isSpelled(column) } }
    }

    /// The document in YAML. What is taken stands in it; what is proposed stands in comments that become part of it
    /// without their `# `; above each is why.
    package var yaml: String {
        var lines = [
            "# Suggested; read it before you use it. A line such as \"# field: $column\" is a proposal: without its # it counts.",
            "name: \(YAMLText.scalar(name))",
        ]
        lines += apiLines
        if !source.isEmpty {
            lines.append("source: {\(source.map { "\($0.key): \($0.value)" }.joined(separator: ", "))}")
        }
        lines.append("mappings:")
        for suggestion in suggestions { lines += self.lines(of: suggestion) }
        if !unusedColumns.isEmpty {
            let names = unusedColumns.map { Lexer.columnText($0) }.joined(separator: ", ")
            lines += ["", "# Columns that nothing reads: \(YAMLText.comment(names))"]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var apiLines: [String] {
        let name = YAMLText.scalar(api)
        guard let api = definition else { return ["api: \(name)"] }
        var lines = ["api:", "  name: \(name)"]
        if let kind = api.kind { lines.append("  type: \(kind.rawValue)") }
        if let url = api.baseURL { lines.append("  base_url: \(YAMLText.scalar(url))") }
        if let authentication = api.authentication { lines.append("  auth_type: \(authentication.rawValue)") }
        lines.append("  fields:")
        for field in api.fields ?? [] { lines.append("    - \(YAMLText.flow(field.json))") }
        return lines
    }

    private func lines(of suggestion: FieldSuggestion) -> [String] {
        let field = suggestion.field
        let target = YAMLText.scalar(field.name)
        let kind = field.isRequired ? ", required" : ""
        func entry(_ candidate: FieldSuggestion.Candidate) -> String {
            "\(target): \(YAMLText.scalar(candidate.expression))"
        }
        func reason(_ candidate: FieldSuggestion.Candidate) -> String {
            YAMLText.comment("  # \(candidate.confidence): \(candidate.reasons.joined(separator: "; "))")
        }
        switch suggestion.status {
        case .taken:
            return suggestion.candidates.prefix(1).flatMap { [reason($0), "  \(entry($0))"] }
        case .proposed:
            let near = suggestion.candidates.filter { $0.confidence >= FieldSuggestion.near }
            return near.flatMap { [reason($0), "  # \(entry($0))"] }
        case .open:
            let nearest = suggestion.candidates.map { "\($0.expression) (\($0.confidence))" }.joined(separator: ", ")
            let what = "no source for \(field.name) (\(field.type.rawValue)\(kind))"
            return [YAMLText.comment("  # \(what)" + (nearest.isEmpty ? "" : "; nearest: \(nearest)"))]
        }
    }
}
