import Foundation

/// What can be said of the personal part and the attachment that an erasure left of an event, when the salt that its hash
/// was made with is gone.
enum Remainder: Sendable, Equatable {
    /// The payload, which the log's entry commits to, proves all that is left.
    case proved
    /// Something is left that nothing proves: that it stood there before is only what the erasure says.
    case unproved
    /// Something is left that is not what stood there before, or cannot be read: why.
    case wrong(String)

    init(of event: RecordedEvent) {
        let attachment: Remainder =
            switch (event.attachment, event.type) {
            case (nil, _): .proved
            case (let attachment?, JobRowsProcessed.type), (let attachment?, JobRowsFixed.type):
                Self.rows(attachment, of: event)
            case (let attachment?, JobFileChunkStored.type): Self.lines(attachment, of: event)
            default: .unproved
            }
        self = attachment == .proved && event.personal != nil ? .unproved : attachment
    }

    /// Result rows: `rows_root` proves them, and `fields` their names; payloads of version 1 do not state those.
    private static func rows(_ attachment: [UInt8], of event: RecordedEvent) -> Remainder {
        guard let stated = try? event.resultChunkStatement(), let rows = ResultRows(attachment),
            stated.firstRow >= 0, stated.firstRow < Int.max - rows.rows.count
        else { return .wrong("what is left of the result rows cannot be read") }
        let root = rows.root(salt: event.salt ?? [], firstRow: stated.firstRow)
        guard root.hexadecimal == stated.rowsRoot, rows.rows.count == stated.lastRow - stated.firstRow + 1 else {
            return .wrong("the result rows that are left do not fit rows_root")
        }
        guard let fields = stated.fields else { return .unproved }
        return rows.names.map { fields.isIdentical(to: $0) } ?? false
            ? .proved : .wrong("the names of the result rows' values are not those that the payload states")
    }

    /// Lines of a file: `lines_root` proves them; payloads of version 1 have none.
    private static func lines(_ attachment: [UInt8], of event: RecordedEvent) -> Remainder {
        guard let stated = try? event.payload(of: JobFileChunkStored.self) else {
            return .wrong("what is left of the piece of the file cannot be read")
        }
        guard let root = stated.linesRoot else { return .unproved }
        guard let left = FileLines(attachment) else {
            return .wrong("what is left of the piece of the file cannot be read")
        }
        return left.root.hexadecimal == root && left.lines.count == stated.lines && left.content.count == stated.size
            ? .proved : .wrong("the lines of the file that are left do not fit lines_root")
    }
}

extension ResultRows {
    /// The names of an accepted row's values; nil where `fields` is no array of texts.
    package var names: [String]? {
        try? JSONDecoder().decode([String].self, from: Data(fields))
    }
}

extension [String] {
    /// Byte for byte: `==` takes texts for equal that Unicode says are.
    func isIdentical(to other: [String]) -> Bool {
        count == other.count && zip(self, other).allSatisfy { $0.isIdentical(to: $1) }
    }
}
