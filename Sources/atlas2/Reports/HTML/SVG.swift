/// A drawing inside a page; every text in it is escaped.
struct SVG {
    private var body = ""
    private let width: Int
    private let height: Int
    /// What it shows, for who does not see it.
    private let label: String

    /// In pixels.
    init(width: Int, height: Int, label: String) {
        self.width = width
        self.height = height
        self.label = label
    }

    enum Anchor: String {
        case start
        case middle
        case end
    }

    /// - Parameter title: what is shown where the pointer rests on it.
    mutating func rectangle(x: Double, y: Double, width: Double, height: Double, fill: String, title: String = "") {
        body += """
            <rect x="\(Self.number(x))" y="\(Self.number(y))" width="\(Self.number(width))" height="\(Self.number(height))" fill="\(fill)">
            """
        if !title.isEmpty { body += "<title>\(HTMLPage.escaped(title))</title>" }
        body += "</rect>\n"
    }

    mutating func line(x1: Double, y1: Double, x2: Double, y2: Double, stroke: String) {
        body += """
            <line x1="\(Self.number(x1))" y1="\(Self.number(y1))" x2="\(Self.number(x2))" y2="\(Self.number(y2))" stroke="\(stroke)"/>

            """
    }

    mutating func text(_ text: String, x: Double, y: Double, anchor: Anchor = .start) {
        body += """
            <text x="\(Self.number(x))" y="\(Self.number(y))" text-anchor="\(anchor.rawValue)">\(HTMLPage.escaped(text))</text>

            """
    }

    var text: String {
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" width="\(width)" height="\(height)" \
        role="img" aria-label="\(HTMLPage.escaped(label))" font-family="sans-serif" font-size="12" fill="#333">
        \(body)</svg>

        """
    }

    /// With one decimal.
    private static func number(_ value: Double) -> String { String((value * 10).rounded() / 10) }
}
