import Foundation
import Postgres

/// The records of a report as one table for spreadsheets; what the report says of itself goes into a file beside it.
struct CSVReport: ReportWriter {
    private let outlet: Outlet
    private var writer = SpreadsheetWriter()
    private var hasHead = false
    private var isShown = true

    init(to outlet: Outlet) {
        self.outlet = outlet
    }

    func begin(_ head: ReportHead) throws {}

    mutating func chart(_ chart: BarChart, _ drawing: (BarChart) -> SVG) throws {}

    mutating func beginTable(_ table: ReportTable) throws {
        isShown = table.isInCSV
        guard isShown, !hasHead else { return }
        hasHead = true
        try outlet.write(try writer.line(table.columns.map { .text($0.name) }))
    }

    mutating func row(_ cells: [ReportCell]) throws {
        guard isShown else { return }
        let line = try writer.line(
            cells.map { cell in
                switch cell {
                case .text(let text): .text(text)
                case .lines(let text, _), .seal(let text): .text(text)
                case .number(let number): .number(number)
                case .time(let time): .text(time?.description)
                case .seconds(let seconds): .text(seconds.map { String(($0 * 1000).rounded() / 1000) })
                case .json(let json): .text(json?.text)
                }
            })
        try outlet.writeRow(line)
    }

    mutating func endTable() throws {}
    func end() throws {}
}
