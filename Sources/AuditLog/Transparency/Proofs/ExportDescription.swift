import Foundation

/// What `export.json` says: that the folder is an export, and of what. Nobody has to believe it.
struct ExportDescription: Codable {
    static let format = "atlas2/log-export/v1"

    var format = Self.format
    var origin: String
    /// Whether the payloads' lines hold personal parts, attachments and salts.
    var personal: Bool

    private enum CodingKeys: String, CodingKey {
        case format
        case origin
        case personal
    }

    var document: String {
        ReadableJSON.object([
            ("format", .string(format)), ("origin", .string(origin)), ("personal", .boolean(personal)),
        ]).text
    }

    /// Reads the description of a folder; nil where there is none.
    static func read(_ folder: ExportFolder) throws -> ExportDescription? {
        guard let bytes = try folder.read(ExportFolder.description) else { return nil }
        guard let description = try? JSONDecoder().decode(ExportDescription.self, from: Data(bytes)),
            description.format == format
        else {
            throw ProofError(
                .folder, "\(folder.path(ExportFolder.description)) is not that of an export: give another folder")
        }
        return description
    }
}
