import Testing

@testable import Mapping

@Suite("Text of HTML")
struct HTMLTextTests {
    @Test(
        "strip_html gives what people read, on one line",
        arguments: [
            ("", "null"), ("plain", "\"plain\""), ("  a \n b ", "\"a b\""), ("<b>a</b>b", "\"ab\""),
            ("<p>a</p><P>b</P>", "\"a b\""),
            ("a<br>b<br/>c", "\"a b c\""), ("<ul><li>a</li>\n<li>b</ul>", "\"a b\""), ("<p></p>", "null"),
            ("<a href=\"x?a>b\" title='>'>link</a>", "\"link\""), ("<a title=it's>a</a> it's", "\"a it's\""),
            ("a<!-- <b> -- > -->b", "\"ab\""), ("a<!-->b", "\"ab\""), ("<!DOCTYPE html>a<?xml?>b</ >c", "\"abc\""),
            ("<script>if (a<b) x()</script>y<STYLE>p{}</Style >z", "\"yz\""), ("<script src=x></script>y", "\"y\""),
            ("<scripty>y", "\"y\""), ("<h1>Zürich</h1>日本<td>🦊", "\"Zürich 日本 🦊\""),
        ])
    func markup(cell: String, expected: String) throws {
        #expect(try value(of: "$a | strip_html", cell) == expected)
    }

    @Test(
        "what only looks like HTML is text",
        arguments: [
            ("a < b", "\"a < b\""), ("a <b", "\"a <b\""), ("5<6 and 7>3", "\"5<6 and 7>3\""), ("<", "\"<\""),
            ("<>", "\"<>\""),
            ("a<!-- b", "\"a<!-- b\""), ("a <!-- b>c", "\"a c\""), ("<script>a", "\"a\""), ("<a x=\"1>b", "\"b\""),
            ("AT&T", "\"AT&T\""), ("a & b &amp b", "\"a & b &amp b\""),
            ("&nosuch; &#; &#x; &;", "\"&nosuch; &#; &#x; &;\""),
            ("</", "\"</\""), ("<!", "\"<!\""),
        ])
    func text(cell: String, expected: String) throws {
        #expect(try value(of: "$a | strip_html", cell) == expected)
    }

    @Test(
        "character references become characters, once",
        arguments: [
            ("&lt;b&gt; &amp;lt; &quot;&apos;&#39;&#x27;&#X27;", #""<b> &lt; \"''''""#),
            ("a&nbsp;&nbsp;b&nbsp;", "\"a b\""),
            ("&eacute;&Eacute;&euro;&hearts;&thetasym;", "\"éÉ€♥ϑ\""), ("&#8364;&#128;&#151;", "\"€€—\""),
            ("&#x1F98A;", "\"🦊\""),
            ("&#0;&#xD800;&#x110000;&#99999999999999999999;", "\"\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\""),
            ("&#32;a&#10;b", "\"a b\""), ("a&shy;b", "\"a\u{AD}b\""),
        ])
    func references(cell: String, expected: String) throws {
        #expect(Array(try value(of: "$a | strip_html", cell).utf8) == Array(expected.utf8))
    }

    @Test(
        "hostile texts take time linear in their length", .timeLimit(.minutes(1)),
        arguments: [
            "<", "<a ", "<a x=\"", "<!--", "<!-- -", "<script>", "<style>", "</script", "&#1", "&amp", "<a x='>", "<!",
        ])
    func hostile(piece: String) throws {
        let cell = String(repeating: piece, count: 1_000_000 / piece.utf8.count)
        _ = try value(of: "$a | strip_html", cell)
        _ = try value(of: "$a | strip_html", cell + ">")
    }
}
