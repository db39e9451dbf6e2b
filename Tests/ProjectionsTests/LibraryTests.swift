import Foundation
import Projections
import TestSupport
import Testing

@Suite("The project's SQL files")
struct LibraryTests {
    @Test("they load: migrations in order, functions, views and projections")
    func load() throws {
        let library = try Library.project()
        #expect(library.migrations.map(\.version) == Array(1...library.migrations.count))
        #expect(library.migrations.prefix(2).map(\.name) == ["initial_schema", "add_indexes_and_constraints"])
        #expect(library.functions.contains { $0.name == "audit_append.sql" })
        #expect(library.views.contains { $0.name == "audit_trail.sql" })
        let names = library.projections.map(\.name)
        #expect(names == names.sorted())
        let product = [
            "api_configurations", "api_fields", "file_data", "job_statistics", "mapping_configurations",
            "processing_jobs", "system_settings", "tenants", "transformation_rules", "user_dashboard_stats", "users",
        ]
        #expect(Set(product).isSubset(of: names))
    }

    @Test("a projection's file is named after it")
    func names() throws {
        let folder = ProjectFolder.path + "/projections"
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".sql") }
        #expect(Set(files) == Set(try Library.project().projections.map { $0.name + ".sql" }))
    }

    @Test("a view stands behind those that it reads")
    func viewOrder() throws {
        let views = try Library.project().views.map(\.name)
        let results = try #require(views.firstIndex(of: "processing_results.sql"))
        let errors = try #require(views.firstIndex(of: "processing_errors.sql"))
        #expect(results < errors)
    }

    @Test("database/init.sql is what the library generates")
    func script() throws {
        let file = try String(contentsOfFile: ProjectFolder.path + "/database/init.sql", encoding: .utf8)
        let isCurrent = file == (try Library.project().script)
        #expect(isCurrent, "database/init.sql is out of date: make database/init.sql")
    }

    /// A folder with these files, for as long as `body` runs.
    private func withFolder(_ files: [String: String], _ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in files {
            try text.write(to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
        }
        try body(folder.path)
    }

    private static let example = Result {
        try String(contentsOfFile: ProjectFolder.path + "/examples/projections/rejected_rows.sql", encoding: .utf8)
    }

    @Test("a folder of further projections is loaded beside the product's")
    func additional() throws {
        try withFolder(["r.sql": try Self.example.get(), "note.txt": "no projection"]) { folder in
            let library = try Library.project(additional: [folder])
            #expect(library.further.map(\.name) == ["rejected_rows"])
            #expect(library.faulty.isEmpty)
            // The product's part is what it is without them.
            let product = try Library.project()
            #expect(library.fingerprint == product.fingerprint)
        }
    }

    @Test(
        "a faulty one is left out and named with what is wrong; the others are loaded",
        arguments: [
            ("-- mode: async", "-- mode: later", "other", "b.sql:3: the mode must be inline or async"),
            ("sum((x.value->>'count')::bigint)", "random()::int", "other", "b.sql:27:41: random() gives another value"),
            ("", "", "other", "b.sql:7:14: rejected_rows is a table of the projection rejected_rows"),
            ("-- projection: other", "-- projection: users", "users", "users is a projection of Atlas2 itself"),
            ("-- projection: other", "-- projection: rejected_rows", "rejected_rows", "two files define"),
        ] as [(String, String, String?, String)])
    func faulty(part: String, replacement: String, name: String?, message: String) throws {
        let example = try Self.example.get()
        var other = example.replacing("-- projection: rejected_rows", with: "-- projection: other")
        if !part.isEmpty { other = other.replacing(part, with: replacement) }
        if part.hasPrefix("sum(") { other = other.replacing("rejected_rows", with: "other_rows") }
        try withFolder(["a.sql": example, "b.sql": other]) { folder in
            let library = try Library.project(additional: [folder])
            #expect(library.further.map(\.name) == ["rejected_rows"])
            #expect(library.faulty.map(\.path) == [folder + "/b.sql"])
            #expect(library.faulty.first?.projection == name)
            let texts = library.faulty.flatMap(\.findings).map { String(describing: $0) }
            #expect(texts.contains { $0.contains(message) }, "\(texts)")
        }
    }

    @Test("a file that is no text is faulty, and stops nothing")
    func binary() throws {
        try withFolder([:]) { folder in
            try Data([0xFF, 0xFE, 0x00]).write(to: URL(fileURLWithPath: folder + "/x.sql"))
            let library = try Library.project(additional: [folder])
            #expect(
                library.faulty.map(\.summary) == [
                    "x.sql:1: the file cannot be read as UTF-8 text: look at \(folder)/x.sql"
                ])
        }
    }
}
