import Postgres

extension Timestamp {
    /// `2026-11-23 16:40:12Z`; for machines there is `description`.
    var forPeople: String {
        let text = description
        guard let point = text.lastIndex(of: "."), let day = text.firstIndex(of: "T") else { return text }
        return "\(text[..<day]) \(text[text.index(after: day)..<point])Z"
    }
}
