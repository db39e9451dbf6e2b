/// Proposes where the fields of an API may come from in a file.
///
/// Pure and deterministic. Precision before recall: a source is taken only if its name is the field's (or a mapping of
/// the tenant has used it before), its values fit, and nothing else fits as well.
package struct Suggester {
    private let fields: [Field]
    private let table: TableSample
    private let confirmed: [Document]
    /// For each column the name that the header has for it.
    private let names: [String]

    /// - Parameter confirmed: the mappings that the tenant uses for the same API, each in its latest version.
    package init(_ fields: [Field], _ table: TableSample, confirmed: [Document] = []) {
        self.fields = fields
        self.table = table
        self.confirmed = confirmed
        names = Self.headerNames(of: table.columns, fields)
    }

    /// One for each field, in the order of the fields.
    package func suggestions() -> [FieldSuggestion] {
        var suggestions = fields.map { field in
            let before = Confirmation.candidates(for: field, in: table, confirmed)
            let named = table.columns.indices.compactMap { candidate(field, $0) }
                .filter { named in !before.contains { $0.columns == named.columns } }
            let candidates = before + named
            return FieldSuggestion(field, candidates.isEmpty ? byValues(field) : candidates)
        }
        leaveRivals(in: &suggestions)
        return suggestions
    }

    /// A column that two fields would take is taken for neither, unless a mapping before did so.
    private func leaveRivals(in suggestions: inout [FieldSuggestion]) {
        let taken = suggestions.map(\.taken)
        for (index, candidate) in taken.enumerated() {
            guard let candidate, !candidate.isConfirmed else { continue }
            let rival = taken.indices.first { other in
                other != index
                    && taken[other]?.columns.contains { name in candidate.columns.contains { $0.isSpelled(name) } }
                        == true
            }
            if let rival { suggestions[index].doubt("'\(fields[rival].name)' fits the column as well") }
        }
    }

    // MARK: - One field and one column

    private func candidate(_ field: Field, _ index: Int) -> FieldSuggestion.Candidate? {
        let column = table.columns[index]
        let match = NameMatch(field: field.name, column: names[index])
        guard match.score > 0 else { return nil }
        var confidence = match.score
        var reasons = [match.reason]
        if confidence >= 0.95, isLastNameShared(field) {
            confidence = 0.9
            reasons.append("other fields have the same last name")
        }
        guard confidence >= 0.5 else {
            return FieldSuggestion.Candidate(
                columns: [column], expression: Lexer.columnText(column), confidence: confidence, reasons: reasons)
        }
        let fit = Fit(field, table.samples[index])
        confidence = min(confidence, fit.limit(field))
        if field.type.isTelling, fit.total > 0, fit.passing == fit.total {
            if match.isSynonym { confidence = 0.95 } else if confidence < 0.9 { confidence += 0.05 }
        }
        if let reason = fit.reason(field) { reasons.append(reason) }
        return FieldSuggestion.Candidate(
            columns: [column], expression: Lexer.columnText(column) + (fit.steps ?? ""), confidence: confidence,
            reasons: reasons)
    }

    /// The columns' names, without the number of one that has a name for the second time: either may be meant. A field of
    /// that name means the number.
    private static func headerNames(of columns: [String], _ fields: [Field]) -> [String] {
        let known = Set(columns.map { Array($0.utf8) })
        let meant = Set(fields.map { NameWords($0.name).joined })
        return columns.map { column in
            guard let mark = column.lastIndex(of: "_"), let number = Int(column[column.index(after: mark)...]),
                number > 1, known.contains(Array(column[..<mark].utf8)), !meant.contains(NameWords(column).joined)
            else { return column }
            return String(column[..<mark])
        }
    }

    /// Whether a nested field has a name that others have too, each in its own group.
    private func isLastNameShared(_ field: Field) -> Bool {
        let path = TargetPath.names(in: field.name)
        guard path.count > 1, let last = path.last.map({ NameWords($0).joined }) else { return false }
        return fields.count(where: { TargetPath.names(in: $0.name).last.map { NameWords($0).joined } == last }) > 1
    }

    // MARK: - Values alone

    /// The only column whose values have the telling form of a field that no column is named like.
    private func byValues(_ field: Field) -> [FieldSuggestion.Candidate] {
        guard field.type.isTelling, fields.count(where: { $0.type == field.type }) == 1 else {
            return []
        }
        let fits = table.samples.indices.map { Fit(field, table.samples[$0]) }
        let columns = fits.indices.filter { fits[$0].total > 2 && fits[$0].passing == fits[$0].total }
        guard columns.count == 1 else { return [] }
        let (column, fit) = (table.columns[columns[0]], fits[columns[0]])
        return [
            FieldSuggestion.Candidate(
                columns: [column], expression: Lexer.columnText(column) + (fit.steps ?? ""), confidence: 0.62,
                reasons: ["the only column of \(field.type.values)"])
        ]
    }
}

extension FieldType {
    /// Whether values of the type tell by their form what they are.
    var isTelling: Bool { self == .email || self == .url || self == .uuid }

    /// Values of the type, in a sentence.
    var values: String {
        switch self {
        case .string: "texts"
        case .number: "numbers"
        case .integer: "whole numbers"
        case .boolean: "truths"
        case .email: "e-mail addresses"
        case .phone: "telephone numbers"
        case .date: "dates"
        case .url: "web addresses"
        default: "values of type \(rawValue)"
        }
    }
}

extension Fit {
    /// How sure a pair can be at most, whatever its names say.
    func limit(_ field: Field) -> Double {
        if total == 0 { return field.type == .string ? 1 : 0.9 }
        if isVetoed { return 0.3 }
        if read * 10 < total * 9 || passing * 10 < total * 9 { return 0.75 }
        return steps != nil || isReadAsItStands ? 1 : 0.9
    }

    /// What the values say of the pair.
    func reason(_ field: Field) -> String? {
        if total == 0 { return "no values in the sample" }
        let said = "\(read) of \(total) values can be read as \(field.type.values)"
        if read < total { return said }
        if !alternatives.isEmpty {
            return "values can be read in several ways:\(alternatives.prefix(3).joined(separator: ", or"))"
        }
        if passing < total { return "\(passing) of \(total) values pass the checks of the field" }
        return field.type == .string ? nil : said
    }
}
