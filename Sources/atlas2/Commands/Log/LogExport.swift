import ArgumentParser
import AuditLog
import Processing

extension Log {
    /// `atlas2 log export`
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the sealed log into a folder that can be checked without the database.",
            discussion: """
                C2SP tlog-tiles: checkpoint, tiles and entries, as any web server can serve them; and beside them the \
                payloads. Personal parts, attachments and salts stay behind, because what is handed out cannot be erased; \
                --with-personal takes them along. Run it again to bring the folder up to date; the checkpoint changes last.

                Examples:
                  atlas2 log export /srv/log
                  atlas2 log verify --from /srv/log --key 'example.com/log+1a2b3c4d+AbCd…'
                """)

        @Argument(help: ArgumentHelp("The folder: new, empty, or an export of the same log.", valueName: "folder"))
        var folder: String
        @Flag(help: "Export personal parts, attachments and salts too.")
        var withPersonal = false
        @OptionGroup var acting: Acting
        @OptionGroup var format: OutputFormat

        func run() async throws {
            try await Installation.use { installation in
                let scope = try await acting.scope(installation)
                guard [.admin, .auditor, .system].contains(scope.role) else {
                    throw Failure(
                        .permission, "only admins and auditors see the whole log: give --as with the address of one")
                }
                let progress = ProgressBar("exporting", unit: "events")
                let outcome = try await installation.log.export(
                    to: ExportFolder(folder), showsErasable: withPersonal, as: scope
                ) { progress.update($0, of: $1) }
                progress.finish()
                if withPersonal {
                    StandardError.say(
                        "\(folder) holds personal parts, attachments and their salts: only you may read it, and whoever is given it can keep what is erased later"
                    )
                }
                if format.json {
                    return try Output.line(
                        .object([
                            ("folder", .string(folder)), ("origin", .string(outcome.origin)),
                            ("log_size", .integer(outcome.size)), ("written", .integer(outcome.written)),
                            ("rewritten", .integer(outcome.erased)), ("personal", .bool(withPersonal)),
                        ]))
                }
                try Output.line(
                    "\(folder): \(outcome.size.counting("event")) of \(outcome.origin), \(outcome.written.grouped) of them new\(outcome.erased > 0 ? ", \(outcome.erased.grouped) erased since" : "")"
                        .printable)
            }
        }
    }
}
