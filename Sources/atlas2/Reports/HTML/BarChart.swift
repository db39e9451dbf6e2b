import AuditLog

/// Bars that people would rather look at than read numbers.
struct BarChart {
    /// What the parts of each bar are, from below; their colours can be told apart in grey and by the colour-blind.
    var series: [String]
    var bars: [(label: String, values: [Int64])]
    var title: String
    /// What is counted, in the plural.
    var unit: String

    private static let colours = ["#1f4e79", "#e08a1e", "#7fb3d5", "#7a7a7a"]

    private var greatest: Int64 { max(1, bars.map { $0.values.reduce(0, +) }.max() ?? 1) }

    private func words(_ bar: (label: String, values: [Int64])) -> String {
        let values = zip(series, bar.values).map { "\($1.grouped) \($0)" }.joined(separator: ", ")
        return "\(bar.label): \(values)"
    }

    /// Standing bars in the order of time.
    var columns: SVG {
        let (width, height, left, top, bottom) = (760.0, 250.0, 64.0, 30.0, 36.0)
        let label = "\(title): \(bars.count.counting("bar")), at most \(greatest.grouped) \(unit)"
        var drawing = SVG(width: Int(width), height: Int(height), label: label)
        let step = Self.step(greatest)
        let top100 = (greatest + step - 1) / step * step
        let scale = (height - top - bottom) / Double(top100)
        for value in stride(from: 0, through: top100, by: Int(step)) {
            let y = height - bottom - Double(value) * scale
            drawing.line(x1: left, y1: y, x2: width, y2: y, stroke: value == 0 ? "#333" : "#ddd")
            drawing.text(value.grouped, x: left - 8, y: y + 4, anchor: .end)
        }
        let place = (width - left) / Double(max(1, bars.count))
        let every = max(1, Int((76 / place).rounded(.up)))
        for (index, bar) in bars.enumerated() {
            let x = left + (Double(index) + 0.5) * place
            let barWidth = max(0.5, min(46, place * 0.72))
            var y = height - bottom
            for (number, value) in bar.values.enumerated() where value > 0 {
                y -= Double(value) * scale
                drawing.rectangle(
                    x: x - barWidth / 2, y: y, width: barWidth, height: Double(value) * scale,
                    fill: Self.colours[number % Self.colours.count], title: words(bar))
            }
            if index % every == 0 { drawing.text(bar.label, x: x, y: height - bottom + 18, anchor: .middle) }
        }
        legend(&drawing, x: left)
        return drawing
    }

    /// Lying bars with their names, for what has no order of its own.
    var rows: SVG {
        let (width, left, line) = (760.0, 280.0, 24.0)
        var drawing = SVG(
            width: Int(width), height: Int(Double(bars.count) * line) + 8, label: "\(title), in \(unit)")
        let scale = (width - left - 90) / Double(greatest)
        for (index, bar) in bars.enumerated() {
            let y = Double(index) * line + 4
            let sum = bar.values.reduce(0, +)
            drawing.text(bar.label.shortened(to: 40), x: left - 10, y: y + 15, anchor: .end)
            drawing.rectangle(
                x: left, y: y + 2, width: max(1, Double(sum) * scale), height: line - 8, fill: Self.colours[0],
                title: words(bar))
            drawing.text(sum.grouped, x: left + max(1, Double(sum) * scale) + 8, y: y + 15)
        }
        return drawing
    }

    private func legend(_ drawing: inout SVG, x: Double) {
        guard series.count > 1 else { return }
        var x = x
        for (number, name) in series.enumerated() {
            drawing.rectangle(x: x, y: 6, width: 12, height: 12, fill: Self.colours[number % Self.colours.count])
            drawing.text(name, x: x + 18, y: 16)
            x += 40 + Double(name.count) * 7
        }
    }

    /// A round distance of lines: 1, 2 or 5 times a power of ten, so that there are at most five.
    private static func step(_ greatest: Int64) -> Int64 {
        var power: Int64 = 1
        while true {
            for factor in [1, 2, 5] as [Int64] where greatest <= 5 * factor * power { return factor * power }
            power *= 10
        }
    }
}
