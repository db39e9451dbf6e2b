/// The rows of a lookup table in memory, found by their keys.
///
/// A row is a record: the record before it (8 bytes), then items of a length (4 bytes) and as many bytes. The first items
/// are the keys (``LookupKey``), empty where one of their fields is blank; the others the columns, empty for a blank, else
/// a byte for the kind of the value and its canonical text.
///
/// `@unchecked Sendable`: what its pointers lead to is written before the table is made, and only read from then on.
package final class LookupTable: @unchecked Sendable {
    /// Open addressing, at most half full: the record of a row, or nil.
    struct Index {
        let slots: UnsafeMutablePointer<UnsafeRawPointer?>
        let mask: Int
    }

    package let description: TableDescription
    /// How many rows it was read from.
    package let rows: Int
    /// Bytes that it takes.
    package var size: Int { memory.size }
    /// The fields of each key, and the columns, in the order of a record's items.
    let keys: [[String]]
    let columns: [String]
    private let memory: LookupMemory
    private let indexes: [Index]

    /// A table of which nothing is known but what it has.
    package convenience init(_ description: TableDescription, for use: TableUse) {
        self.init(LookupTableBuilder(description, for: use))
    }

    /// - Parameter builder: not used any more.
    init(_ builder: LookupTableBuilder) {
        description = builder.description
        rows = builder.rows
        keys = builder.keys
        columns = builder.columns
        memory = builder.memory
        indexes = builder.indexes()
    }

    /// The record of the row with a key.
    @inline(__always)
    func row(_ key: Int, _ bytes: Bytes) -> UnsafeRawPointer? {
        let index = indexes[key]
        var slot = Self.hash(bytes) & index.mask
        while let row = index.slots[slot] {
            if Self.item(key, of: row).elementsEqual(bytes) { return row }
            slot = (slot + 1) & index.mask
        }
        return nil
    }

    /// Seeded at random, because the keys come from files: nobody can choose ones that collide. It changes where rows lie,
    /// never what is found.
    static func hash(_ bytes: Bytes) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
        return hasher.finalize()
    }

    static let headSize = MemoryLayout<UnsafeRawPointer?>.size
    static let lengthSize = MemoryLayout<UInt32>.size

    /// An item of a row's record.
    @inline(__always)
    static func item(_ number: Int, of row: UnsafeRawPointer) -> Bytes {
        var place = row + headSize
        for _ in 0..<number { place += lengthSize + Int(place.loadUnaligned(as: UInt32.self)) }
        let count = Int(place.loadUnaligned(as: UInt32.self))
        return Bytes(start: (place + lengthSize).assumingMemoryBound(to: UInt8.self), count: count)
    }
}

/// The column of a table that a call of `lookup` gives, and the key that it looks for.
struct LookupColumn: Sendable {
    let table: LookupTable
    let key: Int
    let column: Int
    /// Of the column's values.
    let type: ValueType
    private let missing: Failure

    init(table: LookupTable, key: Int, column: Int, type: ValueType) {
        self.table = table
        self.key = key
        self.column = column
        self.type = type
        missing = .notInTable(table.description.name)
    }

    /// The value in the row with a key that is not blank; the table keeps its text.
    @inline(__always)
    func value(for key: Value, _ workspace: Workspace) -> Value {
        guard let row = table.row(self.key, LookupKey.bytes(of: key, workspace)) else {
            return workspace.fail(missing)
        }
        return LookupItem.value(of: LookupTable.item(table.keys.count + column, of: row))
    }
}

/// A value as a record's item: a byte for its kind, and its canonical text.
enum LookupItem {
    static func append(_ value: Value, to item: inout [UInt8], _ workspace: Workspace) {
        let kind: Unicode.Scalar
        switch value {
        case .null, .failed: return
        case .text: kind = "\""
        case .number: kind = "#"
        case .boolean: kind = "?"
        case .date: kind = "d"
        case .datetime: kind = "t"
        case .json: kind = "{"
        }
        guard case .text(let bytes) = Conversion.convert(value, to: .text, workspace) else { return }
        item.append(UInt8(ascii: kind))
        item.append(contentsOf: bytes)
    }

    static func value(of item: Bytes) -> Value {
        guard let kind = item.first else { return .null }
        let text = Bytes(rebasing: item.dropFirst())
        switch kind {
        case UInt8(ascii: "\""): return .text(text)
        case UInt8(ascii: "{"): return .json(text)
        case UInt8(ascii: "?"): return .boolean(text.first == UInt8(ascii: "t"))
        case UInt8(ascii: "d"): if case .date(let date) = CalendarDate.scan(text) { return .date(date) }
        case UInt8(ascii: "t"): if let datetime = Datetime.scan(text) { return .datetime(datetime) }
        default: if case .number(let number) = ExactDecimal.scan(text) { return .number(number) }
        }
        return .text(text)
    }
}

extension Failure {
    static func notInTable(_ name: String) -> Failure {
        Failure(
            "not_in_table",
            "no row of the table '\(name)' has this key; correct the cell, add the row to the table's file and run that, or "
                + "give a value for all others with ??")
    }
    static let unknownTable = Failure(
        "unknown_table", "the table is not known here; try the mapping where the table's job is")
}
