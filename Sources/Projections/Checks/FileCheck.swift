/// Reads a projection's file for what would make its rows differ from a replay of them, or reach what is not its own.
///
/// Pure: it knows the file and the names that are taken, and asks no database.
package struct FileCheck {
    let definition: Definition
    let names: TakenNames

    package init(_ definition: Definition, names: TakenNames) {
        self.definition = definition
        self.names = names
    }

    /// In the order of the file's lines.
    package func findings() -> [Finding] {
        var findings = header()
        for section in [Definition.Section.schema, .fold, .indexes] { findings += closing(section) }
        // What is not closed reads as something else than it is.
        guard findings.isEmpty else { return findings }
        findings += TableCheck(definition: definition, names: names).findings()
        for section in [Definition.Section.schema, .fold, .indexes] {
            for statement in Statement.split(definition.text(of: section)) {
                let tokens = statement.tokens
                findings += StatementKindCheck(definition: definition, section: section, tokens: tokens).findings()
                findings += CallCheck(definition: definition, section: section, tokens: tokens).findings()
                findings += CastCheck(definition: definition, section: section, tokens: tokens).findings()
                guard section == .fold else { continue }
                findings += RelationCheck(definition: definition, tokens: tokens).findings()
                findings += OrderCheck(definition: definition, tokens: tokens).findings()
            }
        }
        return Array(Set(findings)).sorted {
            ($0.line, $0.column ?? 0, $0.message) < ($1.line, $1.column ?? 0, $1.message)
        }
    }

    private func header() -> [Finding] {
        var findings: [Finding] = []
        for reference in definition.references {
            let isOwn = definition.tables.contains(reference.table)
            let isKnown =
                names.projections.values.joined().contains(reference.target)
                || definition.tables.contains(reference.target)
            if !isOwn || !isKnown {
                findings.append(
                    definition.finding(
                        "a foreign key from \(reference.table) to \(reference.target) cannot be made",
                        isOwn
                            ? "\(reference.target) is the table of no projection"
                            : "name one of this file's own tables first",
                        on: "references"))
            }
        }
        if ["inline", "constraints"].contains(definition.name) {
            findings.append(
                definition.finding(
                    "fold_\(definition.name) is a function of Atlas2", "choose another name", on: "projection"))
        }
        return findings
    }

    /// Quotes and comments that nothing ends; they would take in what stands behind the section.
    private func closing(_ section: Definition.Section) -> [Finding] {
        var comment: Int?
        let text = definition.text(of: section)
        let tokens = Tokenizer.tokens(of: text, unclosedComment: &comment)
        var findings = tokens.filter { !$0.isClosed }.map {
            definition.finding(
                "a quote is opened and not closed", "close it in this section", in: section, at: $0.range.lowerBound)
        }
        if let comment {
            findings.append(
                definition.finding("a comment is opened and not closed", "end it with */", in: section, at: comment))
        }
        for quote in ["$fold$", "$install$"] {
            // Wherever it stands, in comments too: the file is put between two of them.
            if let place = text.ranges(of: quote).first {
                findings.append(
                    definition.finding(
                        "\(quote) is Atlas2's own quote", "choose another dollar quote", in: section,
                        at: text.utf8.distance(from: text.startIndex, to: place.lowerBound)))
            }
        }
        return findings
    }
}
