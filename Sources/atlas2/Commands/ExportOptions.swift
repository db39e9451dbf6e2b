import ArgumentParser
import AuditLog
import Foundation
import Postgres
import Processing

/// Writing records into a file, which is an event; reading them on the screen or through a pipe is none.
struct ExportOptions: ParsableArguments {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case csv
        case json
    }

    @OptionGroup var destination: Destination

    @Option(
        name: .customLong("format"),
        help: "What is written into the file of --out: csv or json (an object a line); without it, as its name ends.")
    var format: Format?

    /// Of the commands that have these options.
    static let discussion = """
        With --out the records go into a file, and that is an event: it is in the log before the first of them is written. \
        What is read on the screen or through a pipe leaves none.
        """

    var isWanted: Bool { destination.out != nil }

    /// What is written into the file of --out.
    var chosenFormat: Format? {
        format ?? destination.out.flatMap { Format(rawValue: Destination.ending(of: $0)) }
    }

    func validate() throws {
        guard destination.out != nil else {
            guard format == nil else {
                throw ValidationError("--format is about the file of --out; on the screen, --json prints JSON")
            }
            return
        }
        guard chosenFormat != nil else {
            throw ValidationError(
                "say by --format csv or json how it is to be written, or give --out a file that ends so")
        }
    }

    /// Writes records into the file of --out, after the event that says so.
    ///
    /// - Parameters:
    ///   - columns: of CSV: members of the records.
    ///   - describe: what is exported, and of what.
    ///   - body: hands over each record, an object.
    func export(
        _ what: String, _ installation: Installation, as scope: Scope, columns: [String],
        _ describe: (inout DisclosureMade.Payload) -> Void,
        _ body: (_ write: (JSONValue) throws -> Void) async throws -> Void
    ) async throws {
        guard let format = chosenFormat, let file = try destination.file() else { return }
        let head = try await installation.log.size(as: scope)
        var made = DisclosureMade.Payload(.export, what, format: format.rawValue, head: head)
        describe(&made)
        var rows: Int64 = 0
        try await installation.disclose(made, into: file, as: scope) { outlet, _ in
            var writer = SpreadsheetWriter()
            if format == .csv { try outlet.write(try writer.line(columns.map { .text($0) })) }
            try await body { record in
                rows += 1
                switch format {
                case .csv: try outlet.writeRow(try writer.line(columns.map { record.cell($0) }))
                case .json: try outlet.writeRow(record.bytes + [0x0A])
                }
            }
        }
        StandardError.say("wrote \(rows.counting("record")) into \(file.path)")
    }
}

extension JSONValue {
    /// A member of an object as CSV has it: lists and objects as JSON.
    fileprivate func cell(_ name: String) -> SpreadsheetWriter.Cell {
        guard case .object(let members) = self, let value = members.first(where: { $0.0 == name })?.1 else {
            return .text(nil)
        }
        return switch value {
        case .null: .text(nil)
        case .integer(let number): .number(number)
        case .string(let text): .text(text)
        case .bool, .decimal, .array, .object, .text: .text(String(decoding: value.bytes, as: UTF8.self))
        }
    }
}
