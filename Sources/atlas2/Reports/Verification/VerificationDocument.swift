import Foundation
import Processing

/// What was verified, as a file for people who were not there.
protocol VerificationDocument: Sendable {
    /// One page that needs nothing else: no scripts, no network, everything escaped.
    var html: String { get }
    var json: JSONValue { get }
}

enum VerificationFormat: String {
    case html
    case json

    /// As the file's name says; nil for any other.
    init?(path: String) {
        self.init(rawValue: path.split(separator: ".").last.map { $0.lowercased() } ?? "")
    }
}

extension VerificationDocument {
    /// Writes the report in one step: there is never half a one.
    func write(to path: String) throws {
        let bytes = VerificationFormat(path: path) == .html ? Array(html.utf8) : json.bytes + [0x0A]
        do {
            try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw Failure(
                .file, "the report cannot be written to \(path): give a file in a folder that you may write to")
        }
    }

    /// A command line that does the same again.
    static func command(_ arguments: [String]) -> String { arguments.map(quoted).joined(separator: " ") }

    /// A word as a shell takes it.
    private static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "/"), UInt8(ascii: "+"), UInt8(ascii: "="):
                true
            default: false
            }
        }
        return isPlain && !word.isEmpty ? word : "'" + word.replacingOccurrences(of: "'", with: #"'\''"#) + "'"
    }
}
