extension Detection {
    /// One property as text, for a listing.
    package struct Finding: Sendable, Equatable {
        /// As in `record_end`.
        package let name: String
        /// As in `utf-8`, `,`, `none`, `crlf`, `true`, `26`.
        package let value: String
        package let confidence: Double
        package let evidence: String
        package let runnerUp: String?
    }

    /// All properties, in the order in which they are decided.
    package var findings: [Finding] {
        [
            encoding.finding("encoding", \.rawValue),
            delimiter.finding("delimiter", \.text),
            quote.finding("quote") { $0.map(Self.text) ?? "none" },
            escape.finding("escape", \.rawValue),
            recordEnd.finding("record_end") { $0?.rawValue ?? "none" },
            preambleLines.finding("preamble_lines") { "\($0)" },
            header.finding("header") { "\($0)" },
            headerRows.finding("header_rows") { "\($0)" },
            footerLines.finding("footer_lines") { "\($0)" },
            secondTable.finding("second_table") { "\($0)" },
            columns.finding("columns") { "\($0)" },
            nulls.finding("nulls") { $0.isEmpty ? "none" : $0.joined(separator: ", ") },
        ]
    }

    private static func text(_ byte: UInt8) -> String {
        String(Character(UnicodeScalar(byte)))
    }
}

extension Detection.Property {
    fileprivate func finding(_ name: String, _ text: (Value) -> String) -> Detection.Finding {
        Detection.Finding(
            name: name, value: text(value), confidence: confidence, evidence: evidence, runnerUp: runnerUp.map(text))
    }
}
