/// Where a foreign key looks for a row: a table and a key of it.
struct ForeignKey: Sendable {
    let table: LookupTable
    let key: Int
    /// Of the key's fields.
    let types: [ValueType]

    init(table: LookupTable, key: Int) {
        self.table = table
        self.key = key
        types = table.keys[key].map { table.description.type(of: $0) ?? .any }
    }
}

extension Evaluator {
    /// Whether the values of targets, none of which is blank, are those of a row of the table.
    func isFound(_ targets: [Int], by foreignKey: ForeignKey, _ row: borrowing RowBuffer) -> Bool {
        var bytes = keyPart(targets[0], foreignKey.types[0], row)
        if targets.count > 1 {
            var whole = GrowingText(workspace, capacity: 256)
            for (index, target) in targets.enumerated() {
                if index > 0 { whole.append(0) }
                whole.append(keyPart(target, foreignKey.types[index], row)[...])
            }
            bytes = whole.bytes
        }
        return foreignKey.table.row(foreignKey.key, bytes) != nil
    }

    private func keyPart(_ target: Int, _ type: ValueType, _ row: borrowing RowBuffer) -> Bytes {
        let start = target == 0 ? 1 : ends[target - 1] + 1
        let json = Bytes(start: row.start + start, count: ends[target] - start)
        let value = Conversion.convert(JSONText.read(json, workspace), to: type, workspace)
        return LookupKey.bytes(of: value, workspace)
    }
}
