import ArgumentParser
import AuditLog
import Foundation
import Processing
import Projections

extension ProjectionsCommand {
    struct Rebuild: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make the tables anew from the log, while everything goes on.",
            discussion: """
                Builds each projection beside its live tables. An unchanged one then gets the rows that differ corrected; \
                the tables of a changed one are replaced, and the old ones stay for a day ("projections undo"). Killed, it \
                goes on where it was when it is run again; "projections abort" drops what was built.

                Examples:
                  atlas2 projections rebuild
                  atlas2 projections rebuild users tenants
                  atlas2 projections rebuild users --estimate
                  atlas2 projections rebuild users --compare
                  atlas2 projections rebuild --stream user/ann@example.com
                """)

        @Argument(help: "The projections; without names all of them.")
        var names: [String] = []

        @Flag(help: "Say what it would take, and do nothing.")
        var estimate = false

        @Flag(help: "Build, show what would change, and stop before it goes live; the next rebuild goes on from there.")
        var compare = false

        @Flag(help: "Only the rows of the tenant that --tenant names.")
        var tenantOnly = false

        @Option(help: ArgumentHelp("Only the rows of this stream.", valueName: "type/id"))
        var stream: String?

        @OptionGroup var building: BuildingOptions
        @OptionGroup var acting: Acting
        @OptionGroup var format: OutputFormat

        func validate() throws {
            guard [estimate, compare, stream != nil].count(where: { $0 }) <= 1 else {
                throw ValidationError("--estimate, --compare and --stream exclude each other")
            }
            guard stream == nil || !tenantOnly else {
                throw ValidationError("a stream belongs to one tenant: leave --tenant-only out")
            }
        }

        func run() async throws {
            try await Installation.use(nil, .projections) { installation in
                try ProjectionsCommand.check(names, in: installation.library)
                let command = Command(scope: try await acting.recoveryScope(installation))
                try command.requireAdmin("rebuild projections")
                let rebuilder = ProjectionRebuilder(
                    owner: try await installation.owner(), library: installation.library)
                var options = building.options
                if tenantOnly { options.tenant = command.scope.tenant }
                if estimate {
                    let estimates = try await rebuilder.estimate(names, as: command)
                    return try EstimatePrinting.print(estimates, options, json: format.json)
                }
                let display = RebuildDisplay()
                if let stream {
                    let id = try await Resource.find(stream, installation.app, as: command.scope)
                    let results = try await rebuilder.rebuild(stream: id, names, as: command, options: options)
                    return try RebuildPrinting.print(results, json: format.json)
                }
                if display.isShown {
                    StandardError.say(
                        EstimatePrinting.sentence(try await rebuilder.estimate(names, as: command), options))
                }
                if compare {
                    let comparisons = try await rebuilder.compare(
                        names, as: command, options: options, progress: display.show)
                    display.finish()
                    return try ComparisonPrinting.print(comparisons, json: format.json)
                }
                let results = try await rebuilder.rebuild(names, as: command, options: options, progress: display.show)
                display.finish()
                try await installation.catchUp(as: command.scope)
                try RebuildPrinting.print(results, json: format.json)
                guard !results.contains(where: \.isLeftOut) else { throw ExitCode.failure }
            }
        }
    }

    struct Repair: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Correct exactly the rows that are not what the log says.",
            discussion: """
                Replays the log beside the live tables, corrects what differs, and appends events that list the rows \
                (projection.repaired). Run "log verify" before it: where the log was damaged, the table may be what is right.

                Examples:
                  atlas2 projections repair
                  atlas2 projections repair users
                """)

        @Argument(help: "The projections; without names all of them.")
        var names: [String] = []

        @Flag(help: "Only the rows of the tenant that --tenant names.")
        var tenantOnly = false

        @OptionGroup var building: BuildingOptions
        @OptionGroup var acting: Acting
        @OptionGroup var format: OutputFormat

        func run() async throws {
            try await Installation.use(nil, .projections) { installation in
                try ProjectionsCommand.check(names, in: installation.library)
                let command = Command(scope: try await acting.recoveryScope(installation))
                try command.requireAdmin("repair projections")
                let rebuilder = ProjectionRebuilder(
                    owner: try await installation.owner(), library: installation.library)
                var options = building.options
                if tenantOnly { options.tenant = command.scope.tenant }
                let display = RebuildDisplay()
                let results = try await rebuilder.repair(names, as: command, options: options, progress: display.show)
                display.finish()
                try await installation.catchUp(as: command.scope)
                try RebuildPrinting.print(results, json: format.json)
                guard !results.contains(where: \.isLeftOut) else { throw ExitCode.failure }
            }
        }
    }
}

/// What a build may use.
struct BuildingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Memory that each connection may use to sort, in MB.", valueName: "mb"))
    var memory = 256

    @Option(help: ArgumentHelp("Connections that fold at the same time.", valueName: "number"))
    var connections = 2

    func validate() throws {
        guard (16...65_536).contains(memory) else { throw ValidationError("--memory must be from 16 to 65536") }
        guard (1...64).contains(connections) else { throw ValidationError("--connections must be from 1 to 64") }
    }

    var options: RebuildOptions {
        var options = RebuildOptions()
        options.memory = RebuildOptions.Memory(megabytes: memory)
        options.connections = connections
        return options
    }
}
