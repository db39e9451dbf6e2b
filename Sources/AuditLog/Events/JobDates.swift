/// In which of its formats a call of `parse_date` or `parse_datetime` reads the dates of a job's file, where some of them read
/// the same text as different days. Decided over the whole file.
package struct JobDates: Codable, Sendable, Hashable {
    /// Texts of one sort: how many, and the row of the first; nil for none.
    package struct Count: Codable, Sendable, Hashable {
        package var count: Int
        package var firstRow: Int?

        package init(count: Int, firstRow: Int?) {
            self.count = count
            self.firstRow = firstRow
        }

        package enum CodingKeys: String, CodingKey {
            case count
            case firstRow = "first_row"
        }
    }

    /// What the texts say of two formats.
    package struct Evidence: Codable, Sendable, Hashable {
        /// Two.
        package var formats: [String]
        /// Texts that are a day in the first, or the second, and cannot be one in the other.
        package var onlyFirst: Count
        package var onlySecond: Count
        /// Texts that are different days in both.
        package var both: Count

        package init(formats: [String], onlyFirst: Count, onlySecond: Count, both: Count) {
            self.formats = formats
            self.onlyFirst = onlyFirst
            self.onlySecond = onlySecond
            self.both = both
        }

        package enum CodingKeys: String, CodingKey {
            case formats
            case onlyFirst = "only_first"
            case onlySecond = "only_second"
            case both
        }
    }

    /// The target in whose expression the call stands; nil for a condition on rows.
    package var target: String?
    /// The call's formats, and those of them in which the dates are read.
    package var formats: [String]
    package var readAs: [String]
    /// For each two formats that read the same text as different days.
    package var evidence: [Evidence]

    package init(target: String?, formats: [String], readAs: [String], evidence: [Evidence]) {
        self.target = target
        self.formats = formats
        self.readAs = readAs
        self.evidence = evidence
    }

    package enum CodingKeys: String, CodingKey {
        case target
        case formats
        case readAs = "read_as"
        case evidence
    }

    /// The evidence on formats between which nothing was decided: texts that are different days in both are refused.
    package var open: [Evidence] {
        evidence.filter { $0.formats.allSatisfy(readAs.contains) }
    }
}
