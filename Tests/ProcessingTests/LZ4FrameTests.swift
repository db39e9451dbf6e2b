import Foundation
import Processing
import Testing

@Suite struct LZ4FrameTests {
    static let contents: [[UInt8]] = {
        var generator = SeededGenerator(1)
        let text = Array(String(repeating: "id;name;city\n17;Zoë;Kraków\n", count: 60_000).utf8)
        return [
            [], [0], Array("a".utf8), generator.bytes(100), generator.bytes(65_536), Array(text[..<(1 << 20)]),
            generator.bytes(1 << 20), text, [UInt8](repeating: 0, count: 5_000_000), generator.bytes(5 << 20),
        ]
    }()

    @Test("what is compressed comes back, with the same compressor and decompressor again and again")
    func roundTrip() throws {
        var compressor = LZ4Frame.Compressor()
        var decompressor = try LZ4Frame.Decompressor()
        for content in Self.contents + Self.contents.reversed() {
            let frame = try compressor.compress(content)
            let isSame = try decompressor.decompress(frame, limit: content.count) == content
            #expect(isSame, "\(content.count) bytes")
        }
    }

    @Test("the lz4 tool opens a frame, which has content checksum and size", .enabled(if: Tool.exists, Tool.absent))
    func opensWithTool() throws {
        let folder = try TemporaryFolder()
        var compressor = LZ4Frame.Compressor()
        for content in Self.contents where !content.isEmpty {
            let frame = try compressor.compress(content)
            let path = try folder.write(frame, as: "a.lz4")
            let isSame = try Tool.run(["-dc", path]) == content
            #expect(isSame, "\(content.count) bytes")
            #expect(frame[4] & 0b1100 == 0b1100, "the header's flags for content size and content checksum")
        }
    }

    @Test("frames of the lz4 tool open: linked blocks, no content size", .enabled(if: Tool.exists, Tool.absent))
    func opensFromTool() throws {
        let folder = try TemporaryFolder()
        var decompressor = try LZ4Frame.Decompressor()
        for content in Self.contents {
            let path = try folder.write(content, as: "a.bin")
            let frame = try Tool.run(["-9", "-BD", "-B4", "-c", path])
            let isSame = try decompressor.decompress(frame, limit: content.count + 1) == content
            #expect(isSame, "\(content.count) bytes")
            guard content.count > 1 else { continue }
            #expect(throws: LZ4FrameError.self) {
                var decompressor = try LZ4Frame.Decompressor()
                return try decompressor.decompress(frame, limit: content.count - 1)
            }
        }
    }

    @Test("a cut or lengthened frame is refused, and a changed bit is found unless the content stays the same")
    func corruption() throws {
        var compressor = LZ4Frame.Compressor()
        var decompressor = try LZ4Frame.Decompressor()
        var generator = SeededGenerator(2)
        let content = Array("abcabcabc".utf8) + generator.bytes(300) + [UInt8](repeating: 7, count: 300)
        let frame = try compressor.compress(content)
        var harmless = 0
        for index in frame.indices {
            for bit in 0..<8 {
                var changed = frame
                changed[index] ^= 1 << bit
                var opened: [UInt8]?
                let failure = Self.failure {
                    opened = try decompressor.decompress(changed, limit: 100_000)
                    return opened ?? []
                }
                // Some matches of a repetition can be told in several ways.
                if failure == nil { harmless += 1 }
                #expect(failure == nil ? opened == content : opened == nil, "byte \(index), bit \(bit)")
            }
            let failure = Self.failure { try decompressor.decompress(Array(frame[..<index]), limit: 100_000) }
            #expect(failure?.code == .corrupt)
        }
        #expect(harmless < 20)
        #expect(Self.failure { try decompressor.decompress(frame + [0], limit: 100_000) }?.code == .corrupt)
        #expect(Self.failure { try decompressor.decompress(frame + frame, limit: 100_000) }?.code == .corrupt)
        #expect(try decompressor.decompress(frame, limit: 100_000) == content)
    }

    @Test("content over the limit is refused, and content at the limit is not")
    func limit() throws {
        var compressor = LZ4Frame.Compressor()
        var decompressor = try LZ4Frame.Decompressor()
        let frame = try compressor.compress([UInt8](repeating: 1, count: 1000))
        #expect(try decompressor.decompress(frame, limit: 1000).count == 1000)
        let failure = Self.failure { try decompressor.decompress(frame, limit: 999) }
        #expect(failure?.code == .tooLarge)
        #expect(failure?.message == "the LZ4 frame holds 1000 bytes, and at most 999 are allowed")
    }

    @Test("a frame that claims 4 GB in a few bytes is refused before anything is allocated, whatever the limit")
    func hostile() throws {
        var decompressor = try LZ4Frame.Decompressor()
        // Magic, flags (version 1, independent, content size), 1 MiB blocks, 4 GiB, header checksum, end mark.
        let frame: [UInt8] = [0x04, 0x22, 0x4D, 0x18, 0x68, 0x60, 0, 0, 0, 0, 1, 0, 0, 0, 0x0C, 0, 0, 0, 0]
        var codes: Set<LZ4FrameError.Code> = []
        for checksum in UInt8.min...UInt8.max {
            var hostile = frame
            hostile[14] = checksum
            let before = residentBytes()
            let failure = Self.failure { try decompressor.decompress(hostile, limit: .max) }
            #expect(residentBytes() - before < 64 << 20)
            codes.insert(try #require(failure).code)
            if failure?.message.contains("claims 4294967296 bytes") == true { codes.insert(.tooLarge) }
        }
        // One of the 256 checksums is the right one, so that the claim itself was read and refused.
        #expect(codes == [.corrupt, .tooLarge])
    }

    private static func failure(_ body: () throws -> [UInt8]) -> LZ4FrameError? {
        do {
            _ = try body()
            return nil
        } catch {
            return error as? LZ4FrameError
        }
    }
}

/// The command-line tool, which other people wrote.
private enum Tool {
    static let path = "/usr/bin/lz4"
    static let absent: Comment = "needs the lz4 command"
    static var exists: Bool { FileManager.default.isExecutableFile(atPath: path) }

    static func run(_ arguments: [String]) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let bytes = [UInt8](output.fileHandleForReading.readDataToEndOfFile())
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return bytes
    }
}

private func residentBytes() -> Int {
    let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
    return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4096
}
