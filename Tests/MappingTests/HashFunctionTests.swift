import Testing

@testable import Mapping

@Suite("Functions that hash")
struct HashFunctionTests {
    @Test(
        "sha256 gives the digest of the bytes in hexadecimal",
        arguments: [
            ("", "null"), ("a", "\"ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb\""),
            ("ä🦊", "\"071bf883337cbd67d98b42fb98ea662d0e557ec8038c2b3d8a0e5efddbc76139\""),
            (" ", "\"36a9e7f1c95b82ffb99743e0c5c4ce95d83c9a430aac59f84ef3cbfab6145068\""),
            ("12.50", "\"6d6cc696c282286ecbb59a9456f8e0011c75dacba2739ee494778150e188dae1\""),
            (
                String(repeating: "x", count: 1_000_000),
                "\"1b977e9f84f1b26b6ed7f68b0498faee2385ea4125bd29adce4a7d9106ba3134\""
            ),
        ])
    func sha256(cell: String, expected: String) throws {
        #expect(try value(of: "$a | sha256", cell) == expected)
    }

    @Test("sha256 of a number is that of its digits")
    func sha256OfNumber() throws {
        #expect(try value(of: "12.50 | sha256") == value(of: "$a | sha256", "12.50"))
        #expect(try value(of: "$a | to_decimal | sha256", "+12.50") == value(of: "$a | sha256", "12.50"))
    }

    @Test(
        "uuid5 gives the UUID that RFC 9562 says",
        arguments: [
            ("dns", "www.example.com", "\"2ed6657d-e927-568b-95e1-2665a8aea6a2\""),
            ("DNS", "python.org", "\"886313e1-3b8a-5372-9b90-0c9aee199e5d\""),
            ("url", "http://example.com/ü", "\"3bdc1b92-e301-5da7-9835-fff02184ba40\""),
            ("oid", "1.3.6.1", "\"1447fa61-5277-5fef-a9b3-fbc6e44f4af3\""),
            ("x500", "c=ca", "\"cc957dd1-a972-5349-98cd-874190002798\""),
            ("5b1f0a6e-6174-4c61-9332-2d6e616d6573", "ab", "\"0ae6cfce-e4ee-50ac-a84a-ba434f4549c8\""),
            ("5B1F0A6E-6174-4C61-9332-2D6E616D6573", "ab", "\"0ae6cfce-e4ee-50ac-a84a-ba434f4549c8\""),
            ("dns", String(repeating: "x", count: 1_000_000), "\"ee0ae04d-e58e-5818-9e08-0afd3f1512e8\""),
            ("dns", "", "null"),
        ])
    func uuid5(namespace: String, cell: String, expected: String) throws {
        #expect(try value(of: "$a | uuid5(\"\(namespace)\")", cell) == expected)
        #expect(try value(of: "uuid5(\"\(namespace)\", $a)", cell) == expected)
    }

    @Test("uuid5 of several parts has a NUL between them and tells other parts of the same letters apart")
    func parts() throws {
        let call = "uuid5(\"5b1f0a6e-6174-4c61-9332-2d6e616d6573\", $a, $b)"
        #expect(try value(of: call, "a", "b") == "\"3251dc6d-304f-595f-8ea0-834a41fd454c\"")
        #expect(try value(of: call, "ab", "c") != value(of: call, "a", "bc"))
        #expect(try value(of: call, "a", "") == "null")
        #expect(try value(of: call, "", "b") == "null")
        #expect(try value(of: "uuid5(\"dns\", 12)") == "\"52524d6e-10dc-5261-aa36-8b2efcbaa5f0\"")
    }

    @Test("uuid5 of more than 8 MiB fails")
    func extreme() throws {
        let long = String(repeating: "x", count: 3 << 20)
        #expect(try value(of: "uuid5(\"dns\", $a, $b, $c)", long, long, long) == "text_too_long")
        #expect(try value(of: "uuid5(\"dns\", $a, $b)", long, long).count == 38)
    }

    @Test(
        "uuid5 takes no other namespaces",
        arguments: ["dsn", "", "6ba7b810-9dad-11d1-80b4-00c04fd430c", "6ba7b8109dad11d180b400c04fd430c8", "é"])
    func namespaces(name: String) {
        let problems = Sheet.problems("name: n\napi: x\nmappings: {t: '$a | uuid5(\"\(name)\")'}")
        #expect(problems == ["3:27 wrong_arguments"])
    }

    @Test("what uuid5 gives passes the check of UUIDs")
    func check() throws {
        let sheet = try Sheet(
            "name: n\napi: {name: x, fields: [{name: a, type: uuid}]}\nmappings: {a: '$a | uuid5(\"url\")'}",
            columns: ["a"])
        #expect(sheet.map(["https://example.com"]).count == 40)
    }
}
