import AuditLog
import Foundation
import Projections

/// What a rebuild did, for people and programs.
enum RebuildPrinting {
    static func print(_ results: [RebuildResult], json: Bool) throws {
        for result in results { warn(result.lostViews) }
        if json {
            for result in results {
                try Output.line(
                    .object(
                        [
                            ("name", .string(result.name)), ("events", .integer(result.events)),
                            ("replaced", .bool(result.differences == nil && !result.isLeftOut)),
                            ("differences", .optional(result.differences)), ("reason", .optional(result.reason)),
                        ] + (result.isLeftOut ? [("left_out", .bool(true))] : [])
                            + (result.lostViews.isEmpty ? [] : [("lost_views", .strings(result.lostViews.map(\.name)))])
                    ))
            }
            return
        }
        var table = Table("projection", ">events", "corrected")
        for result in results {
            if result.isLeftOut {
                table.add(result.name, "", "left out: \(result.reason ?? "it stopped")")
                continue
            }
            let corrected =
                result.differences.map { $0 == 0 ? "nothing" : $0.counting("row") }
                ?? "tables replaced, because \(result.reason ?? "they were others")"
            table.add(result.name, result.events.grouped, corrected)
        }
        try table.print()
    }

    /// Views that could not be made again are said whole: their text is nowhere else.
    static func warn(_ views: [RebuildResult.LostView]) {
        for view in views {
            StandardError.say(
                "WARNING: the view \(view.name) cannot be made on the tables as they are now (\(view.reason)); it was:\n\(view.statement)"
            )
        }
    }
}

/// What a rebuild would take, for people and programs.
enum EstimatePrinting {
    static func print(_ estimates: [RebuildEstimate], _ options: RebuildOptions, json: Bool) throws {
        if json {
            for estimate in estimates {
                try Output.line(
                    .object([
                        ("name", .string(estimate.name)), ("events", .integer(estimate.events)),
                        ("milliseconds", .integer(estimate.milliseconds)), ("bytes", .integer(estimate.bytes)),
                        ("rate_from", .string(estimate.isFromLastRebuild ? "last rebuild" : "sample")),
                    ]))
            }
            return
        }
        var table = Table("projection", ">events", ">seconds", ">mb", "rate from")
        for estimate in estimates {
            table.add(
                estimate.name, estimate.events.grouped, seconds(estimate.milliseconds), megabytes(estimate.bytes),
                estimate.isFromLastRebuild ? "the last rebuild" : "a sample")
        }
        try table.print()
        try Output.line(sentence(estimates, options))
    }

    /// In one line, over all projections.
    static func sentence(_ estimates: [RebuildEstimate], _ options: RebuildOptions) -> String {
        let events = estimates.reduce(Int64(0)) { $0 + $1.events }
        let milliseconds = estimates.reduce(Int64(0)) { $0 + $1.milliseconds }
        let bytes = estimates.reduce(Int64(0)) { $0 + $1.bytes }
        let lanes = min(options.connections, max(1, estimates.count))
        return
            "\(events.counting("event")) to fold: about \(seconds(milliseconds / Int64(lanes))) s on \(lanes.counting("connection")), and \(megabytes(bytes)) MB of space"
    }

    private static func seconds(_ milliseconds: Int64) -> String { max(1, (milliseconds + 500) / 1000).grouped }
    private static func megabytes(_ bytes: Int64) -> String { max(1, (bytes + 524_288) / 1_048_576).grouped }
}

/// What would change if a build went live.
enum ComparisonPrinting {
    static func print(_ comparisons: [BuildComparison], json: Bool) throws {
        for comparison in comparisons {
            for table in comparison.tables {
                try json ? Output.line(value(comparison.name, table)) : describe(table)
            }
        }
        if json { return }
        let names = comparisons.map(\.name).joined(separator: " ")
        try Output.line(
            "nothing is live yet: atlas2 projections rebuild \(names) puts it in place, atlas2 projections abort \(names) drops it"
        )
    }

    private static func describe(_ table: BuildComparison.Table) throws {
        try Output.line("\(table.name): \(table.oldRows.counting("row")) now, \(table.newRows.grouped) then")
        if !table.addedColumns.isEmpty {
            try Output.line("  new columns: \(table.addedColumns.joined(separator: ", "))")
        }
        if !table.removedColumns.isEmpty {
            try Output.line("  columns that go: \(table.removedColumns.joined(separator: ", "))")
        }
        guard let rows = table.rows else {
            return try Output.line("  no row can be found in the other: the keys differ")
        }
        try Output.line(
            "  \(rows.onlyNew.counting("row")) more, \(rows.onlyOld.grouped) fewer, \(rows.changed.grouped) changed")
        for (column, count) in rows.changedColumns {
            try Output.line("  \(column): changes in \(count.counting("row"))")
        }
        for sample in rows.samples {
            let text =
                switch sample.kind {
                case .missing: "new: \(sample.expected ?? "")"
                case .unexpected: "gone: \(sample.found ?? "")"
                default: "\(sample.column ?? ""): \(sample.found ?? "null") becomes \(sample.expected ?? "null")"
                }
            try Output.line("  \(sample.key) \(text)".printable)
        }
    }

    private static func value(_ projection: String, _ table: BuildComparison.Table) -> JSONValue {
        var members: [(String, JSONValue)] = [
            ("name", .string(projection)), ("table", .string(table.name)), ("old_rows", .integer(table.oldRows)),
            ("new_rows", .integer(table.newRows)), ("added_columns", .strings(table.addedColumns)),
            ("removed_columns", .strings(table.removedColumns)),
        ]
        if let rows = table.rows {
            members += [
                ("only_old", .integer(rows.onlyOld)), ("only_new", .integer(rows.onlyNew)),
                ("changed", .integer(rows.changed)),
                ("changed_columns", .object(rows.changedColumns.map { ($0.column, .integer($0.rows)) })),
                ("samples", .array(rows.samples.map(\.json))),
            ]
        }
        return .object(members)
    }
}
