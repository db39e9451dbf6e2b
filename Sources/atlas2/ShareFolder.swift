import Foundation
import Processing

/// The folder that holds `database/` and `projections/`.
enum ShareFolder {
    /// - Parameter given: the value of ATLAS2_SHARE.
    static func find(given: String?) throws -> String {
        if let given {
            guard isComplete(given) else {
                throw Failure(.file, "ATLAS2_SHARE is \"\(given)\", where database/migrations and projections are not")
            }
            return given
        }
        let program =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        let starts = [(program as NSString).deletingLastPathComponent, FileManager.default.currentDirectoryPath]
        for folder in starts.flatMap(ancestors) {
            if let found = [folder, folder + "/share/atlas2"].first(where: isComplete) { return found }
        }
        throw Failure(
            .file,
            "the folders database/ and projections/ are neither above \(starts[0]) nor in its ../share/atlas2 nor above the current folder: set ATLAS2_SHARE to the folder that holds them"
        )
    }

    private static func ancestors(_ folder: String) -> [String] {
        var folders = [folder]
        while let last = folders.last, last != "/", !last.isEmpty {
            folders.append((last as NSString).deletingLastPathComponent)
        }
        return folders
    }

    private static func isComplete(_ folder: String) -> Bool {
        ["/database/migrations", "/database/functions", "/projections"].allSatisfy {
            FileManager.default.fileExists(atPath: folder + $0)
        }
    }
}
