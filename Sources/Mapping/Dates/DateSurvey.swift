package import CSV

/// Finds out, over all rows of a file, in which of their formats dates are written that are different days in several.
///
/// Deterministic: the same records give the same decisions. Runs only the expressions that have such dates, so rows count
/// whatever else becomes of them.
package struct DateSurvey {
    private let evaluator: Evaluator
    private let code: [Range<Int>]
    private let tally: DateTally

    /// Nil where the mapping has no such dates. Throws what `Program` throws.
    package init?(
        _ document: Document, fields: [Field]? = nil, columns: [String], _ tables: LookupTables = LookupTables()
    ) throws(MappingError) {
        let program = try Program(document, fields: fields, columns: columns, DateCalls(isSurvey: true), tables)
        guard !program.dateCalls.calls.isEmpty else { return nil }
        evaluator = Evaluator(program)
        code = program.dateCalls.code
        tally = DateTally(program.dateCalls.calls)
        evaluator.workspace.dateTally = tally
    }

    /// Takes in the next record of the file, which is none of its header.
    package func add(_ record: borrowing Record) {
        guard record.fault == nil else { return }
        evaluator.run(code, on: record)
    }

    /// One for each call, in the order of the program.
    package var decisions: [DateDecision] { tally.decisions }
}

/// Counts in which formats texts are days.
final class DateTally {
    private struct Entry {
        let call: DateCalls.Call
        let programs: [DateProgram]
        /// The same formats with any number of digits for a day or month.
        let relaxed: [DateProgram]
        var evidence: [DateDecision.Evidence]
    }

    private var entries: [Entry]
    private var days: [CalendarDate?] = []

    init(_ calls: [DateCalls.Call]) {
        entries = calls.map { call in
            let choice = call.choice
            return Entry(
                call: call, programs: choice.formats.map { DateProgram([$0]) },
                relaxed: choice.formats.map { DateProgram([$0.relaxed]) },
                evidence: choice.conflicts.map {
                    DateDecision.Evidence(first: choice.texts[$0.first], second: choice.texts[$0.second])
                })
        }
    }

    func add(_ text: Bytes, call: Int, row: Int) {
        guard !text.isEmpty else { return }
        days.removeAll(keepingCapacity: true)
        for program in entries[call].programs { days.append(Self.day(text, program)) }
        let conflicts = entries[call].call.choice.conflicts
        for (index, conflict) in conflicts.enumerated() {
            switch (days[conflict.first], days[conflict.second]) {
            case (let first?, let second?):
                if first != second { entries[call].evidence[index].both.add(row) }
            case (_?, nil):
                if Self.day(text, entries[call].relaxed[conflict.second]) == nil {
                    entries[call].evidence[index].onlyFirst.add(row)
                }
            case (nil, _?):
                if Self.day(text, entries[call].relaxed[conflict.first]) == nil {
                    entries[call].evidence[index].onlySecond.add(row)
                }
            case (nil, nil): break
            }
        }
    }

    private static func day(_ text: Bytes, _ program: DateProgram) -> CalendarDate? {
        if case .fields(_, let date) = program.read(text) { date } else { nil }
    }

    var decisions: [DateDecision] {
        entries.map {
            DateDecision(target: $0.call.target, formats: $0.call.choice.texts, evidence: $0.evidence)
        }
    }
}

extension DateFormat {
    /// The same format with one or two digits for a day and a month.
    fileprivate var relaxed: DateFormat {
        DateFormat(
            self,
            parts: parts.map { part in
                if case .number(let component, _, let most) = part, component == .day || component == .month {
                    return .number(component, least: 1, most: most)
                }
                return part
            })
    }
}

extension Evaluator {
    /// Runs stretches of the program for what their steps note in the workspace.
    fileprivate func run(_ code: [Range<Int>], on record: borrowing Record) {
        workspace.reset(row: record.number)
        record.bytes.withUnsafeBufferPointer { bytes in
            record.ends.withUnsafeBufferPointer { ends in
                let cells = Cells(bytes: bytes, ends: ends)
                for stretch in code { _ = run(stretch, cells, target: nil) }
            }
        }
        rejections.removeAll(keepingCapacity: true)
    }
}
