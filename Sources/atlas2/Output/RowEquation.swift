import AuditLog

/// What became of a job's rows: `5 = 2 accepted + 2 rejected + 1 skipped`.
struct RowEquation: CustomStringConvertible {
    var rows: Int64
    var accepted: Int64
    var rejected: Int64
    var skipped: Int64

    var description: String {
        "\(rows.grouped) = \(accepted.grouped) accepted + \(rejected.grouped) rejected + \(skipped.grouped) skipped"
    }
}
