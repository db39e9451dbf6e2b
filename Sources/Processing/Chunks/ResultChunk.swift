package import AuditLog

/// The results of up to 4,096 rows that follow one another: what one `job.rows_processed` event holds.
package struct ResultChunk: Sendable {
    /// Rows a chunk holds at most.
    package static let maxRows = 4096
    /// Bytes of the body from which on a chunk takes no more rows (4 MiB).
    package static let maxBytes = 4 << 20

    /// UTF-8 JSON: `{"fields":["a","b.c"],"rows":[…]}`, nothing between the parts.
    ///
    /// An accepted row is the array of its values by position, or `{"values":[…],"warnings":{"line":…,"errors":[…]}}` where a
    /// value was refused and left blank; a rejected row is `{"line":…,"cells":[…],"errors":[…]}`, a skipped one
    /// `{"skipped":{"line":…,"field":…,"rule":"drop_row_if"}}`. Of a row that was fixed, and is not rejected, it stands behind the
    /// cells that were given: `{"fixed":{"line":…,"cells":[…]},"result":…}`.
    package let body: [UInt8]
    /// Numbers of the first and last row.
    package let rows: ClosedRange<Int>
    package let accepted: Int
    /// Rows that the mapping leaves out.
    package let skipped: Int
    package var rejected: Int { rows.count - accepted - skipped }
    /// How often values and rows were refused by field, rule and code, in the order of their bytes, row checks first.
    package let errors: [JobRowsProcessed.Rejections]
    /// Where each row begins in the body; it ends a byte (the comma) before the next, the last at `end`.
    let starts: [Int]
    let end: Int
    /// The target fields, in the order of an accepted row's values.
    package let fields: [String]
    /// 16 random bytes.
    package let salt: [UInt8]

    /// RFC 6962 root over the rows (see ``RowTree``), lower-case hexadecimal; hashes all of them.
    package var rowsRoot: String {
        body.withUnsafeBytes {
            RowTree.root(of: $0, starts: starts, end: end, firstRow: rows.lowerBound, salt: salt)
        }.hexadecimal
    }

    /// A fresh salt from the system's random numbers.
    package static func randomSalt() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<2).flatMap { _ in withUnsafeBytes(of: generator.next()) { [UInt8]($0) } }
    }
}
