import ArgumentParser
import AuditLog
import Foundation
import Mapping
import Postgres
import Processing

/// `atlas2 run`
struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a file through a mapping: store, map, check, and keep every result.",
        discussion: """
            The file goes into the log whole, then row by row through the mapping. A run that was stopped or killed goes on \
            where it was when it is run again. The same file with the same mapping is done again only with --again.

            Examples:
              atlas2 run customers.csv --mapping customers.yaml
              atlas2 run customers.csv --mapping customers --json
              atlas2 run export.txt --mapping customers@2 --delimiter ';' --encoding windows-1252
            """)

    @Argument(help: "The CSV file.", completion: .file())
    var file: String
    @Option(
        name: [.long, .customShort("m")],
        help: ArgumentHelp(
            "A mapping document, or the name of a stored mapping (name, or name@version).", valueName: "mapping"),
        completion: .file())
    var mapping: String
    @Flag(help: "Do it again although the same file went through the same mapping before.")
    var again = false
    @OptionGroup var dialect: DialectOptions
    @OptionGroup var acting: Acting
    @OptionGroup var format: OutputFormat

    func run() async throws {
        let ending = try await Installation.use { installation in
            let scope = try await acting.scope(installation)
            let command = Command(scope: scope)
            try command.requireWriter("run jobs")
            let settings = try await Settings.load(installation.app, as: scope)
            // The file is looked into first, so that a mapping that does not fit it is not stored.
            let (intake, fixed) = (try FileIntake(file, settings), try dialect.fixed())
            let mapping = try await MappingSource(mapping).stored(in: Mappings(installation.log), as: command) {
                try intake.columns(fixed, $0)
            }
            let display = JobDisplay(format)
            let runner = JobRunner(installation.log, settings, as: command, progress: display.show)
            let outcome = try await display.whileShown {
                try await runner.run(intake, mapping: mapping, fixed: fixed, again: again)
            }
            try await Task { try await installation.catchUp(as: scope) }.value
            try display.print(outcome)
            return outcome
        }
        try ending.exit()
    }
}

/// A mapping as it is named on the command line: a document's file, or a stored mapping.
struct MappingSource {
    private let text: String

    init(_ text: String) {
        self.text = text
    }

    var isFile: Bool { FileManager.default.fileExists(atPath: text) }

    /// Bytes that a document may have: the longest that people write have some thousands.
    private static let maxSize = 1 << 20

    /// The document that the file holds, and its text.
    ///
    /// - Throws: `Failure` when it is no UTF-8 text, `MappingError` with every mistake in it.
    func document() throws -> (document: Document, text: String) {
        let content = try content()
        return (try Document(parsing: content, file: text), content)
    }

    /// The file's text.
    func content() throws -> String {
        let bytes = try InputFile(text).read(Self.maxSize + 1)
        guard bytes.count <= Self.maxSize else {
            throw Failure(.file, "\(text) has more than \(Self.maxSize.grouped) bytes: it is no mapping document")
        }
        guard let content = String(validating: bytes, as: UTF8.self) else {
            throw Failure(.file, "\(text) is no UTF-8 text: save it as UTF-8")
        }
        return content
    }

    /// The stored version that says what the source says; a document that has no mistakes is stored first.
    ///
    /// - Parameter columns: those of the file that it is for, read as the document says.
    func stored(
        in mappings: Mappings, as command: Command, for columns: (SourceOptions) throws -> [String]
    ) async throws -> StoredMapping {
        guard isFile else {
            guard !text.contains("/"), !text.hasSuffix(".yaml"), !text.hasSuffix(".yml"), !text.hasSuffix(".json")
            else {
                throw Failure(
                    .unknown,
                    "\(text): there is no such file: give a mapping document, or a name that atlas2 map list shows")
            }
            return try await mappings.find(text, as: command.scope)
        }
        let (document, content) = try document()
        let fields = try await mappings.fields(of: document, as: command.scope)
        let lookups = Lookups(mappings.log)
        let sources = try await lookups.newest(for: document, as: command.scope)
        let tables = try await lookups.empty(sources, for: document, as: command.scope)
        let mistakes = document.check(fields: fields, columns: try columns(document.source), tables: tables)
        guard mistakes.isEmpty else { throw MappingError(mistakes) }
        return try await mappings.register(document, text: content, as: command)
    }
}
