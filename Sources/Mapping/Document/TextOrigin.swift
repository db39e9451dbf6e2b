/// Where a text of the document comes from, to find the place of a mistake inside it.
struct TextOrigin: Sendable {
    let start: Location
    /// Whether the text stands on its line as it is, so that columns inside it are known.
    let isExact: Bool

    func location(at offset: Int) -> Location {
        isExact ? Location(file: start.file, line: start.line, column: start.column + offset) : start
    }
}
