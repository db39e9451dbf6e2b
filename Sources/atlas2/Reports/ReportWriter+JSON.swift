import Postgres

/// A report as an object a line: first what it says of itself, then its records.
struct JSONReport: ReportWriter {
    private let outlet: Outlet
    private var table = ReportTable(record: "", title: "", columns: [])

    init(to outlet: Outlet) {
        self.outlet = outlet
    }

    func begin(_ head: ReportHead) throws {
        try outlet.write(head.json.bytes + [0x0A])
    }

    mutating func chart(_ chart: BarChart, _ drawing: (BarChart) -> SVG) throws {}

    mutating func beginTable(_ table: ReportTable) throws { self.table = table }

    mutating func row(_ cells: [ReportCell]) throws {
        var members: [(String, JSONValue)] = [("record", .string(table.record))]
        for (column, cell) in zip(table.columns, cells) {
            let value: JSONValue =
                switch cell {
                case .text(let text): .optional(text)
                case .lines(let text, _), .seal(let text): .string(text)
                case .number(let number): .optional(number)
                case .time(let time): .optional(time?.description)
                case .seconds(let seconds): seconds.map { .decimal($0) } ?? .null
                case .json(let json): json.map { .text($0.bytes) } ?? .null
                }
            members.append((column.name, value))
        }
        try outlet.writeRow(JSONValue.object(members).bytes + [0x0A])
    }

    mutating func endTable() throws {}
    func end() throws {}
}
