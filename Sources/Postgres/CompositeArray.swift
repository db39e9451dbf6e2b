/// An array of a composite type, written once, in binary, into one buffer.
///
///     var appends = CompositeArray(of: "audit_append_item")
///     for event in events {
///         appends.appendRow { row in
///             row.append(event.id)
///             row.append(JSON(bytes: event.payload))
///         }
///     }
///     try session.query("SELECT … FROM audit_append(\(tenant), \(appends))") { … }
///
/// The server checks that each row's fields are those of the type, in number, order and exact type (`text` is not
/// `varchar`, `json` is not `jsonb`). The type's name is looked up once per connection; qualify it if the search path varies.
///
/// Source of the format: array_recv and record_recv in PostgreSQL's src/backend/utils/adt.
package struct CompositeArray: Sendable {
    package let typeName: String
    package private(set) var count = 0
    private var rows: [UInt8] = []

    package init(of typeName: String, reservingBytes capacity: Int = 0) {
        self.typeName = typeName
        rows.reserveCapacity(capacity)
    }

    /// Where the element's type stands in the encoded array: filled in by the session, which knows it.
    static let elementTypeOffset = 8

    package mutating func appendRow(_ fields: (inout CompositeRow) throws -> Void) rethrows {
        let start = rows.count
        rows.append(bigEndian: Int32(0))
        rows.append(bigEndian: Int32(0))
        var row = CompositeRow(bytes: rows)
        rows = []
        do {
            try fields(&row)
        } catch {
            rows = row.finish()
            rows.removeSubrange(start...)
            throw error
        }
        let fieldCount = row.count
        rows = row.finish()
        rows.replace(at: start, bigEndian: Int32(clamping: rows.count - start - 4))
        rows.replace(at: start + 4, bigEndian: fieldCount)
        count += 1
    }

    func encode(into bytes: inout [UInt8]) {
        bytes.reserveCapacity(bytes.count + rows.count + 20)
        bytes.append(bigEndian: Int32(count == 0 ? 0 : 1))
        bytes.append(bigEndian: Int32(0))
        bytes.append(bigEndian: UInt32(0))
        guard count > 0 else { return }
        bytes.append(bigEndian: Int32(clamping: count))
        bytes.append(bigEndian: Int32(1))
        bytes += rows
    }
}

/// The fields of one row of a `CompositeArray`, in the order of the type.
package struct CompositeRow: ~Copyable {
    fileprivate var bytes: [UInt8]
    fileprivate var count: Int32 = 0

    fileprivate init(bytes: consuming [UInt8]) {
        self.bytes = bytes
    }

    /// Gives the buffer back, so that its owner holds the only reference and writes without copying.
    fileprivate consuming func finish() -> [UInt8] {
        bytes
    }

    package mutating func append<Value: PostgresEncodable>(_ value: Value) {
        bytes.append(bigEndian: Value.postgresType.oid)
        bytes.append(lengthPrefixed: value)
        count += 1
    }

    /// Appends bytes as a value of the given type, whose binary form they must be.
    package mutating func append(_ value: UnsafeRawBufferPointer, as type: PostgresType) {
        bytes.append(bigEndian: type.oid)
        bytes.append(bigEndian: Int32(clamping: value.count))
        bytes.append(contentsOf: value)
        count += 1
    }
}
