import Testing

@testable import AuditLog

@Suite("Base64")
struct Base64Tests {
    @Test(
        "the vectors of RFC 4648 go both ways",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ])
    func vectors(text: String, base64: String) {
        #expect(Base64.encode(text.utf8) == base64)
        #expect(Base64.decode(base64.utf8) == Array(text.utf8))
    }

    @Test("every byte at every place goes there and back")
    func allBytes() {
        for count in 0..<40 {
            let bytes = (0..<256).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ count) }.suffix(256 - count)
            #expect(Base64.decode(Base64.encode(bytes).utf8) == Array(bytes))
        }
        #expect(Base64.encode([0xFB, 0xFF, 0xBF]) == "+/+/")
    }

    @Test(
        "what has another text, or none, is refused",
        arguments: [
            "Z", "Zg", "Zg=", "Zg===", "Zm8", "=", "==", "===", "====", "Z===", "Zh==", "Zm9=", "Zg==Zg==", "Zm=v",
            "Z=9v",
            "Zm9v\n", "Zm9\n", " Zm9", "Zm9v ", "Zm-_", "Zm9é", "Zm9\u{0}", "Zm9vYg==\n", "A=A=",
        ])
    func refused(text: String) {
        #expect(Base64.decode(text.utf8) == nil)
    }
}
