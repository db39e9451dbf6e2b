import ArgumentParser

/// `atlas2 csv`
struct CSVCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "csv",
        abstract: "Look into a CSV file, without a database.",
        discussion: """
            Examples:
              atlas2 csv detect customers.csv
              atlas2 csv read customers.csv --to json | head -3
            """,
        subcommands: [Detect.self, Read.self])
}
