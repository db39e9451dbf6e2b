import Crypto
package import FoundationEssentials

extension UUID {
    /// Names of Atlas2's own resources live under this namespace.
    private static let atlas2 = UUID(
        uuid: (
            0x5b, 0x1f, 0x0a, 0x6e, 0x61, 0x74, 0x4c, 0x61, 0x93, 0x32, 0x2d, 0x6e, 0x61, 0x6d, 0x65, 0x73
        ))

    /// A name-based UUID (RFC 9562, version 5): the same parts always give the same id.
    ///
    /// What has a natural name (a tenant's slug, a mapping's name, a setting's key) gets its id from it, so that two who
    /// create it at once meet in one stream, and one of them sees a conflict.
    package init(named parts: String...) {
        var bytes = withUnsafeBytes(of: UUID.atlas2.uuid) { Array($0) }
        for part in parts {
            bytes += Array(part.utf8) + [0]
        }
        var digest = Array(Insecure.SHA1.hash(data: bytes).prefix(16))
        digest[6] = digest[6] & 0x0F | 0x50
        digest[8] = digest[8] & 0x3F | 0x80
        self = digest.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
    }
}
