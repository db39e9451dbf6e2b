import Foundation
import TestSupport
import Testing

@testable import Projections

@Suite("Known event types and their versions")
struct EventTypesTests {
    /// The types that Swift code states, with their versions, out of its source.
    private func stated() throws -> [String: Int] {
        let folder = ProjectFolder.path + "/Sources/AuditLog/Events"
        var stated: [String: Int] = [:]
        for file in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let text = try String(contentsOfFile: folder + "/" + file, encoding: .utf8)
            for part in text.split(separator: "static let type = \"").dropFirst() {
                let type = String(part.prefix { $0 != "\"" })
                let rest = part.split(separator: "\n").dropFirst().prefix(1).joined()
                stated[type] = rest.firstMatch(of: /static let schemaVersion: Int32 = (\d+)/).flatMap { Int($0.1) } ?? 1
            }
        }
        return stated
    }

    @Test("event_types.sql lists what Swift code appends, and the erasure of each kind, in the same versions")
    func list() throws {
        var expected = try stated()
        #expect(expected["job.rows_processed"] == 2 && expected["user.created"] == 1)
        for kind in Set(expected.keys.map { $0.prefix { $0 != "." } }) { expected["\(kind).erased"] = 1 }
        #expect(try Library.project().types.versions == expected)
    }

    @Test("a type that is listed twice is refused, with its line")
    func twice() {
        let file = Library.File(name: "event_types.sql", text: "VALUES\n    ('a.b', 1),\n    ('a.b', 2)\n")
        let error = #expect(throws: DefinitionError.self) { try EventTypes.versions(in: file) }
        #expect(error?.line == 3)
    }

    private func upcaster(_ name: String, _ function: String = "upcast_a_b_1") throws -> Upcaster {
        let text = "CREATE OR REPLACE FUNCTION fold.\(function)(INOUT payload jsonb, INOUT personal jsonb) …"
        return try Upcaster(Library.File(name: name, text: text))
    }

    @Test(
        "an upcaster's file is named after what it brings to the next version, and makes that function",
        arguments: [
            "a.b.sql", "a.b.0.sql", "a.b.01.sql", "a.b.x.sql", "a.*.1.sql", "A.b.1.sql", "a.c.1.sql", "a.b.2.sql",
        ])
    func names(name: String) throws {
        #expect(throws: DefinitionError.self) { try upcaster(name) }
        #expect(try upcaster("a.b.1.sql").version == 1)
    }

    @Test(
        "upcasters of a type leave no gap below its version",
        arguments: [
            ([1], 2, true), ([1, 2], 3, true), ([2], 3, false), ([1], 3, false), ([1, 2], 2, false), ([1], 1, false),
            ([1, 2], nil, true), ([2], nil, false),
        ] as [([Int], Int?, Bool)])
    func gaps(given: [Int], version: Int?, isGood: Bool) throws {
        var types = EventTypes()
        types.versions["a.b"] = version
        types.upcasters = try given.map { try upcaster("a.b.\($0).sql", "upcast_a_b_\($0)") }
        if isGood {
            try types.checkUpcasters()
            #expect(types.upcastsAny(of: ["a.*"]) && types.upcastsAny(of: ["c.*", "a.b"]))
            #expect(!types.upcastsAny(of: ["a.c", "ab.*"]))
        } else {
            #expect(throws: DefinitionError.self) { try types.checkUpcasters() }
        }
    }
}
