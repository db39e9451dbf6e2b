/// Where the values of a field may come from.
package struct FieldSuggestion: Sendable {
    package enum Status: String, Sendable {
        /// Sure enough to be written into the mapping.
        case taken
        /// For a person to decide.
        case proposed
        /// Nothing is near enough.
        case open
    }

    package struct Candidate: Sendable, Equatable {
        package let columns: [String]
        /// The expression: `$born | parse_date("dd.MM.yyyy")`.
        package let expression: String
        /// From 0 to 1.
        package fileprivate(set) var confidence: Double
        package fileprivate(set) var reasons: [String]
        /// Whether a mapping of the same API has this expression.
        let isConfirmed: Bool

        init(columns: [String], expression: String, confidence: Double, reasons: [String], isConfirmed: Bool = false) {
            self.columns = columns
            self.expression = expression
            self.confidence = (confidence * 100).rounded() / 100
            self.reasons = reasons
            self.isConfirmed = isConfirmed
        }

        var isSure: Bool { confidence >= FieldSuggestion.sure }

        /// The candidate as one that only a person can take.
        fileprivate mutating func doubt(_ reason: String) {
            confidence = min(confidence, 0.94)
            reasons.append(reason)
        }
    }

    package let field: Field
    package private(set) var status: Status
    /// The best first, not more than three; a taken field has what was taken in front.
    package private(set) var candidates: [Candidate]

    static let sure = 0.95
    static let near = 0.6

    init(_ field: Field, _ candidates: [Candidate]) {
        self.field = field
        // Of equal ones the first column comes first.
        let ranked = candidates.enumerated().sorted {
            ($1.element.confidence, $0.offset) < ($0.element.confidence, $1.offset)
        }
        self.candidates = ranked.prefix(3).map(\.element)
        status = .open
        decide()
    }

    /// What is written into the mapping.
    package var taken: Candidate? { status == .taken ? candidates.first : nil }

    private mutating func decide() {
        guard let best = candidates.first, best.confidence >= Self.near else {
            status = .open
            return
        }
        status = best.isSure ? .taken : .proposed
        // What was used before counts more than what is only named so.
        let rivals = candidates.indices.dropFirst().filter {
            candidates[$0].isSure && (candidates[$0].isConfirmed || !best.isConfirmed)
        }
        guard best.isSure, !rivals.isEmpty else { return }
        status = .proposed
        for index in [0] + rivals { candidates[index].doubt("another source fits as well") }
    }

    /// Leaves the decision to a person, because others want the same column.
    mutating func doubt(_ reason: String) {
        guard status == .taken else { return }
        status = .proposed
        candidates[0].doubt(reason)
    }
}
