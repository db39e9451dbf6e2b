import AuditLog
import Foundation
import Processing

/// Where a report or an export goes: a new file, or standard output. Counts and hashes what is written.
final class Outlet {
    private let file: NewFile?
    private var buffer: [UInt8] = []
    private(set) var content = ContentDigest()

    /// - Parameter file: nil for standard output.
    init(_ file: NewFile?) {
        self.file = file
    }

    func write(_ bytes: [UInt8]) throws {
        buffer += bytes
        if buffer.count >= 1 << 16 { try flush() }
    }

    /// Writes what is one record.
    func writeRow(_ bytes: [UInt8]) throws {
        content.countRow()
        try write(bytes)
    }

    func write(_ text: String) throws { try write(Array(text.utf8)) }

    /// Hands over what is left; a file is then on the disk, and has not got its name yet.
    func finish() throws {
        try flush()
        if let file { try file.settle() } else { try Output.flush() }
    }

    private func flush() throws {
        let bytes = buffer
        buffer.removeAll(keepingCapacity: true)
        // Counted first: of what fails to be written some may have left.
        content.add(bytes)
        if let file { try file.write(bytes) } else { try Output.write(bytes) }
    }
}
