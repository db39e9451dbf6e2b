import CPostgres

/// A connection, for as long as one closure runs on the connection's thread.
///
/// Its methods block that thread and nothing else. Used after the closure has returned, they throw `.usage`. Outside a
/// transaction, each statement commits by itself, and what a session sets (`SET`, temporary tables, advisory locks)
/// stays with the connection: prefer a transaction's settings, or undo it.
package final class Session {
    private var openLink: Link?

    init(_ link: Link) {
        openLink = link
    }

    func end() {
        openLink = nil
    }

    var link: Link {
        get throws {
            guard let openLink else {
                throw PostgresError(.usage, "the session was used after its closure had returned")
            }
            return openLink
        }
    }

    /// Runs a statement; returns how many rows it inserted, updated, deleted, copied or selected.
    @discardableResult
    package func execute(_ sql: SQL) throws -> Int {
        try link.run(sql).affectedRows
    }

    /// Runs a statement and reads each row of its result, which is held in memory; `forEach` is for large ones.
    package func query<T>(_ sql: SQL, _ row: (borrowing Row) throws -> T) throws -> [T] {
        let result = try link.run(sql)
        var values: [T] = []
        values.reserveCapacity(result.rowCount)
        for index in 0..<result.rowCount { values.append(try result.withRow(index, row)) }
        return values
    }

    /// Runs a statement and reads the first row of its result; nil if there is none.
    package func first<T>(_ sql: SQL, _ row: (borrowing Row) throws -> T) throws -> T? {
        let result = try link.run(sql)
        return result.rowCount == 0 ? nil : try result.withRow(0, row)
    }

    /// Runs a statement and reads its rows as they come from the server, in bounded memory.
    ///
    /// No other statement of the session may run meanwhile. When `row` throws, the statement is cancelled and the session
    /// can do nothing more: end it, which rolls an open transaction back.
    package func forEach(_ sql: SQL, _ row: (borrowing Row) throws -> Void) throws {
        try link.forEachRow(sql, row)
    }

    /// As `forEach`, for columns that are not known here.
    ///
    /// - Parameters:
    ///   - columns: gets their names before the first row, also where there is none.
    ///   - row: gets their values as the server writes them, nil for NULL.
    package func forEachAsText(
        _ sql: SQL, columns: ([String]) throws -> Void, row: ([String?]) throws -> Void
    ) throws {
        var isFirst = true
        var names: [String] = []
        try link.forEachRow(sql, asText: true, end: { names = $0.columnNames }) { line in
            if isFirst { try columns((0..<line.columnCount).map { line.columnName($0) ?? "" }) }
            isFirst = false
            try row(
                (0..<line.columnCount).map { column in line.withBytes(column) { String(decoding: $0, as: UTF8.self) } })
        }
        if isFirst { try columns(names) }
    }

    /// Runs one or more statements without values, as psql would: migrations and other files.
    ///
    /// They are one transaction, unless they say otherwise.
    package func script(_ text: String) throws {
        try link.script(text)
    }

    /// The identifier of a type, by its name as SQL writes it; asked once per connection.
    package func oid(ofType name: String) throws -> UInt32 {
        try link.typeIdentifiers(of: name).oid
    }
}
