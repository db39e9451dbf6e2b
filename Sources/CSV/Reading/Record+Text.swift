extension Record {
    /// The cell as text.
    package func text(_ cell: Int) -> String {
        String(decoding: bytes[range(cell)], as: UTF8.self)
    }

    /// Appends a cell.
    package mutating func append(_ cell: String, quoted isQuoted: Bool = false) {
        bytes.append(contentsOf: cell.utf8)
        ends.append(bytes.count)
        quoted.append(isQuoted)
    }
}
