/// Keys made of the words of a text, for addresses and for comparing names.
enum WordKey {
    /// Letters and digits, small and plain, with one hyphen between words; apostrophes inside words go.
    ///
    /// Letters of other scripts than the Latin one stay, with their marks.
    static func slug(of bytes: Bytes, _ workspace: Workspace) -> Value {
        guard case .text(let plain) = folded(bytes, workspace) else { return .null }
        let target = workspace.allocate(plain.count)
        var count = 0
        var index = 0
        var isBehindGap = false
        while index < plain.count {
            let (scalar, length) = decodeScalar(plain, at: index)
            if isWord(scalar) {
                if isBehindGap, count > 0 {
                    target[count] = UInt8(ascii: "-")
                    count += 1
                }
                isBehindGap = false
                for offset in 0..<length { target[count + offset] = plain[index + offset] }
                count += length
            } else if scalar != 0x27, scalar != 0x2019 {
                isBehindGap = true
            }
            index += length
        }
        workspace.giveBack(plain.count - count)
        return .blankable(target, count: count)
    }

    /// The key "fingerprint" of OpenRefine's key collision clustering (`FingerprintKeyer`): spaces at the ends go, letters
    /// become small, punctuation and control characters go, Latin letters lose their accents, and the words are sorted,
    /// each once, with one space between them.
    ///
    /// Accents as `strip_accents` has it: OpenRefine writes ø as oe, this as o.
    static func fingerprint(of bytes: Bytes, _ workspace: Workspace) -> Value {
        guard case .text(let plain) = folded(bytes, workspace) else { return .null }
        let text = workspace.allocate(plain.count)
        let words = workspace.allocate(plain.count / 2 + 1, of: Word.self)
        var wordCount = 0
        var count = 0
        var index = 0
        var isInWord = false
        while index < plain.count {
            let (scalar, length) = decodeScalar(plain, at: index)
            if isBlankScalar(scalar) {
                isInWord = false
            } else if !isPunctuation(scalar) {
                if !isInWord {
                    words[wordCount] = Word(start: text + count)
                    wordCount += 1
                    isInWord = true
                }
                for offset in 0..<length { text[count + offset] = plain[index + offset] }
                count += length
                words[wordCount - 1].count += length
            }
            index += length
        }
        if wordCount == 0 { return .null }
        if wordCount == 1 { return .blankable(text, count: count) }
        sort(words, wordCount)
        return joined(words, wordCount, byteCount: count, workspace)
    }

    private static func folded(_ bytes: Bytes, _ workspace: Workspace) -> Value {
        guard case .text(let small) = LetterCase.lower.apply(to: bytes, workspace) else { return .null }
        return LatinFolding.apply(to: small, workspace)
    }

    private static func isWord(_ scalar: UInt32) -> Bool {
        if scalar < 0x80 { return (scalar | 0x20) &- 0x61 < 26 || scalar &- 0x30 < 10 }
        guard scalar != replacementScalar, let properties = Unicode.Scalar(scalar)?.properties else { return false }
        return switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .decimalNumber: true
        default: properties.isAlphabetic
        }
    }

    private static func isPunctuation(_ scalar: UInt32) -> Bool {
        guard let properties = Unicode.Scalar(scalar)?.properties else { return true }
        return switch properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation, .control, .modifierSymbol, .modifierLetter:
            true
        default: false
        }
    }

    // MARK: - Sorting words

    private struct Word: BitwiseCopyable {
        let start: UnsafeMutablePointer<UInt8>
        var count = 0

        /// Less than, equal to or more than 0, by bytes.
        func compared(to other: Word) -> Int {
            for index in 0..<min(count, other.count) where start[index] != other.start[index] {
                return Int(start[index]) - Int(other.start[index])
            }
            return count - other.count
        }
    }

    /// Sorts in place (heapsort): nothing is allocated, and no text is a worst case.
    private static func sort(_ words: UnsafeMutablePointer<Word>, _ count: Int) {
        func sink(_ root: Int, _ end: Int) {
            var parent = root
            while 2 * parent + 1 < end {
                var child = 2 * parent + 1
                if child + 1 < end, words[child].compared(to: words[child + 1]) < 0 { child += 1 }
                if words[parent].compared(to: words[child]) >= 0 { return }
                swap(&words[parent], &words[child])
                parent = child
            }
        }
        for root in stride(from: count / 2 - 1, through: 0, by: -1) { sink(root, count) }
        for end in stride(from: count - 1, to: 0, by: -1) {
            swap(&words[0], &words[end])
            sink(0, end)
        }
    }

    private static func joined(
        _ words: UnsafeMutablePointer<Word>, _ wordCount: Int, byteCount: Int, _ workspace: Workspace
    ) -> Value {
        let capacity = byteCount + wordCount
        let target = workspace.allocate(capacity)
        var count = 0
        for number in 0..<wordCount {
            let word = words[number]
            if number > 0 {
                if word.compared(to: words[number - 1]) == 0 { continue }
                target[count] = UInt8(ascii: " ")
                count += 1
            }
            (target + count).update(from: word.start, count: word.count)
            count += word.count
        }
        workspace.giveBack(capacity - count)
        return .blankable(target, count: count)
    }
}
