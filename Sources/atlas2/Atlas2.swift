import ArgumentParser
import Foundation

/// The command line.
@main
struct Atlas2: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "atlas2",
        abstract: "Maps and checks CSV files, and keeps a provable log of everything that happened.",
        discussion: """
            Without DATABASE_URL, Atlas2 keeps a PostgreSQL of its own in .atlas2 (or ATLAS2_HOME), which starts and stops \
            by itself.

            Examples:
              atlas2 init
              atlas2 csv detect customers.csv
              atlas2 events --follow

            Exit codes: 0 done; 1 failed, or found something wrong; 2 done, but rows were rejected; 64 wrong usage.
            Tab completion: atlas2 --generate-completion-script bash (or zsh, fish) prints the script for your shell.
            """,
        version: atlas2Version,
        subcommands: [],
        groupedSubcommands: [
            CommandGroup(name: "Set up", subcommands: [Init.self, Migrate.self, Doctor.self, PSQL.self, Stop.self]),
            CommandGroup(
                name: "Who and how", subcommands: [UsersCommand.self, TenantsCommand.self, SettingsCommand.self]),
            CommandGroup(
                name: "Files",
                subcommands: [Run.self, JobsCommand.self, MapCommand.self, APIsCommand.self, CSVCommand.self]),
            CommandGroup(
                name: "The log",
                subcommands: [Events.self, ReportCommand.self, Log.self, EraseCommand.self, HoldCommand.self]),
            CommandGroup(
                name: "Looking back",
                subcommands: [History.self, DiffCommand.self, AsOfCommand.self, ReplayCommand.self]),
            CommandGroup(name: "Running", subcommands: [ProjectionsCommand.self, Work.self]),
        ])

    static func main() async {
        let task = Task { try await perform() }
        Interruption.watch { _ in task.cancel() }
        let result = await task.result
        Foundation.exit(end(result))
    }

    /// Parses the arguments, which ends the program where they ask for help or are wrong, and runs the command.
    private static func perform() async throws {
        var command: any ParsableCommand
        do {
            command = try await asyncParseAsRoot()
        } catch {
            leave(error)
        }
        if var asynchronous = command as? any AsyncParsableCommand {
            try await asynchronous.run()
        } else {
            try command.run()
        }
    }

    /// Ends the program by help, or by saying what is wrong with its usage: that quotes arguments, which may come from
    /// anybody.
    private static func leave(_ error: any Error) -> Never {
        guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
        let lines = fullMessage(for: error).split(separator: "\n", omittingEmptySubsequences: false)
        StandardError.write(lines.map { String($0).printable + "\n" }.joined())
        Foundation.exit(ExitCode.validationFailure.rawValue)
    }

    /// Hands over what is left to print, says what went wrong, and returns the exit code.
    private static func end(_ result: Result<Void, any Error>) -> Int32 {
        do {
            try Output.flush()
            try result.get()
            return 0
        } catch is Output.ReaderGone {
            return 0
        } catch let code as ExitCode {
            return code.rawValue
        } catch  where [.success, .validationFailure].contains(exitCode(for: error)) {
            leave(error)
        } catch {
            if let signal = Interruption.received {
                StandardError.write("\n")
                return 128 + signal
            }
            StandardError.say(Explanation.text(error))
            return 1
        }
    }
}
