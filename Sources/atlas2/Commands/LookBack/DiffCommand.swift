import ArgumentParser
import AuditLog
import Postgres
import Processing
import Projections

/// `atlas2 diff`
struct DiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Show what changed on one resource between two moments, and who did it.",
        discussion: """
            Compares the columns of the read model, computed anew from the resource's events; texts and lists of several \
            lines line by line. The resource is named as for "atlas2 history". --from and --to take a version, as history \
            shows it (v3; v0 is before there was anything), or a moment. \(MomentText.help)

            Examples:
              atlas2 diff user ann@example.com --from v1
              atlas2 diff mapping customers --from v1 --to v2
              atlas2 diff setting max_file_size --from 2026-01-01 --to 2026-03-31
            """)

    @Argument(help: "user, tenant, setting, api, mapping, job or hold.")
    var type: String

    @Argument(help: "The resource's id, or its name.")
    var id: String

    @Option(help: ArgumentHelp("The version or the moment before.", valueName: "version|moment"))
    var from: String

    @Option(help: ArgumentHelp("The version or the moment after; without it now.", valueName: "version|moment"))
    var to: String?

    @OptionGroup var acting: Acting
    @OptionGroup var format: OutputFormat

    func validate() throws {
        _ = try VersionText(from, "--from")
        _ = try to.map { try VersionText($0, "--to") }
    }

    func run() async throws {
        try await Installation.use { installation in
            let scope = try await acting.scope(installation)
            let stream = try await Resource.find(type: type, id: id, installation.app, as: scope)
            let history = try await ResourceHistory(of: stream, installation.app, as: scope)
            guard history.entries.count == history.version, let tenant = scope.tenant else {
                throw Failure(
                    .permission,
                    "some of the events of \(stream) are not the user's own: an admin or an auditor may compare it")
            }
            let versions = (
                try VersionText(from, "--from").version(in: history),
                try to.map { try VersionText($0, "--to").version(in: history) } ?? history.version
            )
            guard versions.0 <= versions.1 else {
                throw Failure(
                    .value, "--from is v\(versions.0) and --to is v\(versions.1), which is before it: exchange them")
            }
            let changes = StreamChanges(owner: try await installation.owner(), library: installation.library)
            guard let found = try await changes.between(versions.0, versions.1, of: stream, tenant: tenant) else {
                throw Failure(
                    .value,
                    "no projection keeps rows of each \(type), so there is nothing to compare: atlas2 history \(type) \(id) shows its events"
                )
            }
            let comparison = Comparison(history: history, from: versions.0, to: versions.1, changes: found)
            try format.json ? Output.line(comparison.json) : comparison.print()
        }
    }
}

/// A version of a resource as it is given: itself, or by a moment.
private enum VersionText {
    case version(Int64)
    case moment(Moment)

    init(_ text: String, _ option: String) throws {
        if text.hasPrefix("v"), let version = Int64(text.dropFirst()), version >= 0 {
            self = .version(version)
        } else if text.hasPrefix("v") {
            throw ValidationError("\(option) is \"\(text)\": a version is written as in v3")
        } else {
            self = .moment(try MomentText.read(text, option))
        }
    }

    func version(in history: ResourceHistory) throws -> Int64 {
        switch self {
        case .moment(let moment): return history.version(at: moment)
        case .version(let version):
            guard version <= history.version else {
                throw Failure(.unknown, "\(history.stream) has no version \(version): the last is v\(history.version)")
            }
            return version
        }
    }
}
