extension NumberFormat {
    /// The number with that many digits behind the decimal mark, rounded half away from zero, and the locale's separator
    /// between groups of three digits before it; spaces are no-break spaces and apostrophes typographic ones.
    ///
    /// Of an undeclared format, a point and no separators. `parse` reads it again.
    func write(_ number: ExactDecimal, digits: Int, _ workspace: Workspace) -> Value {
        let rounded = number.rounded(to: digits, .halfUp) ?? number
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: ExactDecimal.textCapacity) { plain in
            guard let start = plain.baseAddress else { return .null }
            let written = Bytes(start: start, count: rounded.write(to: start))
            let point = written.firstIndex(of: UInt8(ascii: ".")) ?? written.count
            // A sign, 38 digits with 12 separators of three bytes, the mark, and the digits behind it.
            let capacity = 1 + 38 + 12 * 3 + 1 + digits
            let target = workspace.allocate(capacity)
            var count = 0
            func put(_ byte: UInt8) {
                target[count] = byte
                count += 1
            }
            for index in 0..<point {
                put(written[index])
                let following = point - index - 1
                if following > 0, following % 3 == 0, written[index] != UInt8(ascii: "-") { putSeparator(put) }
            }
            if digits > 0 {
                put((decimalMark ?? .point).rawValue)
                let kept = max(0, written.count - point - 1)
                for index in 0..<digits { put(index < kept ? written[point + 1 + index] : UInt8(ascii: "0")) }
            }
            workspace.giveBack(capacity - count)
            return .blankable(target, count: count)
        }
    }

    private func putSeparator(_ put: (UInt8) -> Void) {
        switch separator {
        case nil: break
        case .space:
            put(0xC2)
            put(0xA0)
        case .apostrophe:
            put(0xE2)
            put(0x80)
            put(0x99)
        case .point, .comma: separator.map { put($0.rawValue) }
        }
    }
}
