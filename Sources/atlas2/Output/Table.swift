/// Lines in aligned columns under a heading.
struct Table {
    enum Alignment {
        case left
        case right
    }

    private let headings: [String]
    private let alignments: [Alignment]
    private var rows: [[String]] = []

    /// A heading that starts with `>` stands over numbers, which are aligned to the right.
    init(_ headings: String...) {
        self.init(headings)
    }

    init(_ headings: [String]) {
        alignments = headings.map { $0.hasPrefix(">") ? .right : .left }
        self.headings = headings.map { $0.hasPrefix(">") ? String($0.dropFirst()) : $0 }
    }

    var isEmpty: Bool { rows.isEmpty }

    mutating func add(_ cells: String...) {
        add(cells)
    }

    mutating func add(_ cells: [String]) {
        rows.append(cells.map(\.printable))
    }

    func print() throws {
        let lines = [headings.map { $0.uppercased() }] + rows
        let widths = headings.indices.map { column in lines.map { $0[column].columns }.max() ?? 0 }
        for line in lines {
            var text = ""
            for (column, cell) in line.enumerated() {
                let padding = String(repeating: " ", count: widths[column] - cell.columns)
                text += alignments[column] == .right ? padding + cell : cell + padding
                text += "  "
            }
            while text.last == " " { text.removeLast() }
            try Output.line(text)
        }
    }
}
