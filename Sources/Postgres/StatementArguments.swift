import CPostgres

/// The parallel arrays in which libpq takes a statement's parameters.
struct StatementArguments {
    private var types: [Oid] = []
    private var offsets: [Int?] = []
    private var lengths: [Int32] = []
    private var bytes: [UInt8]

    init(_ sql: SQL, _ identifiers: [String: Link.TypeIdentifiers]) {
        bytes = sql.bytes
        for parameter in sql.parameters {
            switch parameter.type {
            case .known(let type): types.append(type.oid)
            case .compositeArray(let name):
                types.append(identifiers[name]?.array ?? 0)
                if let start = parameter.range?.lowerBound, let oid = identifiers[name]?.oid {
                    bytes.replace(at: start + CompositeArray.elementTypeOffset, bigEndian: Int32(bitPattern: oid))
                }
            }
            offsets.append(parameter.range?.lowerBound)
            lengths.append(Int32(parameter.range?.count ?? 0))
        }
        // Gives values of no bytes an address too: libpq takes a null pointer for NULL.
        bytes.append(0)
    }

    typealias Pointers<T> = (
        _ count: Int32, _ types: UnsafePointer<Oid>?, _ values: UnsafePointer<UnsafePointer<CChar>?>?,
        _ lengths: UnsafePointer<Int32>?, _ formats: UnsafePointer<Int32>?
    ) -> T

    func withPointers<T>(_ body: Pointers<T>) -> T {
        bytes.withUnsafeBytes { buffer in
            let values = offsets.map { offset in
                offset.flatMap { buffer.baseAddress?.advanced(by: $0).assumingMemoryBound(to: CChar.self) }
            }
            let formats = [Int32](repeating: 1, count: types.count)
            return body(Int32(types.count), types, values, lengths, formats)
        }
    }
}
