import Testing

@testable import Projections

@Suite("A projection's file")
struct DefinitionTests {
    private static let file = """
        -- projection: visits
        -- version: 2
        -- mode: async
        -- events: user.visited, page.*
        -- key: stream
        -- owner: user_id
        -- references: visits (tenant_id, user_id) -> users (tenant_id, id)
        -- A note: it is none of the keys.
        -- @schema
        CREATE TABLE visits (tenant_id uuid, user_id uuid, PRIMARY KEY (tenant_id, user_id));
        COMMENT ON TABLE visits IS 'a; b';
        CREATE TABLE visit_days (tenant_id uuid PRIMARY KEY);
        -- @fold
        DELETE FROM visits USING events;
        WITH x AS (SELECT * FROM events) INSERT INTO visits SELECT tenant_id, actor_id FROM x;
        -- @indexes
        CREATE INDEX visits_idx ON visits (user_id);
        """

    @Test("every part of it is read")
    func parts() throws {
        let definition = try Definition(parsing: Self.file, file: "visits.sql")
        #expect(definition.name == "visits")
        #expect(definition.version == 2)
        #expect(definition.mode == .async)
        #expect(definition.events == ["user.visited", "page.*"])
        #expect(definition.key == "stream")
        #expect(definition.owner == "user_id")
        #expect(
            definition.references == [
                .init(table: "visits", columns: "tenant_id, user_id", target: "users", targetColumns: "tenant_id, id")
            ])
        #expect(definition.tables == ["visits", "visit_days"])
        #expect(definition.indexes == "CREATE INDEX visits_idx ON visits (user_id);\n")
        #expect(Statement.split(definition.fold).count == 2)
        #expect(definition.sha256.count == 64)
    }

    @Test("whatever changes in the file changes its digest")
    func digest() throws {
        let one = try Definition(parsing: Self.file, file: "visits.sql")
        let other = try Definition(parsing: Self.file + "\n", file: "visits.sql")
        #expect(one.sha256 != other.sha256)
    }

    @Test(
        "what cannot be used is refused, with file and line",
        arguments: [
            ("-- projection: visits", "", 1, "projection"),
            ("-- projection: visits", "-- projection: Visits", 1, "no name"),
            ("-- projection: visits", "-- projection: 1visits", 1, "no name"),
            ("-- version: 2", "-- version: 0", 2, "whole number"),
            ("-- version: 2", "-- version: 2.1", 2, "whole number"),
            ("-- version: 2", "", 1, "version"),
            ("-- mode: async", "-- mode: later", 3, "inline or async"),
            ("-- events: user.visited, page.*", "-- events: user", 4, "event types"),
            ("-- events: user.visited, page.*", "-- events: *.visited", 4, "event types"),
            ("-- events: user.visited, page.*", "-- events: user.visited, page", 4, "event types"),
            ("-- events: user.visited, page.*", "-- events: user.a' OR '1'='1", 4, "event types"),
            ("-- events: user.visited, page.*", "-- events: user.visited@0, page.*", 4, "event types"),
            ("-- events: user.visited, page.*", "-- events: user.visited@, page.*", 4, "event types"),
            ("-- owner: user_id", "-- poison: ignore", 6, "stop or set-aside"),
            ("-- key: stream", "-- key: aggregate\n-- poison: set-aside", 6, "rows of one stream"),
            ("-- key: stream", "-- key: row", 5, "stream or aggregate"),
            ("-> users (tenant_id, id)", "users", 7, "references"),
            ("-- @schema", "-- @tables", 9, "@tables"),
            ("-- @indexes", "-- @fold", 16, "@fold"),
            ("-- @fold", "-- fold", 1, "both needed"),
            ("CREATE TABLE", "CREATE VIEW", 1, "must create a table"),
        ])
    func refused(part: String, replacement: String, line: Int, message: String) throws {
        let text = Self.file.replacing(part, with: replacement)
        let error = #expect(throws: DefinitionError.self) { try Definition(parsing: text, file: "visits.sql") }
        #expect(error?.line == line)
        #expect(error?.description.hasPrefix("visits.sql:\(line): ") ?? false)
        #expect(error?.message.contains(message) ?? false, "\(error?.message ?? "")")
    }

    @Test("the fold gives each statement the events, and pins what a session could change")
    func fold() throws {
        let definition = try Definition(parsing: Self.file, file: "visits.sql")
        let function = definition.foldFunction(in: "elsewhere")
        #expect(function.ranges(of: "events AS NOT MATERIALIZED (").count == 2)
        #expect(function.contains("WITH events AS NOT MATERIALIZED ("))
        #expect(function.contains("),\nx AS (SELECT * FROM events) INSERT INTO visits"))
        #expect(function.contains("l.event_type = 'user.visited' OR l.event_type LIKE 'page.%'"))
        #expect(function.contains("FUNCTION elsewhere.fold_visits("))
        let settings = [
            "search_path", "timezone", "datestyle", "intervalstyle", "bytea_output", "transform_null_equals",
            "standard_conforming_strings",
        ]
        for setting in settings {
            #expect(function.contains("SET \(setting) "), "\(setting)")
        }
    }

    @Test("what is set aside can be so with rows of one stream only, which nothing of another stream refuses")
    func setAside() throws {
        let text = Self.file.replacing("-- owner: user_id", with: "-- poison: set-aside")
        #expect(try Definition(parsing: text, file: "visits.sql").poison == .setAside)
        #expect(try Definition(parsing: Self.file, file: "visits.sql").poison == .stop)
        for (part, replacement) in [
            ("CREATE INDEX", "CREATE UNIQUE INDEX"), ("user_id uuid, PRIMARY", "user_id uuid unique, PRIMARY"),
        ] {
            let error = #expect(throws: DefinitionError.self) {
                try Definition(parsing: text.replacing(part, with: replacement), file: "visits.sql")
            }
            #expect(error?.line == 6)
        }
    }

    @Test("what is understood: listed types in their versions, others in version 1 or the one that the header says")
    func understood() throws {
        let text = Self.file.replacing("user.visited, page.*", with: "user.*, job.made, page.seen@3, web_page.*")
        var definition = try Definition(parsing: text, file: "visits.sql")
        #expect(definition.events == ["user.*", "job.made", "page.seen", "web_page.*"])
        definition.types.versions = ["user.added": 1, "user.moved": 2, "job.made": 2, "other.made": 1]
        let function = definition.foldFunction(in: "public")
        #expect(
            function.contains(
                "CASE WHEN l.schema_version <= 1 AND l.event_type IN ('user.added')"
                    + " OR l.schema_version <= 2 AND l.event_type IN ('job.made', 'user.moved')"
                    + " OR l.schema_version <= 3 AND l.event_type = 'page.seen'"
                    + #" OR l.schema_version <= 1 AND l.event_type LIKE 'web\_page.%' THEN true"#))
    }

    @Test("an underscore in an event type stands for itself")
    func underscore() throws {
        let text = Self.file.replacing("page.*", with: "web_page.*")
        let function = try Definition(parsing: text, file: "visits.sql").foldFunction(in: "public")
        #expect(function.contains(#"l.event_type LIKE 'web\_page.%'"#))
    }
}
