import ArgumentParser
import Postgres
import Projections

/// Moments on the command line.
enum MomentText {
    /// What the help says of them.
    static let help = """
        A moment is a position in the log, as "atlas2 events" shows it (that event counts, too), a date (its first moment), \
        or a date and time, UTC unless an offset is given: 2026-03-31, "2026-03-31 18:00", 2026-03-31T18:00:00+02:00. A \
        time in whole seconds takes in that second.
        """

    /// - Parameter option: where it stands, for the error.
    static func read(_ text: String, _ option: String) throws -> Moment {
        guard let moment = Moment(text) else {
            throw ValidationError(
                "\(option) is \"\(text)\": give a position such as 42, a date such as 2026-03-31, or a date and time such as \"2026-03-31 18:00\" or 2026-03-31T18:00:00+02:00"
            )
        }
        return moment
    }
}

extension Moment {
    /// As it is said to people: the moment that was taken, to the microsecond.
    var words: String {
        switch self {
        case .time(let time): time.description
        case .position(let position): "position \(position)"
        }
    }
}
