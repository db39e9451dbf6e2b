import CSHA1
import CSHA256

extension Function {
    private static let value = Parameter("value", .value(.text))

    /// Functions that make a key of fixed length of any text.
    static let hashes: [Function] = [
        Function(
            "sha256", .transformation, [value], result: .type(.text),
            summary: "Writes the SHA-256 of the text's UTF-8 bytes in 64 small hexadecimal digits",
            example: Example(
                "\"abc\" | sha256", gives: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        ) { operands, workspace in
            guard case .text(let bytes) = operands[0] else { return .null }
            return sha256(bytes, workspace)
        },
        .specialized(
            "uuid5", .transformation, [Parameter("namespace", .text), Parameter("part", .value(.text), .several)],
            result: .type(.text), pipedParameter: 1,
            summary:
                "Makes a UUID of a text (RFC 9562, version 5), the same for the same text; the namespace is dns, url, oid, "
                + "x500 or a UUID",
            example: Example(
                "\"www.example.com\" | uuid5(\"dns\")", gives: "2ed6657d-e927-568b-95e1-2665a8aea6a2"),
            failures: [Workspace.textTooLong]
        ) { (arguments) throws(ArgumentError) in
            let namespace = try namespace(arguments.texts[0])
            let count = arguments.operandCount
            return { operands, workspace in uuid5(namespace, operands, count, workspace) }
        },
    ]

    private static func sha256(_ bytes: Bytes, _ workspace: Workspace) -> Value {
        let target = workspace.allocate(64)
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { digest in
            _ = CCryptoBoringSSL_SHA256(bytes.baseAddress, bytes.count, digest.baseAddress)
            for index in 0..<32 { writeHexadecimal(digest[index], to: target + 2 * index) }
        }
        return .blankable(target, count: 64)
    }

    // MARK: - Name-based UUIDs

    private static func namespace(_ text: Arguments.Text) throws(ArgumentError) -> [UInt8] {
        // RFC 9562, section 6.6.
        let known =
            switch text.string.lowercased() {
            case "dns": "6ba7b810-9dad-11d1-80b4-00c04fd430c8"
            case "url": "6ba7b811-9dad-11d1-80b4-00c04fd430c8"
            case "oid": "6ba7b812-9dad-11d1-80b4-00c04fd430c8"
            case "x500": "6ba7b814-9dad-11d1-80b4-00c04fd430c8"
            default: text.string
            }
        let digits = known.utf8.filter { $0 != UInt8(ascii: "-") }
        let isUUID = Array(known.utf8).withUnsafeBufferPointer { TextFormat.isUUID($0) }
        guard isUUID else {
            throw ArgumentError(
                text.argument, "'\(text.string)' is no namespace of UUIDs",
                "write dns, url, oid or x500, or a UUID of your own, such as one that uuidgen prints")
        }
        return stride(from: 0, to: 32, by: 2).map { hexadecimal(digits[$0]) << 4 | hexadecimal(digits[$0 + 1]) }
    }

    /// The parts are hashed with a NUL, which no cell holds, between them: other parts never make the same name.
    private static func uuid5(
        _ namespace: [UInt8], _ operands: UnsafeMutablePointer<Value>, _ operandCount: Int, _ workspace: Workspace
    ) -> Value {
        var capacity = namespace.count + operandCount
        for index in 0..<operandCount {
            if case .text(let bytes) = operands[index] { capacity += bytes.count }
        }
        if capacity > Workspace.longestText { return workspace.fail(Workspace.textTooLong) }
        let target = workspace.allocate(36)
        let name = workspace.allocate(capacity)
        var count = 0
        for byte in namespace {
            name[count] = byte
            count += 1
        }
        for index in 0..<operandCount {
            guard case .text(let bytes) = operands[index], let start = bytes.baseAddress else { continue }
            if index > 0 {
                name[count] = 0
                count += 1
            }
            (name + count).update(from: start, count: bytes.count)
            count += bytes.count
        }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digest in
            _ = CCryptoBoringSSL_SHA1(name, count, digest.baseAddress)
            digest[6] = digest[6] & 0x0F | 0x50
            digest[8] = digest[8] & 0x3F | 0x80
            var place = target
            for index in 0..<16 {
                if index == 4 || index == 6 || index == 8 || index == 10 {
                    place[0] = UInt8(ascii: "-")
                    place += 1
                }
                writeHexadecimal(digest[index], to: place)
                place += 2
            }
        }
        workspace.giveBack(capacity)
        return .blankable(target, count: 36)
    }

    // MARK: - Hexadecimal digits

    @inline(__always)
    private static func writeHexadecimal(_ byte: UInt8, to target: UnsafeMutablePointer<UInt8>) {
        let digits: StaticString = "0123456789abcdef"
        target[0] = digits.utf8Start[Int(byte >> 4)]
        target[1] = digits.utf8Start[Int(byte & 15)]
    }

    /// The value of a hexadecimal digit.
    private static func hexadecimal(_ digit: UInt8) -> UInt8 {
        digit < 0x40 ? digit & 0x0F : (digit & 0x0F) + 9
    }
}
