/// In which of its formats a call reads the dates of a file, and why.
package struct DateDecision: Sendable, Equatable {
    /// Texts of one sort: how many, and the row of the first; nil for none.
    package struct Count: Sendable, Equatable {
        package private(set) var count = 0
        package private(set) var firstRow: Int?

        package init(count: Int = 0, firstRow: Int? = nil) {
            self.count = count
            self.firstRow = firstRow
        }

        mutating func add(_ row: Int) {
            if count == 0 { firstRow = row }
            count += 1
        }
    }

    /// What the texts say of two formats that read the same text as different days.
    package struct Evidence: Sendable, Equatable {
        package let first: String
        package let second: String
        /// Texts that are a day in the first, or the second, and cannot be one in the other.
        package internal(set) var onlyFirst = Count()
        package internal(set) var onlySecond = Count()
        /// Texts that are different days in both.
        package internal(set) var both = Count()

        package init(
            first: String, second: String, onlyFirst: Count = Count(), onlySecond: Count = Count(),
            both: Count = Count()
        ) {
            self.first = first
            self.second = second
            self.onlyFirst = onlyFirst
            self.onlySecond = onlySecond
            self.both = both
        }
    }

    /// The target in whose expression the call stands; nil for a condition on rows.
    package let target: String?
    /// The call's formats, and those of them in which the dates are read.
    package let formats: [String]
    package let readAs: [String]
    /// For each two formats that read the same text as different days.
    package let evidence: [Evidence]

    package init(target: String?, formats: [String], readAs: [String], evidence: [Evidence]) {
        self.target = target
        self.formats = formats
        self.readAs = readAs
        self.evidence = evidence
    }

    /// Decides by the evidence: of two formats the one is left out that no text needs, if some text needs the other.
    init(target: String?, formats: [String], evidence: [Evidence]) {
        func wins(_ one: String, over other: String) -> Bool {
            evidence.contains { pair in
                switch (pair.first, pair.second) {
                case (one, other): pair.onlyFirst.count > 0 && pair.onlySecond.count == 0
                case (other, one): pair.onlySecond.count > 0 && pair.onlyFirst.count == 0
                default: false
                }
            }
        }
        // From those that lose to none on, so that of formats that win over each other in a circle none is left out.
        var kept = formats.filter { format in !formats.contains { wins($0, over: format) } }
        var winners = kept
        var lost: [String] = []
        while let winner = winners.popLast() {
            for format in formats where wins(winner, over: format) && !lost.contains(format) {
                lost.append(format)
                winners.append(format)
            }
        }
        kept = formats.filter { !lost.contains($0) }
        self.init(target: target, formats: formats, readAs: kept, evidence: evidence)
    }

    /// The evidence on formats between which nothing was decided.
    package var open: [Evidence] {
        evidence.filter { readAs.contains($0.first) && readAs.contains($0.second) }
    }
}
