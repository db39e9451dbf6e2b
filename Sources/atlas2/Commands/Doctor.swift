import ArgumentParser
import Processing

/// `atlas2 doctor`
struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Examine the installation: versions, disk, database, roles, schema, projections, seals.",
        discussion: """
            Each line is ok, look (worth a look) or wrong; exits with 1 when something is wrong. Changes nothing.

            Examples:
              atlas2 doctor
              atlas2 doctor --json
            """)

    @OptionGroup var format: OutputFormat

    func run() async throws {
        let composition = try Composition()
        let checks = await Examination(composition).run()
        let isWell = !checks.contains { $0.verdict == .wrong }
        if format.json {
            let list = checks.map { check in
                JSONValue.object([
                    ("name", .string(check.name)), ("verdict", .string(check.verdict.rawValue)),
                    ("detail", .string(check.detail)),
                ])
            }
            try Output.line(.object([("ok", .bool(isWell)), ("checks", .array(list))]))
        } else {
            let terminal = composition.terminal
            for check in checks {
                let colour: Terminal.Colour =
                    switch check.verdict {
                    case .ok: .green
                    case .look: .yellow
                    case .wrong: .red
                    }
                let verdict = check.verdict.rawValue.padding(to: 5)
                let name = check.name.printable.padding(to: 26)
                try Output.line("\(terminal.paint(verdict, colour))  \(name) \(check.detail.printable)")
            }
        }
        guard isWell else { throw ExitCode.failure }
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - columns))
    }
}
