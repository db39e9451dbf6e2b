import Crypto
import Foundation

/// The SQL files that make a database: `database/` and `projections/` of one folder.
package struct Library: Sendable {
    /// A file and its text.
    package struct File: Sendable, Equatable {
        package var name: String
        package var text: String
        /// The name without `.sql`.
        var stem: Substring { name.dropLast(4) }
    }

    package struct Migration: Sendable, Equatable {
        package var version: Int
        package var name: String
        package var up: File
        package var down: File

        /// SHA-256 of the file that applies it, hexadecimal.
        var sha256: String { SHA256.hash(data: Array(up.text.utf8)).hexadecimal }
    }

    package var migrations: [Migration]
    package var functions: [File]
    package var views: [File]
    package var types: EventTypes
    /// Those that can be used: the product's, and further ones.
    package var projections: [Definition]
    /// Files of further projections that cannot be used, and are left out.
    package internal(set) var faulty: [FaultyFile] = []

    /// Loads the files below `root`, and further projections from `additional` folders.
    ///
    /// - Throws: `DefinitionError` for a file of the product that cannot be used, `CocoaError` for one that cannot be
    ///   read. A further projection with a mistake in it is left out, and stands in `faulty`.
    package init(root: String, additional: [String] = []) throws {
        func files(_ folder: String) throws -> [File] {
            try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".sql") }.sorted().map {
                File(name: $0, text: try String(contentsOfFile: folder + "/" + $0, encoding: .utf8))
            }
        }
        let migrations = try files(root + "/database/migrations")
        self.migrations = try migrations.filter { !$0.name.hasSuffix(".down.sql") }.enumerated().map { index, up in
            let stem = up.name.dropLast(4)
            guard let version = Int(stem.prefix(3)), version == index + 1, stem.dropFirst(3).first == "_",
                let down = migrations.first(where: { $0.name == stem + ".down.sql" })
            else {
                throw DefinitionError(
                    file: up.name, line: 1,
                    message: "migrations are named NNN_name.sql without gaps, each with its .down.sql")
            }
            return Migration(version: version, name: String(stem.dropFirst(4)), up: up, down: down)
        }
        functions = try files(root + "/database/functions")
        views = Self.inOrderOfUse(try files(root + "/database/views"))
        var types = EventTypes()
        if let list = functions.first(where: { $0.name == "event_types.sql" }) {
            types.versions = try EventTypes.versions(in: list)
        }
        // Nobody needs any, and so the folders need not be there.
        types.upcasters = try ([root + "/database"] + additional).map { $0 + "/upcasters" }
            .filter { FileManager.default.fileExists(atPath: $0) }.flatMap { try files($0) }.map { try Upcaster($0) }
        try types.checkUpcasters()
        self.types = types
        projections = []
        let folders = try ([root + "/projections"] + additional).map { folder in
            try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".sql") }.sorted()
                .map { (folder: folder, name: $0) }
        }
        let isProduct = { (file: (folder: String, name: String)) in
            file.folder == root + "/projections" && Self.product.contains(String(file.name.dropLast(4)))
        }
        for file in folders.joined() where isProduct(file) {
            let text = try String(contentsOfFile: "\(file.folder)/\(file.name)", encoding: .utf8)
            projections.append(try definition(parsing: text, file: file.name))
        }
        if let missing = Self.product.subtracting(projections.map(\.name)).sorted().first {
            throw DefinitionError(
                file: "\(missing).sql", line: 1, message: "the file is not in \(root)/projections: install Atlas2 again"
            )
        }
        add(folders.joined().filter { !isProduct($0) }.map { "\($0.folder)/\($0.name)" })
        projections.sort { $0.name < $1.name }
    }

    /// Reads a projection file, with what this library knows of events.
    func definition(parsing text: String, file: String) throws(DefinitionError) -> Definition {
        var definition = try Definition(parsing: text, file: file)
        if let type = definition.understood.keys.sorted().first(where: types.lists) {
            throw DefinitionError(
                file: file, line: definition.lines["events"] ?? 1,
                message: "which version \(type) has is listed in event_types.sql: leave @ out")
        }
        definition.types = types
        return definition
    }

    /// The views such that each stands behind those that it reads.
    private static func inOrderOfUse(_ views: [File]) -> [File] {
        var waiting = views
        var ordered: [File] = []
        while let next = waiting.firstIndex(where: { view in
            !waiting.contains { $0 != view && view.text.contains("FROM \($0.stem) ") }
        }) {
            ordered.append(waiting.remove(at: next))
        }
        return ordered + waiting
    }

    /// The views and their grants; running it again changes nothing.
    var viewStatements: String {
        """
        \(views.map(\.text).joined(separator: "\n"))
        GRANT SELECT ON \(views.map(\.stem).sorted().joined(separator: ", ")) TO atlas2_app, atlas2_readonly;
        """
    }

    /// The product's functions, projections and views, as statements that change nothing when they run again.
    package var definitions: String { definitions(of: projections.filter { Self.product.contains($0.name) }) }

    private func definitions(of projections: [Definition]) -> String {
        """
        SET ROLE atlas2_owner;
        \(statements(of: projections))
        COMMENT ON SCHEMA fold IS 'Functions that projections may use in their folds; definitions \(fingerprint)';
        RESET ROLE;

        """
    }

    /// What the comment of the schema `fold` says when the product's definitions are installed.
    package var fingerprint: String {
        let text = statements(of: projections.filter { Self.product.contains($0.name) })
        return SHA256.hash(data: Array(text.utf8)).hexadecimal
    }

    private func statements(of projections: [Definition]) -> String {
        """
        SET LOCAL search_path = public;
        -- Functions and views name each other; they are checked when they first run.
        SET LOCAL check_function_bodies = off;
        \(functions.map(\.text).joined(separator: "\n"))
        \(types.upcast)
        \(projections.map(\.installation).joined(separator: "\n"))
        \(projections.map(\.foreignKeys).joined())
        \(viewStatements)
        SELECT projections_register();
        -- This month's partition and the next one's.
        SELECT audit_month(audit_clock()), audit_month(audit_clock() + interval '1 month');
        """
    }

    /// The text of `database/init.sql`: everything, for psql alone.
    package var script: String {
        """
        -- Generated by "make database/init.sql" from database/migrations, database/functions, database/upcasters,
        -- database/views and projections: do not edit. It makes or upgrades the whole schema; running it again changes nothing.
        -- By hand: psql -v ON_ERROR_STOP=1 -d atlas2 -f database/init.sql
        BEGIN;
        SET LOCAL client_min_messages = warning;
        \(migrations.map(\.up.text).joined(separator: "\n"))
        \(definitions(of: projections))
        COMMIT;

        """
    }
}
