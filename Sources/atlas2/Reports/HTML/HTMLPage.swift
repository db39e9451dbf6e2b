/// Writes a page that needs nothing else: no scripts, no network; every text in it is escaped.
///
/// What was written may be taken piece by piece: `start(title:)`, what `take()` gives, `end`.
struct HTMLPage {
    private var body = ""

    /// Hands over what was written since the last time.
    mutating func take() -> String {
        defer { body = "" }
        return body
    }

    mutating func tag(_ name: StaticString, _ text: String, class style: StaticString = "") {
        open(name, class: style)
        body += Self.escaped(text)
        close(name)
    }

    mutating func open(_ name: StaticString, class style: StaticString = "") {
        body += style.utf8CodeUnitCount == 0 ? "<\(name)>" : "<\(name) class=\"\(style)\">"
    }

    mutating func close(_ name: StaticString) {
        body += "</\(name)>\n"
    }

    mutating func list(_ items: [String]) {
        body += "<ul>\n" + items.map { "<li>\(Self.escaped($0))</li>\n" }.joined() + "</ul>\n"
    }

    mutating func drawing(_ drawing: SVG) {
        body += drawing.text
    }

    /// - Parameter head: the columns' names; without them the first column names the rows.
    mutating func table(_ rows: [[String]], head: [String] = []) {
        open("table")
        if !head.isEmpty { self.head(head.map { ($0, false) }) }
        for row in rows {
            let cells = row.enumerated().map { index, cell in
                let name = head.isEmpty && index == 0 ? "th" : "td"
                return "<\(name)>\(Self.escaped(cell))</\(name)>"
            }
            body += "<tr>" + cells.joined() + "</tr>\n"
        }
        close("table")
    }

    /// The head of a table whose rows follow one by one; it is printed again on each sheet.
    mutating func head(_ columns: [(name: String, isNumber: Bool)]) {
        body += "<thead><tr>"
        for column in columns {
            body += "<th\(column.isNumber ? " class=\"number\"" : "")>\(Self.escaped(column.name))</th>"
        }
        body += "</tr></thead>\n"
    }

    /// A cell of such a row; what stands behind the first line is written smaller.
    mutating func cell(_ lines: [String], class style: String) {
        body += "<td class=\"\(Self.escaped(style))\">"
        body += Self.escaped(lines.first ?? "")
        for line in lines.dropFirst() { body += "<div class=\"more\">\(Self.escaped(line))</div>" }
        body += "</td>"
    }

    static func start(title: String) -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <meta name="viewport" content="width=device-width">
        <title>\(escaped(title))</title>
        <style>
        body { color: #111; font: 15px/1.5 system-ui, "Liberation Sans", "DejaVu Sans", sans-serif; margin: 2em auto; max-width: 72em; padding: 0 1.5em; }
        h1 { border-bottom: 3px solid #1f4e79; font-size: 1.7em; line-height: 1.25; padding-bottom: 0.3em; }
        h2 { color: #1f4e79; font-size: 1.2em; margin-top: 2em; }
        table { border-collapse: collapse; width: 100%; }
        th, td { border-bottom: 1px solid #ccc; overflow-wrap: anywhere; padding: 0.3em 0.6em; text-align: left; vertical-align: top; }
        thead th { background: #eef3f8; border-bottom: 2px solid #1f4e79; overflow-wrap: normal; }
        tbody th, table:not(:has(thead)) th { font-weight: 600; min-width: 11em; width: 22%; }
        td { min-width: 7em; }
        figure { margin: 0; }
        tr, svg, figure { break-inside: avoid; }
        h2, thead { break-after: avoid; }
        pre { background: #eee; overflow-wrap: anywhere; padding: 1em; white-space: pre-wrap; }
        svg { display: block; height: auto; margin: 1em 0; max-width: 100%; width: 860px; }
        .number { min-width: 0; text-align: right; white-space: nowrap; }
        .short { min-width: 0; white-space: nowrap; }
        .person { min-width: 11em; }
        .sentence { min-width: 14em; width: 50%; }
        .more { color: #555; font-size: 0.87em; }
        .repeated, .repeated .more { color: #aaa; }
        .sound, .unsound { border-left: 6px solid #2e7d32; background: #eaf5ea; padding: 0.6em 1em; }
        .unsound { border-color: #c62828; background: #fdeaea; font-weight: bold; }
        .open { border-left: 6px solid #b26a00; background: #fff5e0; padding: 0.6em 1em; }
        @page { size: A4; margin: 16mm 14mm; }
        @media print {
            body { font-size: 9.5pt; margin: 0; max-width: none; padding: 0; }
            thead th, .sound, .unsound, .open, pre { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
            .sheet { break-after: page; }
            td { min-width: 6em; }
            .person { min-width: 9.5em; }
        }
        </style>
        </head>
        <body>

        """
    }

    static let end = "</body>\n</html>\n"

    static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case "\t", "\n": escaped.unicodeScalars.append(character)
            // Controls mean nothing in a page; what would reorder a line must not.
            case _ where character.steers: escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
