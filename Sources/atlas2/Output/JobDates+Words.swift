import AuditLog

extension JobDates {
    /// What was decided and why, as a line for people: `born is read as dd/MM/yyyy: 12 texts fit only dd/MM/yyyy (first in row
    /// 3), none only MM/dd/yyyy, 120 both (first in row 1)`.
    var words: String {
        let name = target ?? "a condition on rows"
        let decision = open.isEmpty ? "is read as \(readAs.joined(separator: ", "))" : "stays open"
        let reasons = evidence.map { pair in
            pair.words + (open.contains(pair) && pair.both.count > 0 ? ", which are refused as ambiguous_date" : "")
        }
        return "\(name) \(decision): \(reasons.joined(separator: "; "))"
    }

    var json: JSONValue {
        .object([
            ("target", .optional(target)), ("formats", .strings(formats)), ("read_as", .strings(readAs)),
            ("decided", .bool(open.isEmpty)), ("evidence", .array(evidence.map(\.json))),
        ])
    }
}

extension JobDates.Evidence {
    fileprivate var words: String {
        let first =
            onlyFirst.words(none: "no") + (onlyFirst.count == 1 ? " text fits" : " texts fit") + " only \(formats[0])"
        return "\(first)\(onlyFirst.place), \(onlySecond.words(none: "none")) only \(formats[1])\(onlySecond.place),"
            + " \(both.words(none: "none")) both\(both.place)"
    }

    fileprivate var json: JSONValue {
        .object([
            ("formats", .strings(formats)), ("only_first", onlyFirst.json), ("only_second", onlySecond.json),
            ("both", both.json),
        ])
    }
}

extension JobDates.Count {
    fileprivate func words(none: String) -> String { count == 0 ? none : count.grouped }

    fileprivate var place: String { firstRow.map { " (first in row \($0.grouped))" } ?? "" }

    fileprivate var json: JSONValue {
        .object([("count", .integer(count)), ("first_row", firstRow.map { .integer($0) } ?? .null)])
    }
}
