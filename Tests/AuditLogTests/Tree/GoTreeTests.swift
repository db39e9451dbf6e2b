import Testing

@testable import AuditLog

/// What `golang.org/x/mod/sumdb/tlog` makes of a log of 70,000 entries, `entry 0`, `entry 1` and so on: `TreeHash`,
/// `ProveRecord`, `ProveTree` and `ReadTileData`, proofs and tiles as SHA-256 over their hashes.
@Suite("Go's tlog makes the same")
struct GoTreeTests {
    private static let store = TileStore(count: 70_000)

    @Test(
        "roots",
        arguments: [
            (1, "dziFphNIniTOLPdhmdakI/BC5LvxLX7s7pEu8nbGVwE="), (255, "z2Z5PmMp3/JC6zzuCm82rT46GW3MVzoex3XhAr6GPxw="),
            (256, "2mWW2VNp9f7zIquOTg2jsLUCNqqcijsdJG90Ecni4y4="),
            (257, "XB/f6DU1gCLyOS3keNvgU/wTDP4dOggoeakM9r8Uv34="),
            (1000, "NGxrnLicS3b6ydyyDNqG46AcCldBfBOQKOrNRTj96Vs="),
            (65535, "uM1QRqGZab3H6JKJJyOQtA3WarGKeGbCC4kgpnUmaKU="),
            (65536, "B7Gjd5YKThLjNI1ukymuYxapWwL7HCLpCSMbOqRIYac="),
            (65793, "2CIAb519+VMflB7xqrVcF4BXs4YzgOWFXCzq0fWTIeg="),
            (70000, "o5IPun8jmgcam9EHIfE0Gt3vuu3ttBx+JEN6nRa98Ao="),
        ])
    func roots(size: Int, root: String) {
        var tree = MerkleTree()
        for index in 0..<size { tree.append(data: "entry \(index)".utf8) }
        #expect(tree.root.base64 == root)
    }

    private static func digest(_ hashes: [MerkleHash]) -> String {
        Base64.encode(Hashes.sha256(hashes.flatMap(\.bytes)))
    }

    @Test(
        "inclusion proofs",
        arguments: [
            (12345, 70000, 17, "wsJn+lhHnP3ar7WIsSjdg95v4bhMGXm45WUf4DGM2OY="),
            (69999, 70000, 9, "KovEjHZY1gbu1QfHQO5h2H7OJVXUU1GRODkL78NH1zM="),
        ] as [(Int64, Int64, Int, String)])
    func inclusion(index: Int64, size: Int64, count: Int, digest: String) throws {
        let proof = try Self.store.inclusion(index, size)
        #expect(proof.hashes.count == count)
        #expect(Self.digest(proof.hashes) == digest)
    }

    @Test(
        "consistency proofs",
        arguments: [
            (256, 70000, 9, "2ostYnwFtKojcrbOHnstJ+39uY9vWYNHIiuUyWT2Yec="),
            (257, 70000, 18, "uWArqoBA73UJjmIL9xYwRA2UPjWeqJJkFVnptNncQ+s="),
            (65536, 70000, 1, "eUso2wFxou3REtyQLySn39fCWiv+fM04sWNztb8HEqU="),
            (69999, 70000, 10, "se59uxcgESPZI3deiE9UeU5Zmv1+g0KVk21xyiC722c="),
        ] as [(Int64, Int64, Int, String)])
    func consistency(from: Int64, to: Int64, count: Int, digest: String) throws {
        let proof = try Self.store.consistency(from, to)
        #expect(proof.hashes.count == count)
        #expect(Self.digest(proof.hashes) == digest)
    }

    @Test(
        "tiles",
        arguments: [
            ("tile/0/273.p/112", "e31da4e768fc0d0f1f1f0046a1c4b68d71326b04a07951a7d3dcefef0de9b8cd"),
            ("tile/1/000", "44f879be76da41edaf37c0d67303fbd25f2ea44be93285b320561fbaaaaabbfa"),
            ("tile/1/001.p/17", "5a8eb2fe63c90ddf7fd813d165c04fa79d6eca48534b61bd312fcd2d1cf0aef3"),
            ("tile/2/000.p/1", "7e27fb89709243536fe26030f273fc9f7a73443f5e7ec296b3053aa520623e76"),
        ])
    func tiles(path: String, digest: String) throws {
        let tile = try #require(Self.store.tile(path))
        #expect(Hashes.sha256(tile.bytes).hexadecimal == digest)
    }
}
