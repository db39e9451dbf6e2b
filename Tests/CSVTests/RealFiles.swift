import Foundation

/// The real files that lie beside the checkout, in `../shared/data`.
enum RealFiles {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../shared/data").standardizedFileURL

    static let areThere = FileManager.default.fileExists(atPath: folder.path())

    static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appending(path: name)))
    }
}
