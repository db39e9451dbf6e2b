/// Makes a lookup table of the accepted rows of a job.
package struct LookupTableBuilder {
    let description: TableDescription
    let keys: [[String]]
    let columns: [String]
    let memory = LookupMemory()
    private(set) var rows = 0

    private let limit: Int
    private var last: UnsafeRawPointer?
    /// For each item of a record, its fields: their types and positions among the values of a row, -1 for none.
    private var items: [[(type: ValueType, position: Int)]] = []
    private var fields: [String]?
    private let workspace = Workspace()
    private var record: [UInt8] = []

    /// A table cannot be held in the memory that it may take.
    package struct TooLarge: Error {}

    /// - Parameter limit: bytes that the table may take.
    package init(_ description: TableDescription, for use: TableUse, limit: Int = .max) {
        self.description = description
        self.limit = limit
        keys = use.keys(in: description)
        columns = use.columns.filter { description.type(of: $0) != nil }
    }

    /// Adds an accepted row: its values as JSON, in the order of `fields`.
    ///
    /// - Throws: `TooLarge`.
    package mutating func add(_ values: [ArraySlice<UInt8>], fields: [String]) throws(TooLarge) {
        if self.fields != fields { place(fields) }
        workspace.reset(row: 0)
        record.removeAll(keepingCapacity: true)
        record.append(contentsOf: repeatElement(0, count: LookupTable.headSize))
        for (number, item) in items.enumerated() {
            let start = record.count
            record.append(contentsOf: repeatElement(0, count: LookupTable.lengthSize))
            if number < keys.count {
                appendKey(item, values, start: start + LookupTable.lengthSize)
            } else {
                LookupItem.append(value(item[0], values), to: &record, workspace)
            }
            let count = UInt32(record.count - start - LookupTable.lengthSize)
            record.withUnsafeMutableBytes { $0.storeBytes(of: count, toByteOffset: start, as: UInt32.self) }
        }
        rows += 1
        guard memory.size(with: record.count) + indexSize <= limit else { throw TooLarge() }
        let row = memory.allocate(record.count)
        record.withUnsafeBytes { row.copyMemory(from: $0.baseAddress.unsafelyUnwrapped, byteCount: $0.count) }
        row.storeBytes(of: last, as: UnsafeRawPointer?.self)
        last = UnsafeRawPointer(row)
    }

    /// Appends the values of a key to the record; nothing where one of them is blank.
    private mutating func appendKey(
        _ fields: [(type: ValueType, position: Int)], _ values: [ArraySlice<UInt8>], start: Int
    ) {
        for (index, field) in fields.enumerated() {
            if index > 0 { record.append(0) }
            let part = LookupKey.bytes(of: value(field, values), workspace)
            if part.isEmpty { return record.removeSubrange(start...) }
            record.append(contentsOf: part)
        }
    }

    private mutating func place(_ fields: [String]) {
        self.fields = fields
        items = (keys + columns.map { [$0] }).map { names in
            names.map { name in
                (description.type(of: name) ?? .any, fields.firstIndex { $0.isSpelled(name) } ?? -1)
            }
        }
    }

    private func value(_ field: (type: ValueType, position: Int), _ values: [ArraySlice<UInt8>]) -> Value {
        guard values.indices.contains(field.position) else { return .null }
        let json = workspace.allocate(values[field.position].count)
        for (index, byte) in values[field.position].enumerated() { json[index] = byte }
        let value = JSONText.read(Bytes(start: json, count: values[field.position].count), workspace)
        return Conversion.convert(value, to: field.type, workspace)
    }

    // MARK: - Indexes

    private var slotCount: Int {
        var count = 4
        while count < rows * 2 { count *= 2 }
        return count
    }

    private var indexSize: Int { keys.count * slotCount * MemoryLayout<UnsafeRawPointer?>.stride }

    /// An index for each key; of equal keys the first row's counts.
    func indexes() -> [LookupTable.Index] {
        keys.indices.map { key in
            let count = slotCount
            let slots = memory.allocate(count * MemoryLayout<UnsafeRawPointer?>.stride)
                .bindMemory(to: UnsafeRawPointer?.self, capacity: count)
            slots.initialize(repeating: nil, count: count)
            // From the last row to the first, which takes the place of an equal one.
            var next = last
            while let row = next {
                next = row.load(as: UnsafeRawPointer?.self)
                let bytes = LookupTable.item(key, of: row)
                if bytes.isEmpty { continue }
                var slot = LookupTable.hash(bytes) & (count - 1)
                while let other = slots[slot], !LookupTable.item(key, of: other).elementsEqual(bytes) {
                    slot = (slot + 1) & (count - 1)
                }
                slots[slot] = row
            }
            return LookupTable.Index(slots: slots, mask: count - 1)
        }
    }

    /// The table; nothing may be added any more.
    package func finish() -> LookupTable { LookupTable(self) }
}
