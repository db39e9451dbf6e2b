/// What is wrong with a note, a key, a checkpoint or a proof file.
package struct NoteError: Error, Hashable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// The bytes are not what the format allows.
        case malformed
        /// The bytes are those of a key, and not of one that can be used.
        case unusableKey
        /// A key that is known made none of the signatures that bear its name: the note is forged, or was damaged.
        case wrongSignature
        /// No key that is known has signed.
        case unsigned
        /// It is signed, and says something else than was asked for.
        case mismatch
    }

    package let code: Code
    /// One sentence without its full stop.
    package let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    static func malformed(_ description: String) -> NoteError { NoteError(.malformed, description) }
}
