import Postgres
import Testing

@testable import AuditLog

@Suite("Lines of an export")
struct ExportLineTests {
    private static let hash = [UInt8](repeating: 0xAB, count: 32)
    private static let payloads = [
        "{}", #"{"a":"\" \\ \u0000 \n"}"#, "{ \"a\" :\t1,\r\n\"é🧾\u{2028}\u{7F}\":null}",
    ]
    private static let erasables: [ExportLine.Erasable] = [
        .withheld, .erased, .shown(ErasableParts(salt: Sample.salt, personal: nil, attachment: nil)),
        .shown(ErasableParts(salt: [], personal: JSON(#"{"n":"\"}"#), attachment: [])),
        .shown(ErasableParts(salt: Sample.salt, personal: Sample.personal, attachment: Array(0...255))),
    ]

    @Test("a line is one line, and read back byte for byte")
    func roundTrip() {
        for payload in Self.payloads {
            for erasable in Self.erasables {
                let line = ExportLine(
                    position: 1_234_567, payload: JSON(payload), erasableHash: Self.hash, erasable: erasable)
                let bytes = line.bytes
                #expect(bytes.last == 0x0A && bytes.dropLast().allSatisfy { $0 >= 0x20 })
                #expect(ExportLine(parsing: bytes.dropLast()) == line)
            }
        }
    }

    @Test("a line that is cut off or differs in a byte is refused, or says just that other thing")
    func damage() {
        for erasable in Self.erasables {
            let line = ExportLine(
                position: 7, payload: JSON(#"{"a":"\n"}"#), erasableHash: Self.hash, erasable: erasable)
            let bytes = Array(line.bytes.dropLast())
            for index in bytes.indices {
                #expect(ExportLine(parsing: bytes[..<index]) == nil)
                for other in [0x20, UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "0"), bytes[index] ^ 0x20]
                where other != bytes[index] {
                    var damaged = bytes
                    damaged[index] = other
                    guard let read = ExportLine(parsing: damaged[...]) else { continue }
                    #expect(Array(read.bytes.dropLast()) == damaged)
                }
            }
        }
    }
}
