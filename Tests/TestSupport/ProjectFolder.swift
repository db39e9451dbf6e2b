import Foundation
package import Projections

/// The folder of the project whose tests these are.
package enum ProjectFolder {
    package static let path: String = {
        // Tests/TestSupport/ProjectFolder.swift
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path
    }()
}

extension Library {
    /// The project's own SQL files.
    package static func project(additional: [String] = []) throws -> Library {
        try Library(root: ProjectFolder.path, additional: additional)
    }

    /// The same, and the examples of further projections.
    package static func withExamples() throws -> Library {
        try project(additional: [ProjectFolder.path + "/examples/projections"])
    }
}
