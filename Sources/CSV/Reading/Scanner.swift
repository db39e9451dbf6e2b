/// Gathers the cells of one record from pieces of a file: the machine that finds them, and the buffers they go to.
struct Scanner: Sendable {
    /// The most bytes scanned before limits and room are looked at again.
    private static let stride = 1 << 16

    let encoding: Dialect.Encoding
    private let limits: Limits
    /// Nil where the machine reads every record.
    var plain: PlainScan?
    let repair: RowRepair?
    var machine: ScanMachine
    /// The cells' bytes, in the file's encoding; the first `machine.length` count.
    var output: [UInt8] = []
    /// For each cell, the offset in `output` behind it, and whether it was quoted; the first `machine.count` count.
    var ends: [Int]
    var quoted: [Bool]

    init(_ dialect: Dialect, limits: Limits, resumingAt position: Position) {
        encoding = dialect.encoding
        self.limits = limits
        plain = PlainScan(dialect, limits: limits)
        repair = RowRepair(dialect)
        machine = ScanMachine(dialect, limits: limits, resumingAt: position)
        ends = [Int](repeating: 0, count: limits.columns)
        quoted = [Bool](repeating: false, count: limits.columns)
    }

    /// Reads on from `next`, which it moves. Returns whether a record is whole; if not, the input is used up.
    ///
    /// `base` is the offset in the file of the input's first byte.
    mutating func scan(_ input: UnsafeBufferPointer<UInt8>, from next: inout Int, base: Int) -> Bool {
        guard let bytes = input.baseAddress else { return false }
        while next < input.count {
            let room = machine.room(in: limits)
            guard room >= 0 else {
                machine.skipRest(limits)
                continue
            }
            let stop = next + min(input.count - next, Self.stride, machine.reach(room))
            makeRoom(for: stop - next)
            let isWhole = output.withUnsafeMutableBufferPointer { output in
                ends.withUnsafeMutableBufferPointer { ends in
                    quoted.withUnsafeMutableBufferPointer { quoted in
                        guard let output = output.baseAddress, let ends = ends.baseAddress,
                            let quoted = quoted.baseAddress
                        else { return false }
                        let cells = ScanMachine.Cells(output: output, ends: ends, quoted: quoted)
                        return machine.run(bytes, from: &next, to: stop, base: base, into: cells)
                    }
                }
            }
            if isWhole { return true }
        }
        return false
    }

    /// Ends the record in progress where the file ends. Returns whether there was one.
    mutating func finish() -> Bool {
        guard machine.phase != .recordStart else { return false }
        let pending = machine.pendingAtEnd
        if machine.room(in: limits) < pending {
            machine.skipRest(limits, pending: pending)
        }
        makeRoom(for: pending)
        return output.withUnsafeMutableBufferPointer { output in
            ends.withUnsafeMutableBufferPointer { ends in
                quoted.withUnsafeMutableBufferPointer { quoted in
                    guard let output = output.baseAddress, let ends = ends.baseAddress, let quoted = quoted.baseAddress
                    else { return false }
                    machine.finish(into: ScanMachine.Cells(output: output, ends: ends, quoted: quoted))
                    return true
                }
            }
        }
    }

    private mutating func makeRoom(for bytes: Int) {
        let needed = machine.length + bytes + ScanMachine.slack
        if needed > output.count {
            output.append(contentsOf: repeatElement(0, count: max(needed - output.count, output.count)))
        }
    }
}
