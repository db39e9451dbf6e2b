/// Names of relations that a projection of one's own cannot take.
package struct TakenNames: Sendable {
    /// Tables by the projection that owns them.
    var projections: [String: [String]]
    var views: Set<String>
    /// Tables of the log.
    var log: Set<String>

    package init(projections: [String: [String]] = [:], views: Set<String> = [], log: Set<String> = []) {
        self.projections = projections
        self.views = views
        self.log = log
    }

    /// Who has the name already, in words; nil if nobody but `projection` has.
    func owner(of table: String, for projection: String) -> String? {
        if table == "events" { return "the relation that a fold reads" }
        if views.contains(table) { return "a view of Atlas2" }
        if log.contains(table) || table.hasPrefix("audit_logs_") { return "a table of the log" }
        return projections.first { $0.key != projection && $0.value.contains(table) }
            .map { "a table of the projection \($0.key)" }
    }
}
