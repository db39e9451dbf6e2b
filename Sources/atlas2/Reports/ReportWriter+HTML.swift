import AuditLog
import Postgres
import Processing

/// A report as one page, for people: what it says of itself on the first sheet, then drawings, then tables.
struct HTMLReport: ReportWriter {
    private let outlet: Outlet
    private var table = ReportTable(record: "", title: "", columns: [])
    private var rows: Int64 = 0
    /// The groups of the row above.
    private var groups: [[String]] = []

    init(to outlet: Outlet) {
        self.outlet = outlet
    }

    func begin(_ head: ReportHead) throws {
        let title = "\(head.kind.title) of “\(head.tenant.slug)”"
        try outlet.write(HTMLPage.start(title: title))
        var page = HTMLPage()
        page.open("div", class: "sheet")
        page.tag("h1", title)
        page.tag("p", head.kind.question)
        if head.isSound {
            page.tag("p", head.found.verdict.capitalizedFirst + ".", class: "sound")
        } else {
            if !head.found.isSound {
                page.tag(
                    "p",
                    "\(head.found.verdict.capitalizedFirst). What this report shows may not be what happened: atlas2 log verify says more.",
                    class: "unsound")
            }
            for sentence in head.found.unmet { page.tag("p", "Not done: \(sentence).", class: "unsound") }
        }
        if head.found.sealedSize < head.size {
            page.tag(
                "p",
                "\((head.size - head.found.sealedSize).counting("event")) not sealed yet: no signed checkpoint covers what is marked so below, and who may write to the database could still change it unseen.",
                class: "open")
        }
        if let visibility = head.visibility { page.tag("p", visibility, class: "open") }
        page.table(head.facts.map { [$0, $1] })
        page.tag("h2", "What the verdict means")
        page.tag(
            "p",
            "The whole log was verified in the same run, before this report was made: every hash was computed anew and compared with what was signed. Names are those that people have today; what was erased is shown as erased."
        )
        page.list(head.found.notProved)
        page.close("div")
        try outlet.write(page.take())
    }

    mutating func chart(_ chart: BarChart, _ drawing: (BarChart) -> SVG) throws {
        guard !chart.bars.isEmpty else { return }
        var page = HTMLPage()
        page.open("figure")
        page.tag("h2", chart.title)
        page.drawing(drawing(chart))
        page.close("figure")
        try outlet.write(page.take())
    }

    mutating func beginTable(_ table: ReportTable) throws {
        self.table = table
        rows = 0
        groups = []
        var page = HTMLPage()
        page.tag("h2", table.title)
        if let explanation = table.explanation { page.tag("p", explanation) }
        try outlet.write(page.take())
    }

    mutating func row(_ cells: [ReportCell]) throws {
        var page = HTMLPage()
        if rows == 0 {
            page.open("table")
            page.head(table.columns.compactMap { column in column.heading.map { ($0, column.kind == .number) } })
        }
        rows += 1
        page.open("tr")
        var groups: [[String]] = []
        for (column, cell) in zip(table.columns, cells) where column.heading != nil {
            let lines = Self.lines(of: cell)
            if column.isGroup { groups.append(lines) }
            let isRepeated = column.isGroup && self.groups.starts(with: groups)
            page.cell(lines, class: column.kind.rawValue + (isRepeated ? " repeated" : ""))
        }
        self.groups = groups
        page.close("tr")
        try outlet.writeRow(Array(page.take().utf8))
    }

    mutating func endTable() throws {
        var page = HTMLPage()
        if rows == 0 { page.tag("p", table.nothing) } else { page.close("table") }
        try outlet.write(page.take())
    }

    func end() throws {
        try outlet.write(HTMLPage.end)
    }

    private static func lines(of cell: ReportCell) -> [String] {
        switch cell {
        case .text(let text): [text ?? ""]
        case .lines(let text, let more): [text] + more
        case .number(let number): [number.map(\.grouped) ?? ""]
        // Day and time below each other.
        case .time(let time): time?.forPeople.split(separator: " ").map(String.init) ?? [""]
        case .seconds(let seconds): [seconds.map(spell) ?? ""]
        case .json(let json): [json?.text ?? ""]
        case .seal(let seal): [seal == "sealed" ? "" : seal]
        }
    }

    private static func spell(_ seconds: Double) -> String {
        guard seconds >= 60 else { return "\((seconds * 10).rounded() / 10) s" }
        let whole = Int64(min(seconds, 1e15))
        return whole < 3600
            ? "\(whole / 60) min \(whole % 60) s" : "\((whole / 3600).grouped) h \(whole / 60 % 60) min"
    }
}
