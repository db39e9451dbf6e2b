import AuditLog
import Mapping

/// Why rows were rejected, as it is counted.
struct ErrorKey: Hashable, Comparable {
    let field: String?
    let rule: String
    let code: String

    init(_ rejection: Rejection) {
        field = rejection.field
        rule = rejection.rule
        code = rejection.code
    }

    init(_ reason: JobResults.Rejected.Reason) {
        field = reason.field
        rule = reason.rule
        code = reason.code
    }

    static func < (left: ErrorKey, right: ErrorKey) -> Bool {
        for (one, other) in [(left.field ?? "", right.field ?? ""), (left.rule, right.rule), (left.code, right.code)] {
            if one.utf8.lexicographicallyPrecedes(other.utf8) { return true }
            if other.utf8.lexicographicallyPrecedes(one.utf8) { return false }
        }
        return left.field == nil && right.field != nil
    }
}

extension [ErrorKey: Int] {
    /// The counts as an event states them, in the order of their bytes, row checks first.
    var rejections: [JobRowsProcessed.Rejections] {
        sorted { $0.key < $1.key }.map { key, count in
            JobRowsProcessed.Rejections(field: key.field, rule: key.rule, code: key.code, count: count)
        }
    }
}
