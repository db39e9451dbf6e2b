/// What is wrong in a projection's file: where, and what to do instead.
package struct Finding: Sendable, Hashable {
    package enum Severity: String, Sendable {
        /// The file is not installed.
        case error
        /// It is installed all the same.
        case hint
    }
    package var file: String
    package var line: Int
    /// In characters from 1; nil where the whole line is meant.
    package var column: Int?
    package var severity: Severity
    package var message: String
    package var advice: String
}

extension Finding: CustomStringConvertible {
    package var description: String {
        "\(file):\(line):\(column.map { "\($0):" } ?? "") \(severity == .hint ? "hint: " : "")\(message): \(advice)"
    }
}

extension Finding {
    /// A file that could not even be read as one.
    package init(_ error: DefinitionError) {
        self.init(
            file: error.file, line: error.line, column: nil, severity: .error, message: error.message,
            advice: "docs/projections.md shows the form of a file")
    }
}

extension Definition {
    /// The sections of a file, as its lines name them.
    enum Section: String {
        case schema, fold, indexes
    }

    func text(of section: Section) -> String {
        switch section {
        case .schema: schema
        case .fold: fold
        case .indexes: indexes
        }
    }

    /// A finding at a byte of a section.
    func finding(
        _ message: String, _ advice: String, in section: Section, at byte: Int, _ severity: Finding.Severity = .error
    ) -> Finding {
        let before = text(of: section).utf8.prefix(byte)
        let line = before.count { $0 == UInt8(ascii: "\n") }
        let start = before.lastIndex(of: UInt8(ascii: "\n")).map { before.index(after: $0) } ?? before.startIndex
        let column = String(before[start...])?.count ?? before.distance(from: start, to: before.endIndex)
        return Finding(
            file: file, line: (lines[section.rawValue] ?? 1) + line, column: column + 1, severity: severity,
            message: message, advice: advice)
    }

    /// A finding on the line of a key of the header.
    func finding(_ message: String, _ advice: String, on key: String) -> Finding {
        Finding(
            file: file, line: lines[key] ?? 1, column: nil, severity: .error, message: message, advice: advice)
    }
}
