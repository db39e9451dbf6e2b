/// What a log says of itself: its size and root at a moment (C2SP tlog-checkpoint).
package struct Checkpoint: Sendable, Hashable {
    /// The log's name, for good.
    package let origin: String
    package let size: Int64
    package let root: MerkleHash
    /// Further lines, none of them empty.
    package let extensions: [String]

    package init(origin: String, size: Int64, root: MerkleHash, extensions: [String] = []) throws(NoteError) {
        guard size >= 0 else { throw .malformed("a log's size is at least 0") }
        for line in [origin] + extensions {
            guard !line.isEmpty, NoteText.isText(line), !line.utf8.contains(NoteText.lineFeed) else {
                throw .malformed("origin and extensions of a checkpoint are lines of text that are not empty")
            }
        }
        self.origin = origin
        self.size = size
        self.root = root
        self.extensions = extensions
    }

    /// The checkpoint that a note's text says.
    package init(noteText text: String) throws(NoteError) {
        guard let lines = NoteText.lines(text)?.map({ String(Substring($0)) }), lines.count >= 3 else {
            throw .malformed("a checkpoint has lines for origin, size and root")
        }
        guard let size = NoteText.number(lines[1]) else {
            throw .malformed("the checkpoint's size is not a decimal number")
        }
        guard let root = MerkleHash(base64: lines[2]) else {
            throw .malformed("the checkpoint's root is not the Base64 of 32 bytes")
        }
        try self.init(origin: lines[0], size: size, root: root, extensions: Array(lines.dropFirst(3)))
    }

    /// The text that is signed.
    package var noteText: String {
        ([origin, String(size), root.base64] + extensions).map { $0 + "\n" }.joined()
    }

    package static func == (left: Checkpoint, right: Checkpoint) -> Bool {
        left.size == right.size && left.root == right.root && left.noteText.isIdentical(to: right.noteText)
    }
}
