/// Writes a page; every text in it is escaped.
struct HTMLPage {
    private var body = ""

    mutating func tag(_ name: StaticString, _ text: String, class style: StaticString = "") {
        body += style.utf8CodeUnitCount == 0 ? "<\(name)>" : "<\(name) class=\"\(style)\">"
        body += Self.escaped(text) + "</\(name)>\n"
    }

    mutating func list(_ items: [String]) {
        body += "<ul>\n" + items.map { "<li>\(Self.escaped($0))</li>\n" }.joined() + "</ul>\n"
    }

    /// - Parameter head: the columns' names; without them the first column names the rows.
    mutating func table(_ rows: [[String]], head: [String] = []) {
        body += "<table>\n"
        if !head.isEmpty { body += "<tr>" + head.map { "<th>\(Self.escaped($0))</th>" }.joined() + "</tr>\n" }
        for row in rows {
            let cells = row.enumerated().map { index, cell in
                let name = head.isEmpty && index == 0 ? "th" : "td"
                return "<\(name)>\(Self.escaped(cell))</\(name)>"
            }
            body += "<tr>" + cells.joined() + "</tr>\n"
        }
        body += "</table>\n"
    }

    func text(title: String) -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <meta name="viewport" content="width=device-width">
        <title>\(Self.escaped(title))</title>
        <style>
        body { font: 16px/1.5 sans-serif; margin: 2em auto; max-width: 72em; padding: 0 1em; }
        table { border-collapse: collapse; }
        th, td { border: 1px solid #999; padding: 0.2em 0.6em; text-align: left; overflow-wrap: anywhere; }
        pre { background: #eee; overflow-x: auto; padding: 1em; }
        .sound { background: #dfd; padding: 0.5em; }
        .unsound { background: #fdd; font-weight: bold; padding: 0.5em; }
        </style>
        </head>
        <body>
        \(body)</body>
        </html>

        """
    }

    private static func escaped(_ text: String) -> String {
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
