import CSV

/// How the cells of a column fit a field: how many can be read as its type, and by which expression.
struct Fit {
    /// Sampled cells that are not blank, counted as often as they stand in the file.
    let total: Int
    /// Of those, the ones that can be read as the field's type.
    var read = 0
    /// Of those, the ones that pass the field's checks too.
    var passing = 0
    /// The steps behind the column that read all cells in the only way there is: `""`, ` | trim`.
    var steps: String?
    /// Steps that read all cells too, but differently, where there are several ways.
    var alternatives: [String] = []

    /// Whether nine in ten cells can be read without any step.
    var isReadAsItStands = false

    /// Whether the column's cells cannot be meant for the field.
    var isVetoed: Bool { total > 0 && read * 2 < total }

    init(_ field: Field, _ sample: ColumnSample) {
        total = sample.total
        let bare = Field(field.name, field.type)
        var whole: [(reading: Reading, results: [[UInt8]])] = []
        var best = Reading("", family: 0)
        for reading in Reading.ways(to: field.type, of: sample) {
            let results = Self.results(of: reading.steps, bare, sample)
            let count = Self.count(results, sample)
            if count > read { (read, best) = (count, reading) }
            if count == total { whole.append((reading, results.map { $0 ?? [] })) }
        }
        guard total > 0 else {
            // Nothing says how cells will be written; texts are taken as they are.
            if field.type == .string { steps = "" }
            return
        }
        if let first = whole.first {
            let others = whole.dropFirst().filter {
                $0.reading.contradicts(first.reading) || $0.results != first.results
            }
            if others.isEmpty {
                steps = first.reading.steps
            } else {
                alternatives = ([first] + others).map(\.reading.steps)
            }
        }
        let plain = Self.count(Self.results(of: "", bare, sample), sample)
        isReadAsItStands = alternatives.isEmpty && plain * 10 >= total * 9
        let checked = Self.results(of: steps ?? best.steps, field, sample)
        passing = Self.count(checked, sample)
    }

    /// In how many records a cell stands that was not refused.
    private static func count(_ results: [[UInt8]?], _ sample: ColumnSample) -> Int {
        zip(results, sample.counts).reduce(0) { $0 + ($1.0 == nil ? 0 : $1.1) }
    }

    /// What each cell of the sample becomes as the field, in JSON; `nil` for one that is refused.
    private static func results(of steps: String, _ field: Field, _ sample: ColumnSample) -> [[UInt8]?] {
        guard let program = try? Program(Document(field, "$x\(steps)"), columns: ["x"]) else {
            return sample.cells.map { _ in nil }
        }
        let evaluator = Evaluator(program)
        var record = Record()
        return sample.cells.map { cell in
            record.removeAll()
            record.bytes = cell
            record.ends = [cell.count]
            record.quoted = [false]
            var output: [UInt8] = []
            guard case .accepted = evaluator.evaluate(record, into: &output) else { return nil }
            // A cell that becomes blank was not read.
            return evaluator.value(of: 0).first == UInt8(ascii: "n") ? nil : output
        }
    }
}

extension Document {
    /// A mapping of one target.
    init(_ field: Field, _ expression: String, nulls: [String] = []) throws {
        let start = Location(file: "a suggestion", line: 1, column: 1)
        var api = API(name: "api", location: start)
        api.fields = [field]
        var source = SourceOptions()
        source.nulls = nulls
        self.init(
            name: "suggestion", file: start.file, api: api, source: source,
            mappings: [
                TargetMapping(
                    target: field.name, targetLocation: start, expression: try ExpressionParser.parse(expression),
                    text: expression, origin: TextOrigin(start: start, isExact: false))
            ], checks: DocumentChecks(), onReject: .skip, rejectLimit: nil)
    }
}
