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

    @Test("a folder of further projections is loaded beside the project's; a name may stand once only")
    func additional() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let users = try String(contentsOfFile: ProjectFolder.path + "/projections/users.sql", encoding: .utf8)
        let other = users.replacing("-- projection: users", with: "-- projection: members")
        try other.write(to: folder.appendingPathComponent("members.sql"), atomically: true, encoding: .utf8)
        let library = try Library.project(additional: [folder.path])
        #expect(library.projections.contains { $0.name == "members" })
        try users.write(to: folder.appendingPathComponent("members.sql"), atomically: true, encoding: .utf8)
        #expect(throws: DefinitionError.self) { try Library.project(additional: [folder.path]) }
    }
}
