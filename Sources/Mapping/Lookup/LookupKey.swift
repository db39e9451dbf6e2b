/// Keys of lookup tables as bytes: equal for equal values, whatever they are written like.
///
/// As in unique checks, `1.50` is `1.5` and datetimes are their instants. A text is its own bytes, so that it need not be
/// copied. Several values have NULs between them, which no value of a table holds.
enum LookupKey {
    /// The bytes of a value that is not blank, until the workspace is reset or the value ends.
    @inline(__always)
    static func bytes(of value: Value, _ workspace: Workspace) -> Bytes {
        switch value {
        case .text(let bytes), .json(let bytes): bytes
        case .number(let number): text(of: number.normalized, workspace)
        case .datetime(let datetime): text(of: datetime.epochSeconds.normalized, workspace)
        case .boolean, .date: other(value, workspace)
        case .null, .failed: Bytes(start: nil, count: 0)
        }
    }

    private static func text(of number: ExactDecimal, _ workspace: Workspace) -> Bytes {
        let target = workspace.allocate(ExactDecimal.textCapacity)
        let count = number.write(to: target)
        workspace.giveBack(ExactDecimal.textCapacity - count)
        return Bytes(start: target, count: count)
    }

    private static func other(_ value: Value, _ workspace: Workspace) -> Bytes {
        if case .text(let bytes) = Conversion.convert(value, to: .text, workspace) { return bytes }
        return Bytes(start: nil, count: 0)
    }
}
