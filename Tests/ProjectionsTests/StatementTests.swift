import Testing

@testable import Projections

@Suite("Splitting SQL into statements")
struct StatementTests {
    @Test(
        "a semicolon ends a statement only where it is one",
        arguments: [
            ("", []),
            (" ; ;\n;", []),
            ("a; b", ["a", "b"]),
            ("a;\n\tb ;\r\n", ["a", "b "]),
            ("SELECT ';'; b", ["SELECT ';'", "b"]),
            ("SELECT 'it''s; ' ; b", ["SELECT 'it''s; ' ", "b"]),
            ("SELECT E'it\\'s; ' ; b", ["SELECT E'it\\'s; ' ", "b"]),
            ("SELECT e'\\\\'; b", ["SELECT e'\\\\'", "b"]),
            ("SELECT LIKE'\\'; b", ["SELECT LIKE'\\'", "b"]),
            ("SELECT \"a;\"\"b\"; c", ["SELECT \"a;\"\"b\"", "c"]),
            ("SELECT $$;$$; b", ["SELECT $$;$$", "b"]),
            ("SELECT $x$ $$;$$ ; $x$; b", ["SELECT $x$ $$;$$ ; $x$", "b"]),
            ("SELECT $1; b", ["SELECT $1", "b"]),
            ("-- a; b\nc", ["c"]),
            ("a -- ;\n; b", ["a -- ;\n", "b"]),
            ("/* a; */ b; c", ["b", "c"]),
            ("/* a /* ; */ ; */ b; c", ["b", "c"]),
            ("a /* ; */ b; c", ["a /* ; */ b", "c"]),
            ("-- a\rb; c", ["b", "c"]),
            ("SELECT a$$b; c", ["SELECT a$$b", "c"]),
            ("-- only a comment", []),
            ("a; -- a comment behind", ["a"]),
            ("SELECT 'unclosed; b", ["SELECT 'unclosed; b"]),
            ("SELECT 'ä;ö'; b", ["SELECT 'ä;ö'", "b"]),
        ] as [(String, [String])])
    func split(section: String, statements: [String]) {
        #expect(Statement.split(section).map(\.text) == statements)
    }

    @Test(
        "the table that a statement creates is known",
        arguments: [
            ("CREATE TABLE users (id uuid)", "users"),
            ("create table\n users(id uuid)", "users"),
            ("CREATE TABLE IF NOT EXISTS users (id uuid)", "users"),
            ("CREATE TABLE \"users\" (id uuid)", "users"),
            ("CREATE /* x */ TABLE users (id uuid)", "users"),
            ("CREATE INDEX users_idx ON users (id)", nil),
            ("COMMENT ON TABLE users IS 'x'", nil),
            ("CREATE", nil),
        ] as [(String, String?)])
    func createdTable(text: String, table: String?) {
        #expect(Statement(text: text).createdTable == table)
    }

    @Test(
        "a relation goes in front of those that a statement defines itself",
        arguments: [
            ("SELECT 1", "WITH events AS (…)\nSELECT 1"),
            ("WITH x AS (SELECT 1) SELECT 2", "WITH events AS (…),\nx AS (SELECT 1) SELECT 2"),
            ("with\n    x AS (SELECT 1) SELECT 2", "WITH events AS (…),\nx AS (SELECT 1) SELECT 2"),
            (
                "WITH RECURSIVE x AS (SELECT 1) SELECT 2",
                "WITH RECURSIVE events AS (…),\nx AS (SELECT 1) SELECT 2"
            ),
            ("WITH/**/x AS (SELECT 1) SELECT 2", "WITH events AS (…),\nx AS (SELECT 1) SELECT 2"),
            ("WITHDRAW x", "WITH events AS (…)\nWITHDRAW x"),
        ])
    func with(text: String, result: String) {
        #expect(Statement(text: text).with("events AS (…)") == result)
    }
}
