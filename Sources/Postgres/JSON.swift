/// JSON text, sent as `json`, which keeps it byte for byte; read from json, jsonb and text columns.
///
/// Nothing here parses it: the server refuses what is not JSON.
package struct JSON: Hashable, Sendable {
    /// UTF-8.
    package var bytes: [UInt8]

    package init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    package init(_ text: String) {
        bytes = Array(text.utf8)
    }

    package var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// JSON text, sent as `jsonb`.
///
/// Wanted where the server's type must be exact: arguments of functions and fields of composites. An INSERT into a jsonb
/// column takes `JSON` too.
package struct JSONB: Hashable, Sendable {
    package var json: JSON

    package init(_ json: JSON) {
        self.json = json
    }

    package init(_ text: String) {
        json = JSON(text)
    }

    /// The byte that precedes the text in the binary form of jsonb.
    static let version: UInt8 = 1
}

extension JSON: PostgresEncodable, PostgresDecodable, PostgresElement {
    package static var postgresType: PostgresType { .json }
    package static var arrayType: PostgresType { .jsonArray }

    package func encode(into target: inout [UInt8]) -> Bool {
        target += bytes
        return true
    }

    package static func decode(_ bytes: UnsafeRawBufferPointer, _ type: PostgresType) -> JSON? {
        switch type {
        case .json, .text: JSON(bytes: [UInt8](bytes))
        case .jsonb where bytes.first == JSONB.version: JSON(bytes: [UInt8](bytes.dropFirst()))
        default: nil
        }
    }
}

extension JSONB: PostgresEncodable, PostgresDecodable, PostgresElement {
    package static var postgresType: PostgresType { .jsonb }
    package static var arrayType: PostgresType { .jsonbArray }

    package func encode(into target: inout [UInt8]) -> Bool {
        target.append(JSONB.version)
        target += json.bytes
        return true
    }

    package static func decode(_ bytes: UnsafeRawBufferPointer, _ type: PostgresType) -> JSONB? {
        JSON.decode(bytes, type).map { JSONB($0) }
    }
}
