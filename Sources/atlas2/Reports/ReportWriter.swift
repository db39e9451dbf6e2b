/// A format that reports are written in, record by record: memory holds one of them.
protocol ReportWriter {
    init(to outlet: Outlet)

    func begin(_ head: ReportHead) throws
    /// A drawing, for formats that have any.
    mutating func chart(_ chart: BarChart, _ drawing: (BarChart) -> SVG) throws
    mutating func beginTable(_ table: ReportTable) throws
    mutating func row(_ cells: [ReportCell]) throws
    mutating func endTable() throws
    func end() throws
}
