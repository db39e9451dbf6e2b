import ArgumentParser
import Foundation

/// The file that a report or an export goes into.
struct Destination: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Write it into this file, which you alone may read; it is there when it is whole.", valueName: "file"),
        completion: .file())
    var out: String?

    @Flag(help: "Replace the file of --out where there is one.")
    var force = false

    func validate() throws {
        guard out != "" else { throw ValidationError("--out takes the name of a file") }
        guard out != nil || !force else {
            throw ValidationError("--force is about the file of --out, which is not given")
        }
    }

    /// The file, not begun yet; nil for standard output.
    func file() throws -> NewFile? { try out.map { try NewFile($0, replaces: force) } }

    /// The file beside it that says what it is.
    func companion() throws -> NewFile? { try out.map { try NewFile($0 + ".about.json", replaces: force) } }

    /// What stands behind the last full stop of a file's name.
    static func ending(of path: String) -> String {
        path.split(separator: "/").last?.split(separator: ".").dropFirst().last.map { $0.lowercased() } ?? ""
    }
}
